// SPDX-License-Identifier: AGPL-3.0-or-later
import { hasSecond, soundCode } from './name-sounds.ts';
import { plainSpelling } from './name-spelling.ts';
import { nameTokens } from './name-tokens.ts';
import { readings, type Romanise } from './romanise.ts';

/** What a keyed blind index is made of: a person is found by any code the query shares with her. */
export interface NameCodes {
  /** The whole name in its own script, after a =; and each of its words in plain Latin spelling, short ones too. */
  readonly exact: readonly string[];
  /** How the name, its longer words and neighbouring short words sound. */
  readonly sound: readonly string[];
}

/** No person has more codes of one sort than this, however many names. */
export const codeLimit = 12;
const longestName = 6;
/** A code of fewer sounds tells little. */
const telling = 3;

/** How words are read, heard and spelled: by the rules, or by somebody who remembers what they gave. The same answer for the same word, always. */
export interface Hearing {
  readings(word: string): readonly [string] | readonly [string, string];
  sound(word: string, other: boolean): string;
  spelling(word: string): string;
}

export const hearingBy = (romanise: Romanise): Hearing => ({
  readings: (word) => readings(word, romanise),
  sound: soundCode,
  spelling: plainSpelling,
});

/** The words in Latin letters, in each of the two readings; Burmese syllables are words of their own. */
export function latinWords(words: readonly string[], hearing: Pick<Hearing, 'readings'>): [usual: string[], other: string[]] {
  const usual: string[] = [];
  const other: string[] = [];
  for (const word of words) {
    const [first, second = first] = hearing.readings(word);
    usual.push(...first.split(' '));
    other.push(...second.split(' '));
  }
  return [usual.filter(Boolean).slice(0, longestName), other.filter(Boolean).slice(0, longestName)];
}

/** One syllable (Trinh, Prum, Aung), or fewer than three sounds: shared by too many to be a code alone. */
function isWeak(word: string, code: string): boolean {
  return code.length < telling || !/[aeiouy][^aeiouy]+[aeiouy]/.test(word);
}

/** The words from each place on round to the one before it. */
function rotations(words: readonly string[]): string[] {
  return words.map((_, at) => [...words.slice(at), ...words.slice(0, at)].join('|'));
}

/**
 * The sound codes of one name in one reading. A long word stands alone; a short one (Sok, Aung, Lan) is joined to the next, the last to the
 * first, so that spaces, the order of family and given name and a missing middle name do not matter. A name of short words only is
 * coded whole too, from each of its words on; a long one as it is written and from the word where the code comes first in the alphabet.
 */
function nameSounds(words: readonly string[], other: boolean, { sound }: Hearing): string[] {
  const codes = words.map((word) => sound(word, other));
  const weak = codes.map((code, at) => isWeak(words[at]!, code));
  const found = codes.filter((_, at) => !weak[at]);
  words.forEach((word, at) => {
    const next = (at + 1) % words.length;
    if (next !== at && weak[at] && weak[next]) found.push(sound(`${word}|${words[next]}`, other));
  });
  const short = weak.every(Boolean);
  const kept = found.filter((code) => code.length >= (short && words.length > 2 ? telling + 1 : telling));
  if (words.length > 0 && (kept.length === 0 || codes.every((code) => code.length <= telling))) {
    const whole = rotations(words).map((text) => sound(text, other));
    kept.push(...(words.length > 3 ? [whole[0]!, [...whole].sort()[0]!] : whole));
  }
  return kept.filter((code) => code !== '');
}

/**
 * The codes of all of a person's names, or of what somebody searches for: the same function for both, and the query must come whole, not
 * word by word, because short words are coded together. Few (4 to 12 for most) because each is a row of the index.
 */
export function nameCodes(names: readonly string[], by: Romanise | Hearing): NameCodes {
  const hearing = typeof by === 'function' ? hearingBy(by) : by;
  const read = names.map((name) => {
    const words = nameTokens(name);
    return { words, latin: latinWords(words.telling, hearing) };
  });
  const exact = new Set<string>();
  const sound = new Set<string>();
  for (const { words } of read) if (words.words.length > 0) exact.add(`=${words.words.join(' ')}`);
  for (const { latin } of read) for (const word of latin[0]) exact.add(hearing.spelling(word));
  // The usual readings of all names come before the second ones of any, so that the limit cuts what is least likely.
  for (const second of [false, true]) {
    for (const reading of [0, 1] as const) {
      for (const { latin } of read) {
        const words = latin[reading];
        const nothingNew = (reading === 1 && words.join() === latin[0].join()) || (second && !words.some((word) => hasSecond.test(word)));
        if (!nothingNew) for (const code of nameSounds(words, second, hearing)) sound.add(code);
      }
    }
  }
  return { exact: [...exact].filter(Boolean).slice(0, codeLimit), sound: [...sound].slice(0, codeLimit) };
}
