// SPDX-License-Identifier: AGPL-3.0-or-later

/** How finely boundaries are drawn when the parts of an area at `level` are shown: a whole country coarsely, a district as imported. */
export function detailFor(level: number): 0 | 1 | 2 {
  return level <= 0 ? 0 : level === 1 ? 1 : 2;
}
