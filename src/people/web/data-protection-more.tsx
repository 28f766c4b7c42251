// SPDX-License-Identifier: AGPL-3.0-or-later

/** The place on the data protection officer's page for requests to be erased and for how long records are kept; filled by whoever answers those. */
export function DataProtectionMore() {
  return null;
}
