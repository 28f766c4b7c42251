// SPDX-License-Identifier: AGPL-3.0-or-later
import { seededRandom } from '../demo/random.ts';

const onsets = ['k', 'kh', 's', 'ch', 'n', 'd', 't', 'th', 'b', 'p', 'ph', 'm', 'r', 'l', 'v', 'w', 'h', 'y', 'sr', 'pr', 'ng'];
const vowels = ['a', 'aa', 'i', 'ee', 'o', 'u', 'ae', 'ai', 'ao', 'ou', 'ia'];
const ends = ['', '', 'n', 'ng', 'm', 'k', 't', 'p', 'y'];

/**
 * Made names, as unevenly shared as real ones: 300 family names, the most frequent of which a tenth of the people bear, and 8,000 given names
 * of two syllables (Zipf in both).
 */
export function madeNames(seed: number) {
  const random = seededRandom(seed);
  const of = (list: readonly string[]): string => list[Math.floor(random.next() * list.length)]!;
  const syllable = (): string => of(onsets) + of(vowels) + of(ends);
  const unlike = (count: number, make: () => string): string[] => {
    const made = new Set<string>();
    while (made.size < count) made.add(make());
    return [...made];
  };
  const family = unlike(300, () => syllable() + (random.next() < 0.4 ? syllable() : ''));
  const given = unlike(8000, () => syllable() + syllable() + (random.next() < 0.3 ? syllable() : ''));
  const shared = (list: readonly string[], power: number): string => list[Math.floor(list.length * random.next() ** power)]!;
  return {
    family,
    given,
    full: (): string => `${shared(family, 3)} ${shared(given, 2)}`,
    random,
  };
}
