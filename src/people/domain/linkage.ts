// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Sex } from './age-group.ts';
import { phoneKey } from './identity-normal.ts';
import { nameCodes, type Hearing } from './name-codes.ts';
import { readName, readNameSimilarity, type ReadName } from './name-similarity.ts';
import type { Romanise } from './romanise.ts';

/**
 * The fields two records are compared by, and the levels of agreement of each from least to most. How a name sounds is part of its level and
 * no field of its own: names that are spelt alike sound alike, and the same evidence must not count twice.
 */
export const fieldLevels = {
  name: ['other', 'part', 'alike', 'close', 'same'],
  birth: ['other', 'near-year', 'same-year', 'slip', 'same'],
  sex: ['other', 'same'],
  phone: ['other', 'shared'],
  document: ['other', 'shared'],
  place: ['other', 'same-district', 'same-sub-district', 'same-village'],
  household: ['other', 'one-shared', 'more-shared'],
} as const;

export type Field = keyof typeof fieldLevels;
export const fields = Object.keys(fieldLevels) as readonly Field[];

/** One level a field, in the order of `fields`; null where either record does not say. */
export type Comparison = readonly (number | null)[];

/** What is known of somebody where records are compared. */
export interface LinkageFacts {
  readonly names: readonly string[];
  readonly sex: Sex;
  readonly bornOn: string | null;
  readonly phones: readonly string[];
  /** Normalised numbers (normalDocument). */
  readonly documents: readonly string[];
  /** The places she lives in, from the country down to the village. */
  readonly places: readonly string[];
  readonly householdId: string | null;
  /** The names of the others in her household. */
  readonly household: readonly string[];
}

/** The same, its names read once: a record is compared with many. */
export interface LinkageRecord extends Omit<LinkageFacts, 'names' | 'household' | 'phones'> {
  readonly names: readonly ReadName[];
  readonly sound: readonly string[];
  readonly phones: readonly string[];
  readonly household: readonly ReadName[];
}

export function readRecord(facts: LinkageFacts, by: Romanise | Hearing): LinkageRecord {
  return {
    ...facts,
    names: facts.names.map((name) => readName(name, by)).filter((name) => name.words.length > 0),
    sound: nameCodes(facts.names, by).sound,
    phones: facts.phones.map(phoneKey).filter((key) => key !== ''),
    household: facts.household.map((name) => readName(name, by)).filter((name) => name.words.length > 0),
  };
}

const shares = (a: readonly string[], b: readonly string[]): boolean => a.some((item) => b.includes(item));
const either = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === 0 || b.length === 0;

/** From these likenesses on, names are 'part', 'alike', 'close' and 'same'. */
const likenesses = [0.55, 0.72, 0.86, 0.97] as const;

function nameLevel(a: LinkageRecord, b: LinkageRecord): number | null {
  if (either(a.names, b.names)) return null;
  let best = 0;
  for (const x of a.names) for (const y of b.names) best = Math.max(best, readNameSimilarity(x, y));
  const level = likenesses.filter((least) => best >= least).length;
  return level === 0 && shares(a.sound, b.sound) ? 1 : level;
}

/** What made two birth dates nearly the same, for the sentence that says so. */
export type Slip = 'day-month' | 'buddhist-era' | 'month-known' | 'one-digit';

function datesLevel(a: string, b: string): [level: number, slip: Slip | null] {
  const [yearA = '', monthA = '', dayA = ''] = a.split('-');
  const [yearB = '', monthB = '', dayB = ''] = b.split('-');
  const apart = Math.abs(Number(yearA) - Number(yearB));
  // 1 January stands for a year of which no more is known.
  const onlyYear = a.endsWith('-01-01') || b.endsWith('-01-01');
  if (apart > 0) {
    const oneDigit = !onlyYear && a.slice(4) === b.slice(4) && [...yearA].filter((digit, at) => digit !== yearB[at]).length === 1;
    return oneDigit ? [3, 'one-digit'] : [apart === 1 ? 1 : 0, null];
  }
  if (onlyYear) return [2, null];
  if (a === b) return dayA === '01' ? [3, 'month-known'] : [4, null];
  if (monthA === dayB && dayA === monthB) return [3, 'day-month'];
  if (monthA === monthB && (dayA === '01' || dayB === '01')) return [3, 'month-known'];
  const digits = [...a].filter((digit, at) => digit !== b[at]).length;
  return digits === 1 ? [3, 'one-digit'] : [2, null];
}

const buddhistEra = 543;

/** How two birth dates agree. A year written in the Buddhist era as if it were the common one is read as meant. */
export function birthLevel(a: string | null, b: string | null): [level: number | null, slip: Slip | null] {
  if (a === null || b === null) return [null, null];
  const difference = Number(a.slice(0, 4)) - Number(b.slice(0, 4));
  if (Math.abs(difference) < buddhistEra - 2) return datesLevel(a, b);
  const [early, late] = difference < 0 ? [a, b] : [b, a];
  const [level, slip] = datesLevel(early, `${String(Number(late.slice(0, 4)) - buddhistEra).padStart(4, '0')}${late.slice(4)}`);
  return level === 4 ? [3, 'buddhist-era'] : [level, slip];
}

/** Null where one is only known more roughly than the other: that neither agrees nor differs. */
function placeLevel(a: readonly string[], b: readonly string[]): number | null {
  if (either(a, b)) return null;
  const least = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < least && a[shared] === b[shared]) shared++;
  if (shared === least && a.length !== b.length) return null;
  return Math.max(0, 3 - (Math.max(a.length, b.length) - shared));
}

/** Somebody else of one household is called as somebody else of the other. Within one household that says nothing: brothers share all others. */
function householdLevel(a: LinkageRecord, b: LinkageRecord): number | null {
  if (either(a.household, b.household) || (a.householdId !== null && a.householdId === b.householdId)) return null;
  const partners = new Set<number>();
  let found = 0;
  for (const x of a.household) {
    let has = false;
    for (const [at, y] of b.household.entries()) {
      if (readNameSimilarity(x, y) < likenesses[2]) continue;
      partners.add(at);
      has = true;
    }
    if (has) found++;
  }
  return Math.min(2, found, partners.size);
}

const known = (sex: Sex): boolean => sex === 1 || sex === 2;

/** How two records agree, field by field; the same whichever comes first. */
export function compareRecords(a: LinkageRecord, b: LinkageRecord): Comparison {
  return [
    nameLevel(a, b),
    birthLevel(a.bornOn, b.bornOn)[0],
    known(a.sex) && known(b.sex) ? Number(a.sex === b.sex) : null,
    either(a.phones, b.phones) ? null : Number(shares(a.phones, b.phones)),
    either(a.documents, b.documents) ? null : Number(shares(a.documents, b.documents)),
    placeLevel(a.places, b.places),
    householdLevel(a, b),
  ];
}
