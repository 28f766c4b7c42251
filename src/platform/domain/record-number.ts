// SPDX-License-Identifier: AGPL-3.0-or-later

/** Crockford's base 32: no I, L, O or U, so that it can be read aloud and written down by hand. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The number of a record as people say it: the last group of its id (48 random bits of a UUIDv7) in ten letters, `7K2M-9QXA-4T`.
 * Two records of two million share one with a chance of less than one in a hundred; whoever looks one up is shown both.
 */
export function recordNumber(personId: string): string {
  let rest = Number.parseInt(lastGroup(personId), 16);
  let text = '';
  for (let i = 0; i < 10; i++) {
    text = letters[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

/** The last group of the id (12 hexadecimal digits) that a number or a whole id names; null for anything else. */
export function lastGroupOf(typed: string): string | null {
  const text = typed.trim();
  if (isWholeId(text)) return lastGroup(text).toLowerCase();
  const said = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
  if (said.length !== 10 || [...said].some((letter) => !letters.includes(letter))) return null;
  let value = 0;
  for (const letter of said) value = value * 32 + letters.indexOf(letter);
  return value < 2 ** 48 ? value.toString(16).padStart(12, '0') : null;
}

/** Whether this is the id itself and not the number that people say. */
export const isWholeId = (typed: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(typed.trim());

function lastGroup(personId: string): string {
  return personId.slice(-12);
}
