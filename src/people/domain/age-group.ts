// SPDX-License-Identifier: AGPL-3.0-or-later

/** Age groups as figures show them; they follow the instrument's life stages and the field's "18-25". Group 0: age not known. */
export const ageGroups = [
  { group: 0, from: null, to: null },
  { group: 1, from: 0, to: 9 },
  { group: 2, from: 10, to: 13 },
  { group: 3, from: 14, to: 17 },
  { group: 4, from: 18, to: 25 },
  { group: 5, from: 26, to: 35 },
  { group: 6, from: 36, to: null },
] as const;

export type AgeGroup = (typeof ageGroups)[number]['group'];

/** ISO 5218: 0 not known, 1 male, 2 female, 9 not applicable. */
export type Sex = 0 | 1 | 2 | 9;
