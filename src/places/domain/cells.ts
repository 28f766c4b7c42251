// SPDX-License-Identifier: AGPL-3.0-or-later

/** A code with its leading zeros back; only digits are padded, and a longer code is left alone. As pad() of the expressions does it. */
export function padCode(code: string, width: number | undefined): string {
  const digits = width === undefined ? undefined : /^(\d+)(\.0+)?$/.exec(code)?.[1];
  return digits === undefined ? code : digits.padStart(width!, '0');
}

/** A code of digits without the zeros in front, which spreadsheets take away; undefined for any other code. */
export function bareCode(code: string): string | undefined {
  return /^\d+$/.test(code) ? code.replace(/^0+/, '') || undefined : undefined;
}
