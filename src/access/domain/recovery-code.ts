// SPDX-License-Identifier: AGPL-3.0-or-later

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'; // none that is taken for another
const length = 10;

/** A set: enough for years of lost phones, few enough for a slip of paper. */
export const recoveryCodesInSet = 10;

/** `abcde-fghjk`, 49 bits. */
export function makeRecoveryCode(randomBelow: (end: number) => number): string {
  const code = Array.from({ length }, () => letters[randomBelow(letters.length)]).join('');
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}

/** However it was typed: capitals, blanks and hyphens do not count. Null when it can be none. */
export function bareRecoveryCode(typed: string): string | null {
  const bare = typed.toLowerCase().replace(/[\s-]/g, '');
  return bare.length === length && [...bare].every((letter) => letters.includes(letter)) ? bare : null;
}

/** Six digits of an app, however they were typed; null when it can be none. */
export function bareAppCode(typed: string): string | null {
  const bare = typed.replace(/[\s-]/g, '');
  return /^\d{6}$/.test(bare) ? bare : null;
}
