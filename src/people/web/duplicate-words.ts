// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import type { DuplicatePair, PairReason, PairSide } from '../domain/duplicate.ts';
import type { MergeField } from '../domain/merge.ts';
import { day, named } from '../../platform/web/format.ts';
import { sexWord } from './words.ts';

export const queueAddress = '/people/duplicates';
export const pairAddress = (pairId: string): string => `/people/duplicates/pair/${pairId}`;

export const likelyWord = (likely: DuplicatePair['likely']): string =>
  likely === 'very-likely' ? t`Very likely one person` : t`Perhaps one person`;

const sentences: Readonly<Record<string, () => string>> = {
  'name same': () => t`The names are the same.`,
  'name close': () => t`The names are nearly the same.`,
  'name alike': () => t`The names look or sound alike.`,
  'name part': () => t`A part of the names is alike.`,
  'name other': () => t`The names are different.`,
  'birth same': () => t`The birth dates are the same.`,
  'birth slip': () => t`The birth dates differ only as slips of the pen do.`,
  'birth same-year': () => t`They were born in the same year.`,
  'birth near-year': () => t`They were born a year apart.`,
  'birth other': () => t`They were born in different years.`,
  'sex same': () => t`Both records give the same sex.`,
  'sex other': () => t`One record says female, the other male.`,
  'phone shared': () => t`They have a telephone number in common.`,
  'phone other': () => t`Their telephone numbers are different.`,
  'document shared': () => t`They have a document number in common.`,
  'document other': () => t`Their document numbers are different.`,
  'place same-village': () => t`They live in the same village.`,
  'place same-sub-district': () => t`They live in neighbouring villages of one sub-district.`,
  'place same-district': () => t`They live in the same district.`,
  'place other': () => t`They live in different districts.`,
  'household more-shared': () => t`Several others in their households have the same names.`,
  'household one-shared': () => t`Somebody else in their households has the same name.`,
  'household other': () => t`The others in their households have different names.`,
};

/** Why, as sentences: the weightiest first, and which way each speaks. */
export function reasonSentences(reasons: readonly PairReason[]): {
  readonly forIt: readonly string[];
  readonly against: readonly string[];
} {
  const said = (which: readonly PairReason[]): string[] =>
    which.map(({ field, level }) => sentences[`${field} ${level}`]?.() ?? '').filter((each) => each !== '');
  return { forIt: said(reasons.filter(({ weight }) => weight > 0)), against: said(reasons.filter(({ weight }) => weight <= 0)) };
}

const fields: Readonly<Record<MergeField, { label: () => string; value: (side: PairSide) => string }>> = {
  sex: { label: () => t`Sex`, value: ({ sex }) => sexWord(sex) },
  bornOn: { label: () => t`Birth date`, value: ({ bornOn }) => (bornOn === null ? t`not known` : day(bornOn)) },
  place: { label: () => t`Lives in`, value: ({ place }) => named(place) },
  household: {
    label: () => t`Household`,
    value: ({ householdId, others }) =>
      householdId === null ? t`none` : plural(others, { 0: 'alone', one: 'with # other person', other: 'with # others' }),
  },
};

export const fieldLabel = (field: MergeField): string => fields[field].label();
export const fieldValue = (field: MergeField, side: PairSide): string => fields[field].value(side);

export function differs(field: MergeField, { a, b }: DuplicatePair): boolean {
  if (field === 'place') return a.place.placeId !== b.place.placeId;
  return field === 'household' ? a.householdId !== b.householdId : a[field] !== b[field];
}
