// SPDX-License-Identifier: AGPL-3.0-or-later

export type Read<T> = { readonly ok: T } | { readonly bad: string };

/**
 * A number as a file writes it. A comma is taken for the sign before the fraction only when the mapping says so: 13,649 may be
 * thirteen degrees or thirteen thousand.
 */
export function readNumber(text: string, decimal: '.' | ',' = '.'): Read<number> {
  const plain = decimal === ',' ? text.replace(/\./g, '').replace(',', '.') : text;
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return { ok: Number(plain) };
  if (/^[-+]?\d+,\d+$/.test(text)) return { bad: `"${text}" has a decimal comma; if that is meant, say decimal: "," in the mapping` };
  return { bad: `"${text}" is not a number` };
}

/** How many people: a whole number that is not negative; thousands may be set apart (1,234 or 1 234), since people have no fraction. */
export function readCount(text: string, decimal: '.' | ',' = '.'): Read<number> {
  const grouped = decimal === '.' ? /^\d{1,3}([, \u00a0]\d{3})+$/ : /^\d{1,3}([. \u00a0]\d{3})+$/;
  const read = readNumber(grouped.test(text) ? text.replace(/\D/g, '') : text, decimal);
  if ('bad' in read) return read;
  if (!Number.isInteger(read.ok)) return { bad: `"${text}" is not a whole number` };
  return read.ok >= 0 && read.ok <= 2_147_483_647 ? read : { bad: `"${text}" cannot be a number of people` };
}

/** A date as `YYYY-MM-DD`, from 2008-03-03, 03/03/2008 or 2008. Years of the Buddhist era only when the mapping says that they are. */
export function readDate(text: string, era: 'common' | 'buddhist' = 'common'): Read<string> {
  const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text) ?? reversed(text);
  if (!found) return { bad: `"${text}" is not a date; write 2008-03-03, 03/03/2008 (day first) or 2008` };
  const [, yearText, monthText = '1', dayText = '1'] = found;
  const written = Number(yearText);
  if (era === 'common' && written > 2400) return { bad: `"${text}" looks like a year of the Buddhist era (${written - 543}); if it is, say era: buddhist in the mapping` };
  const year = era === 'buddhist' ? written - 543 : written, month = Number(monthText), day = Number(dayText);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1000 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return { bad: `"${text}" is not a day of the calendar` };
  return { ok: date.toISOString().slice(0, 10) };
}

function reversed(text: string): (string | undefined)[] | null {
  const found = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text);
  return found && [found[0], found[3], found[2], found[1]];
}

/** A code with its leading zeros back; only digits are padded, and a longer code is left alone. */
export function padCode(code: string, width: number | undefined): string {
  return width !== undefined && /^\d+$/.test(code) ? code.padStart(width, '0') : code;
}

/** A code of digits without the zeros in front, which spreadsheets take away; undefined for any other code. */
export function bareCode(code: string): string | undefined {
  return /^\d+$/.test(code) ? code.replace(/^0+/, '') || undefined : undefined;
}
