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

/** Full years lived on `date`; both are ISO dates. Somebody born on 29 February has her birthday on 1 March in other years. */
export function ageOn(bornOn: string, date: string): number {
  const [by = 0, bm = 1, bd = 1] = bornOn.split('-').map(Number);
  const [y = 0, m = 1, d = 1] = date.split('-').map(Number);
  return y - by - (m < bm || (m === bm && d < bd) ? 1 : 0);
}

/** The age group on an ISO date; 0 when the birth date is not known. A birth date still to come counts as the youngest group. */
export function ageGroupOn(bornOn: string | null, date: string): AgeGroup {
  if (bornOn === null) return 0;
  const age = ageOn(bornOn, date);
  let found: AgeGroup = 1;
  for (const { group, from } of ageGroups) if (from !== null && age >= from) found = group;
  return found;
}

/** The next ISO date on which the age group changes after `date`, or null when it never will. */
export function nextAgeGroupDate(bornOn: string | null, date: string): string | null {
  if (bornOn === null) return null;
  const [by = 0, bm = 1, bd = 1] = bornOn.split('-').map(Number);
  const age = ageOn(bornOn, date);
  for (const { from } of ageGroups) {
    if (from === null || from === 0 || from <= age) continue;
    // The day is added to the first of the month, so that 29 February rolls over to 1 March.
    return new Date(Date.UTC(by + from, bm - 1, bd)).toISOString().slice(0, 10);
  }
  return null;
}

/** An ISO date as one number, 20261122: what the batch engine compares instead of text. */
export function dateKey(date: string): number {
  return Number(date.slice(0, 4)) * 10_000 + Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10));
}

/** ageGroupOn over numbers from dateKey; `born` is null when the birth date is not known. */
export function ageGroupOfKeys(born: number | null, on: number): AgeGroup {
  if (born === null) return 0;
  let found: AgeGroup = 1;
  for (const { group, from } of ageGroups) if (from !== null && born + from * 10_000 <= on) found = group;
  return found;
}
