// SPDX-License-Identifier: AGPL-3.0-or-later
import { hearingBy, type Hearing } from '../../domain/name-codes.ts';
import { romanise } from '../romanise.ts';

/** Remembers the first `most` words of each sort: reading a word of a script, and hearing it, takes ten times as long as looking it up. */
export function rememberedHearing(most: number): Hearing {
  const rules = hearingBy(romanise);
  const sound = [remembered((word) => rules.sound(word, false), most), remembered((word) => rules.sound(word, true), most)] as const;
  return {
    readings: remembered(rules.readings, most),
    sound: (word, other) => sound[other ? 1 : 0](word),
    spelling: remembered(rules.spelling, most),
  };
}

function remembered<T>(work: (word: string) => T, most: number): (word: string) => T {
  const known = new Map<string, T>();
  return (word) => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const worked = work(word);
    if (known.size < most) known.set(word, worked);
    return worked;
  };
}
