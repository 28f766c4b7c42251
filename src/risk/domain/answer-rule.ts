// SPDX-License-Identifier: AGPL-3.0-or-later
import { answerWords, type AnswerRule, type AnswerWord, type SexRule } from './people-mapping.ts';

/** What an answer is packed as (answerCodes of instrument.ts): 0 not asked, 1 2 3, 4 unknown, 5 refused, 6 not applicable. */
export type AnswerByte = 0 | 1 | 2 | 3 | 4 | 5 | 6;
/** The value is not one the mapping knows: the row cannot be taken. */
export const notMapped = -1;

const byteOf = (word: AnswerWord): AnswerByte => answerWords.indexOf(word) as AnswerByte;
const plain = new Map<string, AnswerByte>(answerWords.map((word) => [String(word), byteOf(word)]));

/** Files write Yes, YES and " yes " for one thing. */
export const foldValue = (text: string): string => text.normalize('NFC').trim().replace(/\s+/gu, ' ').toLocaleLowerCase('en');

/** The worst of several values of one cell: a higher score before a lower, a score before what is no score. */
function worst(a: number, b: number): number {
  const rank = (byte: number): number => (byte >= 1 && byte <= 3 ? byte + 10 : byte === 0 ? 0 : 7 - byte);
  return rank(b) > rank(a) ? b : a;
}

/** Reads cells by one rule, remembering what it has met: a file of a million rows has a handful of values. */
export function answerReader(rule: AnswerRule): (cell: string | null) => AnswerByte | typeof notMapped {
  const map = rule.map ? new Map(Object.entries(rule.map).map(([value, word]) => [foldValue(value), byteOf(word)])) : plain;
  const empty = rule.empty === undefined ? 0 : byteOf(rule.empty);
  const other = rule.otherwise === undefined ? notMapped : byteOf(rule.otherwise);
  const one = (text: string): number => {
    const folded = foldValue(text);
    return folded === '' ? empty : (map.get(folded) ?? other);
  };
  const read = (cell: string): number => {
    if (rule.split === undefined) return one(cell);
    const parts = cell
      .split(rule.split)
      .filter((part) => part.trim() !== '')
      .map(one);
    if (parts.includes(notMapped)) return notMapped;
    return parts.reduce(worst, parts.length > 0 ? 0 : empty);
  };
  return remembering(read, empty) as (cell: string | null) => AnswerByte | typeof notMapped;
}

const sexCodes = { female: 2, male: 1, unknown: 0, 'not-applicable': 9 } as const;

/** ISO 5218; an empty cell is not known. */
export function sexReader(rule: SexRule): (cell: string | null) => number {
  const map = new Map(Object.entries(rule.map).map(([value, word]) => [foldValue(value), sexCodes[word]]));
  const other = rule.otherwise === undefined ? notMapped : sexCodes[rule.otherwise];
  return remembering((cell) => (foldValue(cell) === '' ? 0 : (map.get(foldValue(cell)) ?? other)), 0);
}

const mostRemembered = 10_000;

function remembering(read: (cell: string) => number, empty: number): (cell: string | null) => number {
  const known = new Map<string, number>();
  return (cell) => {
    if (cell === null) return empty;
    let found = known.get(cell);
    if (found === undefined) {
      found = read(cell);
      if (known.size < mostRemembered) known.set(cell, found);
    }
    return found;
  };
}
