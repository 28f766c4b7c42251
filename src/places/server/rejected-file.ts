// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { patternsOf, reworded, type Details } from '../../platform/domain/rewording.ts';
import { writeCsv } from '../../platform/server/csv.ts';

/** By language, where the sentences of the server are; English needs none. */
export type ReadersWords = Readonly<Record<string, () => Promise<{ readonly details: Details }>>>;

/** `reason_code` stays as it is in every language: programs go by it. */
export const rejectedColumns = ['file', 'row', 'column', 'code', 'reason', 'reason_code'] as const;
const inWords = new Set(['file', 'row', 'column', 'code', 'reason']);

/** The list of rejected rows as it was written, or with its heads and reasons in a language that there are words for. */
export async function rejectedRowsIn(path: string, language: string, words: ReadersWords): Promise<Readable> {
  const load = Object.hasOwn(words, language) ? words[language] : undefined;
  if (!load) return createReadStream(path);
  return Readable.from(inLanguage(path, (await load()).details));
}

async function* inLanguage(path: string, details: Details): AsyncGenerator<string> {
  const patterns = patternsOf(details);
  let reasonAt = -1,
    out: string[][] = [];
  for await (const row of rowsOf(createReadStream(path, 'utf8'))) {
    if (reasonAt < 0) {
      reasonAt = row.indexOf('reason');
      yield writeCsv([row.map((head) => (inWords.has(head) ? reworded(patterns, `heading: ${head}`) : head))]);
      continue;
    }
    out.push(row.map((cell, at) => (at === reasonAt ? reworded(patterns, cell) : cell)));
    if (out.length < 200) continue;
    yield lines(out);
    out = [];
  }
  yield lines(out);
}

/** Without the mark of byte order, which stands once. */
const lines = (rows: readonly (readonly string[])[]): string => writeCsv(rows).slice(1);

/** The rows of a CSV file of our own writing: commas, quotes doubled within quotes, a mark of byte order before the first. */
async function* rowsOf(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let row: string[] = [],
    cell = '',
    quoted = false,
    first = true,
    held = '';
  for await (const piece of pieces) {
    // Of quotes at the end of a piece the last may be the half of two.
    const text: string = held + (first ? piece.replace(/^\uFEFF/, '') : piece);
    first = false;
    held = /"*$/.exec(text)![0];
    const end = text.length - held.length;
    for (let at = 0; at < end; at++) {
      const sign = text[at]!;
      if (quoted && sign === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (sign === '"') quoted = !quoted;
      else if (!quoted && sign === ',') {
        row.push(cell);
        cell = '';
      } else if (!quoted && sign === '\n') {
        yield [...row, cell.replace(/\r$/, '')];
        row = [];
        cell = '';
      } else cell += sign;
    }
  }
  if (cell !== '' || row.length > 0) yield [...row, cell];
}
