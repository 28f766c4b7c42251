// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';

export const shortestPassword = 10;
export const longestPassword = 128;

/** Letters and digits that nobody confuses when reading them from a slip of paper: no 0 o 1 l i. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';

/** What people choose when they must choose something; compared without case, digits at the end and repeats. */
const commonWords = [
  'password',
  'passwort',
  'motdepasse',
  'qwerty',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'iloveyou',
  'letmein',
  'welcome',
  'administrator',
  'admin',
  'superman',
  'football',
  'princess',
  'sunshine',
  'dragon',
  'monkey',
  'master',
  'whatever',
  'trustno',
  'changeme',
  'waymark',
  'abcdefghij',
  'abcdef',
  'secret',
  'default',
  'computer',
  'internet',
  'thailand',
  'cambodia',
  'bangkok',
  'chiangmai',
  'phnompenh',
  'coordinator',
  'officer',
];
/** Or `qwerty` would leave the rest of `qwertyuiop` standing as if somebody had thought of it. */
const longestFirst = [...commonWords].sort((a, b) => b.length - a.length);

/**
 * Refuses a password that is easy to guess. Length carries the strength; the rest keeps out the first thousand guesses.
 * Throws Problem `weak-password` saying what to change.
 */
export function checkPassword(password: string, userName: string): void {
  const length = [...password].length;
  if (length < shortestPassword)
    throw new Problem('weak-password', `Use at least ${shortestPassword} characters; three or four words together are easy to remember.`);
  if (length > longestPassword) throw new Problem('weak-password', `Use at most ${longestPassword} characters.`);
  const folded = password.normalize('NFKC').toLowerCase();
  if (folded.includes(userName.toLowerCase())) throw new Problem('weak-password', 'Do not use the user name in the password.');
  if (new Set(folded).size < 4) throw new Problem('weak-password', 'Use more than a few different characters.');
  if (isRun(folded)) throw new Problem('weak-password', 'Do not use a run such as 1234567890.');
  if (withoutCommonWords(folded).length < 3)
    throw new Problem('weak-password', 'This is one of the passwords that are tried first. Put other words into it.');
}

/** Every step from one character to the next is the same: 1234567890, abcdefghij, zyxwvutsrq. */
function isRun(text: string): boolean {
  const codes = [...text].map((c) => c.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  const wraps = (i: number): boolean => text[i - 1] === '9' && text[i] === '0';
  return Math.abs(step) <= 1 && codes.every((code, i) => i === 0 || code - (codes[i - 1] ?? 0) === step || wraps(i));
}

function withoutCommonWords(text: string): string {
  let rest = text.replace(/[^\p{L}]+/gu, '');
  for (const word of longestFirst) rest = rest.replaceAll(word, '');
  // Digits alone are no words, but ten of them in no order are a password.
  const digits = text.replace(/[^0-9]+/g, '');
  return rest.length === 0 && digits.length >= shortestPassword ? digits : rest;
}

/**
 * A password to hand over on paper: four groups of four, about 79 bits.
 * @param random 0 <= n < below, from a cryptographic source
 */
export function makePassword(random: (below: number) => number): string {
  const group = (): string => Array.from({ length: 4 }, () => alphabet[random(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
