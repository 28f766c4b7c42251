// SPDX-License-Identifier: AGPL-3.0-or-later
import { hearingBy, latinWords, type Hearing } from './name-codes.ts';
import { nameTokens } from './name-tokens.ts';
import type { Romanise } from './romanise.ts';

interface Word {
  /** Plain Latin spelling, in the one or two readings. */
  readonly spelt: readonly string[];
  readonly sounds: readonly string[];
}

/** A name made ready, so that comparing it with many reads it once. */
export interface ReadName {
  readonly words: readonly Word[];
  readonly joined: string;
}

export function readName(name: string, by: Romanise | Hearing): ReadName {
  const hearing = typeof by === 'function' ? hearingBy(by) : by;
  const [usual, other] = latinWords(nameTokens(name).telling, hearing);
  const words = usual.map((word, at): Word => {
    const both = [...new Set([word, other[at] ?? word])];
    return {
      spelt: [...new Set(both.map((each) => hearing.spelling(each)))],
      sounds: [...new Set(both.flatMap((each) => [hearing.sound(each, false), hearing.sound(each, true)]))].filter(
        (code) => code.length > 1,
      ),
    };
  });
  return { words, joined: words.map((word) => word.spelt[0]).join('') };
}

/**
 * Jaro's similarity of two words with Winkler's bonus for an equal beginning, 0 to 1 (Jaro 1989, "Advances in record-linkage methodology",
 * JASA 84; Winkler 1990, "String comparator metrics", ASA Survey Research Methods).
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  // Which equal letters are paired can depend on the side one starts from; the same side is taken whoever comes first.
  const [first, second] = a < b ? [a, b] : [b, a];
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  // One bit a letter that has its partner: names are never longer than the 31 there are.
  let [inFirst, inSecond, found] = [0, 0, 0];
  for (let at = 0; at < Math.min(first.length, 31); at++) {
    const end = Math.min(second.length - 1, at + reach, 30);
    for (let other = Math.max(0, at - reach); other <= end; other++) {
      if (first[at] !== second[other] || inSecond & (1 << other)) continue;
      inFirst |= 1 << at;
      inSecond |= 1 << other;
      found++;
      break;
    }
  }
  if (found === 0) return 0;
  let moved = 0;
  for (let at = 0, other = 0; at < 31; at++) {
    if (!(inFirst & (1 << at))) continue;
    while (!(inSecond & (1 << other))) other++;
    if (first[at] !== second[other++]) moved += 0.5;
  }
  const jaro = (found / a.length + found / b.length + (found - moved) / found) / 3;
  let start = 0;
  while (start < 4 && start < a.length && a[start] === b[start]) start++;
  return jaro + start * 0.1 * (1 - jaro);
}

/** Two spellings. Squared, because unlike words of one language still have half of their letters in common. */
function spellings(a: string, b: string): number {
  if (a === b) return 1;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length === 1) return long.startsWith(short) ? 0.85 : 0;
  return jaroWinkler(a, b) ** 2;
}

function soundsAlike(a: Word, b: Word): number {
  let best = 0;
  for (const code of a.sounds) if (b.sounds.includes(code)) best = Math.max(best, code.length > 2 ? 0.9 : 0.8);
  return best;
}

function wordSimilarity(a: Word, b: Word): number {
  if (a.spelt[0] === b.spelt[0]) return 1;
  let best = soundsAlike(a, b);
  for (const x of a.spelt) for (const y of b.spelt) best = Math.max(best, spellings(x, y));
  return best;
}

const weight = (word: Word): number => Math.max(2, word.spelt[0]!.length);

const together = (words: readonly Word[]): number => words.reduce((sum, word) => sum + weight(word), 0);

/** How much a word that has no partner counts: little where two others agree (a middle name left out), much where only one does. */
const unpaired = { few: 0.6, many: 0.25 } as const;

/** The best of all ways to pair each word of the shorter name with one of the longer: a table over which of these are taken. */
function bestPairing(short: readonly Word[], long: readonly Word[]): number {
  const size = 1 << long.length;
  let totals = new Float64Array(size).fill(-1);
  totals[0] = 0;
  for (const word of short) {
    const next = new Float64Array(size).fill(-1);
    for (const [at, other] of long.entries()) {
      const gain = wordSimilarity(word, other) * (weight(word) + weight(other));
      for (let taken = 0; taken < size; taken++) {
        if (totals[taken]! < 0 || taken & (1 << at)) continue;
        next[taken | (1 << at)] = Math.max(next[taken | (1 << at)]!, totals[taken]! + gain);
      }
    }
    totals = next;
  }
  const alone = short.length > 1 ? unpaired.many : unpaired.few;
  const all = together(short) + together(long);
  let best = 0;
  for (let taken = 0; taken < size; taken++) {
    if (totals[taken]! < 0) continue;
    const left = short.length === long.length ? 0 : together(long.filter((_, at) => (taken & (1 << at)) === 0));
    best = Math.max(best, totals[taken]! / (all - left * (1 - alone)));
  }
  return best;
}

export function readNameSimilarity(a: ReadName, b: ReadName): number {
  if (a.words.length === 0 || b.words.length === 0) return 0;
  const [short, long] = a.words.length <= b.words.length ? [a, b] : [b, a];
  const paired = bestPairing(short.words, long.words);
  // Written in one word by one and in two by the other.
  const apart = short.words.length < long.words.length && Math.min(a.joined.length, b.joined.length) >= 4;
  return Math.max(paired, apart ? spellings(a.joined, b.joined) * 0.98 : 0);
}

/** How alike two whole names are, 0 to 1, in any scripts and any order of their words: 1 is the same words, under 0.5 most likely others. */
export function nameSimilarity(a: string, b: string, romanise: Romanise): number {
  return readNameSimilarity(readName(a, romanise), readName(b, romanise));
}
