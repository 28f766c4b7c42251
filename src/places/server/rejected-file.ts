// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { patternsOf, reworded, type Details } from '../../platform/domain/rewording.ts';
import { harmless } from '../../platform/server/csv.ts';

/** By language, where the sentences of the server are; English needs none. */
export type ReadersWords = Readonly<Record<string, () => Promise<{ readonly details: Details }>>>;

/** `reason_code` stays as it is in every language: programs go by it. */
export const rejectedColumns = ['file', 'row', 'column', 'code', 'reason', 'reason_code'] as const;
const inWords = new Set(['file', 'row', 'column', 'code', 'reason']);

/** The list of rejected rows as it was written, or with its heads and reasons in a language that there are words for. */
export async function rejectedRowsIn(path: string, language: string, words: ReadersWords): Promise<Readable> {
  const load = Object.hasOwn(words, language) ? words[language] : undefined;
  if (!load) return createReadStream(path);
  const rows = pipeline(createReadStream(path), parse({ bom: true }), ignore);
  return pipeline(inLanguage(rows, (await load()).details), stringify({ bom: true, record_delimiter: 'windows' }), ignore);
}

/** What fails in a pipeline ends its last stream, whose reader learns of it there. */
const ignore = (): void => {};

async function* inLanguage(rows: AsyncIterable<string[]>, details: Details): AsyncGenerator<string[]> {
  const patterns = patternsOf(details);
  let reasonAt = -1;
  for await (const row of rows) {
    if (reasonAt >= 0) yield row.map((cell, at) => (at === reasonAt ? harmless(reworded(patterns, cell)) : cell));
    else {
      reasonAt = row.indexOf('reason');
      yield row.map((head) => (inWords.has(head) ? reworded(patterns, `heading: ${head}`) : head));
    }
  }
}
