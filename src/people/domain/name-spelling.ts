// SPDX-License-Identifier: AGPL-3.0-or-later

const pairs: Readonly<Record<string, string>> = {
  ph: 'p',
  bh: 'b',
  kh: 'k',
  gh: 'g',
  th: 't',
  dh: 'd',
  sh: 's',
  ch: 'c',
  jh: 'c',
  ck: 'k',
  qu: 'k',
  ee: 'i',
  oo: 'u',
  ou: 'u',
  oe: 'o',
  ae: 'e',
  ay: 'ai',
  ey: 'ei',
};
const letters: Readonly<Record<string, string>> = { f: 'p', v: 'w', j: 'c', z: 's', x: 's', q: 'k', y: 'i', h: '' };
const vowels = 'aeiouy';

function one(word: string, at: number): string {
  const letter = word[at]!;
  if (letter === 'h') return at === 0 && vowels.includes(word[1] ?? '-') ? 'h' : '';
  // r behind a or o and before no vowel only lengthens them: Porn, Karn.
  if (letter === 'r' && at > 0 && 'ao'.includes(word[at - 1]!) && !vowels.includes(word[at + 1] ?? '-')) return '';
  if (letter === 'c') return 'ei'.includes(word[at + 1] ?? '-') ? 's' : 'k';
  return letters[letter] ?? letter;
}

/**
 * A Latin word in the plainest of the ways people spell it: Sokh is sok, Htun and Tun are tun, Boun and Bun are bun. It keeps the vowels, so
 * that unlike a sound code it tells short words apart.
 */
export function plainSpelling(word: string): string {
  let out = '';
  for (let at = 0; at < word.length;) {
    const pair = pairs[word.slice(at, at + 2)];
    const next = pair ?? one(word, at);
    at += pair === undefined ? 1 : 2;
    if (next !== '' && next !== out.at(-1)) out += next;
  }
  return out;
}
