// SPDX-License-Identifier: AGPL-3.0-or-later
import { asciiDigits } from './identity-normal.ts';

/** What somebody says about a birth: as much of a date as is known, or an age. Digits of any script; a year of either era. */
export interface BirthAsTold {
  readonly day: string;
  readonly month: string;
  readonly year: string;
  /** Full years, where nothing else is known. */
  readonly age: string;
}

export interface Birth {
  readonly bornOn: string | null;
  /** Known to the year, the month, the day. */
  readonly bornPrecision: 1 | 2 | 3;
}

export type WrongBirth = 'year' | 'month' | 'day' | 'age' | 'to-come' | 'too-long-ago';

/** The Buddhist era runs 543 years ahead; nobody alive was born in a year above this one of the common era. */
const firstBuddhistYear = 2400;
const eras = 543;
const oldest = 130;

/** The birth date as it is kept, or what is wrong with what was typed. Nothing typed: not known. */
export function readBirth(told: BirthAsTold, today: string): Birth | { readonly wrong: WrongBirth } {
  const [day, month, year, age] = [told.day, told.month, told.year, told.age].map((text) => asciiDigits(text).trim()) as [
    string,
    string,
    string,
    string,
  ];
  if (year === '' && month === '' && day === '') return age === '' ? { bornOn: null, bornPrecision: 2 } : fromAge(age, today);
  if (!/^\d{4}$/.test(year)) return { wrong: 'year' };
  const common = Number(year) >= firstBuddhistYear ? Number(year) - eras : Number(year);
  if (common < Number(today.slice(0, 4)) - oldest) return { wrong: 'too-long-ago' };
  if (month !== '' && !isBetween(month, 12)) return { wrong: 'month' };
  if (day !== '' && (month === '' || !isBetween(day, daysIn(common, Number(month))))) return { wrong: 'day' };
  const two = (text: string) => (text === '' ? '01' : text.padStart(2, '0'));
  const bornOn = `${String(common).padStart(4, '0')}-${two(month)}-${two(day)}`;
  if (bornOn > today) return { wrong: 'to-come' };
  return { bornOn, bornPrecision: day !== '' ? 3 : month !== '' ? 2 : 1 };
}

function fromAge(age: string, today: string): Birth | { readonly wrong: WrongBirth } {
  if (!/^\d{1,3}$/.test(age) || Number(age) > oldest) return { wrong: 'age' };
  return { bornOn: `${Number(today.slice(0, 4)) - Number(age)}-01-01`, bornPrecision: 1 };
}

const isBetween = (text: string, most: number): boolean => /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
