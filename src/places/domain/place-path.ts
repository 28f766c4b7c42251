// SPDX-License-Identifier: AGPL-3.0-or-later

/** A place's path: the labels of its ancestors and its own, root first, joined by dots (`3.17.402`). */
export type PlacePath = string;

/** Whether `path` is `ancestor` itself or lies below it. */
export function isWithin(path: PlacePath, ancestor: PlacePath): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`);
}

export function isWithinAny(path: PlacePath, ancestors: readonly PlacePath[]): boolean {
  return ancestors.some((ancestor) => isWithin(path, ancestor));
}

/** The paths from the root down to the parent; empty for a root. */
export function ancestorPaths(path: PlacePath): PlacePath[] {
  const labels = path.split('.');
  return labels.slice(1).map((_, i) => labels.slice(0, i + 1).join('.'));
}

/** How many levels below the root: 0 for a country. */
export function depthOf(path: PlacePath): number {
  return path.split('.').length - 1;
}

/** How finely boundaries are drawn when the parts of an area at `level` are shown: a whole country coarsely, a district as imported. */
export function detailFor(level: number): 0 | 1 | 2 {
  return level <= 0 ? 0 : level === 1 ? 1 : 2;
}
