// SPDX-License-Identifier: AGPL-3.0-or-later

// Devanagari and Bengali lie in Unicode in one order, so that one table by distance from the block's start serves both.
const freeVowels = new Map<number, string>([
  [0x05, 'a'],
  [0x06, 'a'],
  [0x07, 'i'],
  [0x08, 'i'],
  [0x09, 'u'],
  [0x0a, 'u'],
  [0x0b, 'ri'],
  [0x0f, 'e'],
  [0x10, 'ai'],
  [0x13, 'o'],
  [0x14, 'au'],
]);
const signs = new Map<number, string>([
  [0x3e, 'a'],
  [0x3f, 'i'],
  [0x40, 'i'],
  [0x41, 'u'],
  [0x42, 'u'],
  [0x43, 'ri'],
  [0x45, 'e'],
  [0x47, 'e'],
  [0x48, 'ai'],
  [0x49, 'o'],
  [0x4b, 'o'],
  [0x4c, 'au'],
]);
const consonants = 'k kh g gh ng ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h'.split(' ');
const virama = 0x4d;
const nukta = 0x3c;

/** A run of consonants and the vowel behind it; `bare` when the vowel is only implied. */
interface Unit {
  sound: string;
  vowel: string;
  bare: boolean;
  stacked: boolean;
}

/** The letter with a dot below, where that changes it. */
function dotted(at: number, plain: string): string {
  if (at === 0x21 || at === 0x22) return 'r';
  if (at === 0x2f) return 'y';
  if (at === 0x1c) return 'z';
  return at === 0x2b ? 'f' : plain;
}

function consonant(offsets: readonly number[], at: number, bengali: boolean): string {
  const offset = offsets[at]!;
  const plain = consonants[offset - 0x15] ?? '';
  if (offsets[at + 1] === nukta) return dotted(offset, plain);
  const below = offsets[at - 1] === virama;
  if (bengali && offset === 0x2f) return below ? 'y' : 'j';
  // A Bengali b below another letter is silent or w, but for mb and rb: বিশ্বাস is biswas.
  if (bengali && offset === 0x2c && below && offsets[at - 2] !== 0x2e && offsets[at - 2] !== 0x30) return 'w';
  return plain;
}

function units(text: string, base: number): Unit[] {
  const offsets = [...text].map((letter) => letter.charCodeAt(0) - base);
  const found: Unit[] = [];
  let open = false;
  offsets.forEach((offset, at) => {
    const last = found.at(-1);
    if (offset >= 0x15 && offset <= 0x39) {
      const sound = consonant(offsets, at, base === 0x980);
      if (open && last) {
        last.sound += sound;
        last.stacked = true;
      } else found.push({ sound, vowel: 'a', bare: true, stacked: false });
      open = false;
    } else if (offset === virama && last) {
      open = true;
    } else if (signs.has(offset) && last) {
      last.vowel = signs.get(offset)!;
      last.bare = false;
    } else if (freeVowels.has(offset)) {
      found.push({ sound: '', vowel: freeVowels.get(offset)!, bare: false, stacked: false });
    } else if (offset === 0x01 && last) {
      last.vowel += 'n';
    } else if (offset === 0x02) {
      const next = offsets[at + 1] ?? 0;
      found.push({ sound: next >= 0x2a && next <= 0x2e ? 'm' : 'ng', vowel: '', bare: false, stacked: false });
    } else if (offset === 0x4e) {
      found.push({ sound: 't', vowel: '', bare: false, stacked: false });
    }
  });
  if (open) found.at(-1)!.vowel = '';
  return found;
}

/** Readings of what is written in one way and said in several: ज्ञ is gy, क्ष ksh, kh (Bengali) or chh (Nepali). */
function conjuncts(sound: string, open: boolean, bengali: boolean): string {
  const known = sound.replace('jn', 'gy');
  if (!known.startsWith('ksh')) return known;
  if (!open) return known;
  return bengali ? 'kh' : `chh${known.slice(3)}`;
}

/**
 * Devanagari (Nepali) or Bengali as it is usually romanised. The implied vowel is dropped at the end of a word and, unless `open`, between
 * two syllables that have vowels of their own (राजकुमार is rajkumar, with `open` rajakumar).
 */
export function romaniseIndic(text: string, open: boolean, base: 0x900 | 0x980): string {
  const found = units(text, base);
  found.forEach((unit, at) => {
    if (!unit.bare || at === 0) return;
    const next = found[at + 1];
    const before = found[at - 1]!;
    const between = next !== undefined && !open && before.vowel !== '' && !next.bare && next.vowel !== '' && next.sound !== '';
    // Behind a stack of letters the last vowel is said by most (Chandra, Krishna) and written by some.
    const atEnd = next === undefined && (open || !unit.stacked);
    if (between || atEnd) unit.vowel = unit.vowel.slice(1);
  });
  return found.map((unit) => conjuncts(unit.sound, open, base === 0x980) + unit.vowel).join('');
}
