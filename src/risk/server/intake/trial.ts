// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Trial } from '../../../places/server/index.ts';
import type { Value } from '../../../platform/server/tabular.ts';
import { answerReader, notMapped, sexReader } from '../../domain/answer-rule.ts';
import { answerWords, type AnyPeopleMapping } from '../../domain/people-mapping.ts';
import { expressionsOf, tableOptionsOf } from './mapping.ts';

/** What a mapping makes of each row, so that it can be tried on the first rows: the answers its value maps give, dates, places. */
export function trialOfPeople(mapping: AnyPeopleMapping): Trial {
  const readers = readersOf(mapping);
  return {
    options: tableOptionsOf(mapping),
    expressions: Object.entries(expressionsOf(mapping)).map(([key, expression]) => {
      const [what = key, of] = key.split(':');
      const read = readers.get(key);
      return { what, indicator: what === 'answer' ? (of ?? null) : null, expression, ...(read && { read }) };
    }),
  };
}

type Read = NonNullable<Trial['expressions'][number]['read']>;
const unmapped = { value: null, reason: 'the value is not one that the mapping knows' };
const sexes: Readonly<Record<number, string>> = { 0: 'unknown', 1: 'male', 2: 'female', 9: 'not-applicable' };

function readersOf(mapping: AnyPeopleMapping): Map<string, Read> {
  const readers = new Map<string, Read>();
  const through =
    (read: (cell: string | null) => number, word: (found: number) => Value): Read =>
    (value) => {
      const found = read(value as string | null);
      return found === notMapped ? unmapped : { value: word(found), reason: null };
    };
  for (const [code, rule] of Object.entries(mapping.indicators))
    readers.set(
      `answer:${code}`,
      through(answerReader(rule), (byte) => answerWords[byte]!),
    );
  if (mapping.kind === 'people' && mapping.sex)
    readers.set(
      'sex',
      through(sexReader(mapping.sex), (sex) => sexes[sex] ?? 'unknown'),
    );
  return readers;
}
