// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageOn, dateKey } from '../../../people/domain/age-group.ts';
import { whoIsAsked, type Speaker } from '../../../people/domain/consent.ts';
import type { ValueRow } from '../../../platform/server/tabular.ts';
import type { PeopleMapping } from '../../domain/people-mapping.ts';
import { spoke } from './gathered.ts';

/** Why a row is not taken. `what` is the expression at fault; a reason never quotes a cell: it may be somebody's name. */
export interface Fault {
  readonly what: string;
  readonly reason: string;
}
export const isFault = (found: object): found is Fault => 'reason' in found;

const oldest = 130;

export interface Birth {
  readonly born: number;
  readonly precision: number;
  readonly date: string | null;
}

const notKnown: Birth = { born: 0, precision: 2, date: null };
const onFirst = (year: number): Birth => ({ born: year * 10_000 + 101, precision: 1, date: `${String(year).padStart(4, '0')}-01-01` });

/** When somebody was born, by date, year or age. */
export function birthOf({ born }: PeopleMapping, values: ValueRow['values'], observedOn: string, today: string): Birth | Fault {
  if (!born) return notKnown;
  if ('date' in born) return byDate(values['born'], born.known ?? 'day', today);
  const year = Number(observedOn.slice(0, 4));
  if ('age' in born) {
    const age = values['age'];
    if (typeof age !== 'number') return notKnown;
    const lived = Math.floor(age);
    if (age < 0 || lived > oldest) return { what: 'age', reason: 'the age is not between 0 and 130' };
    return onFirst(year - lived);
  }
  const stated = values['bornYear'];
  if (typeof stated !== 'number') return notKnown;
  const common = born.era === 'buddhist' ? stated - 543 : stated;
  if (!Number.isInteger(common)) return { what: 'bornYear', reason: 'the year of birth is not a whole number' };
  if (common > Number(today.slice(0, 4))) return { what: 'bornYear', reason: 'the year of birth is still to come' };
  if (common < Number(today.slice(0, 4)) - oldest) return { what: 'bornYear', reason: 'the year of birth is too long ago' };
  return onFirst(common);
}

function byDate(value: unknown, known: 'day' | 'month' | 'year', today: string): Birth | Fault {
  if (typeof value !== 'string') return notKnown;
  if (value > today) return { what: 'born', reason: 'the birth date is still to come' };
  if (Number(today.slice(0, 4)) - Number(value.slice(0, 4)) >= oldest && ageOn(value, today) > oldest)
    return { what: 'born', reason: 'the birth date is too long ago' };
  const precision = { year: 1, month: 2, day: 3 }[known];
  const date = precision === 3 ? value : precision === 2 ? `${value.slice(0, 7)}-01` : `${value.slice(0, 4)}-01-01`;
  return { born: dateKey(date), precision, date };
}

const questions: Readonly<Record<Speaker, { readonly what: string; readonly reason: string }>> = {
  self: { what: 'consent:given', reason: 'the file does not say that this person agreed' },
  guardian: { what: 'consent:guardian', reason: 'the file does not say that the guardian of this child agreed' },
  assent: { what: 'consent:assent', reason: 'the file does not say that this child agreed' },
};

/** Who agreed, as bits of `spoke`; a fault where somebody who has to be asked did not. */
export function consentOf(
  { consent }: PeopleMapping,
  values: ValueRow['values'],
  birth: Birth,
  today: string,
): { readonly consent: number } | Fault {
  if (!consent) return { consent: 0 };
  let bits = 0;
  for (const speaker of whoIsAsked(birth.date === null ? null : ageOn(birth.date, today))) {
    const { what, reason } = questions[speaker];
    if (values[what] !== true) return { what, reason };
    bits |= spoke[speaker];
  }
  return { consent: bits };
}
