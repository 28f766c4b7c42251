// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { isWholeId, lastGroupOf, recordNumber } from '../../platform/domain/record-number.ts';
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { standingOf, WordPage, WordsAsked, WordsQuery, type Standing, type Word, type WordRow } from '../domain/consent-standing.ts';
import type { PersonKey } from '../domain/person-record.ts';
import { findRecordsOfNumber } from './erasure/queries-requests.ts';
import { findAllWords, findDistricts, findStages, listWords, type StoredWord, type WordCursor } from './queries-words.ts';

const usualPage = 50;
/** Whether a word stands is worked out and not kept, so a page looks through so many lines at most, and a file through so many. */
const atOnce = 1000;
const mostForPage = 10_000;
const mostForFile = 100_000;
const mostInFile = 20_000;

const rule = { may: 'consent.read' } as const;
type Stood = StoredWord & Standing;

function readCursor(after: string | undefined): WordCursor | null {
  if (after === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/.exec(after);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1])))
    throw new Problem('bad-input', 'after: use the value of "next" from the page before.');
  return { at: match[1], eventId: match[2] };
}

/** The records that a number means; null where none is asked for. */
async function keysOf(tx: Tx, { number }: WordsAsked): Promise<PersonKey[] | null> {
  if (number === undefined) return null;
  const group = lastGroupOf(number);
  if (group === null) throw new Problem('bad-input', 'number: a record number has ten letters and figures, such as 7K2M-9QXA-4T.');
  const found = await findRecordsOfNumber(tx, group);
  return isWholeId(number) ? found.filter(({ personId }) => personId === number.trim().toLowerCase()) : found;
}

const keyOf = ({ regionId, personId }: PersonKey): string => `${regionId} ${personId}`;

async function standings(tx: Tx, words: readonly StoredWord[]): Promise<Stood[]> {
  if (words.length === 0) return [];
  const said = new Map<string, Word[]>();
  for (const word of await findAllWords(tx, words)) said.set(keyOf(word), [...(said.get(keyOf(word)) ?? []), word]);
  const stages = await findStages(tx, words);
  return words.map((word, i) => ({
    ...word,
    ...standingOf(word, said.get(keyOf(word)) ?? [], stages[i] ?? { joined: false, before: null, today: null }),
  }));
}

interface LookedThrough {
  readonly words: readonly Stood[];
  /** Where to go on; null at the end. */
  readonly next: WordCursor | null;
}

/** Until there are `wanted`, or so many lines were looked through. */
async function lookThrough(
  tx: Tx,
  asked: WordsAsked,
  keys: readonly PersonKey[] | null,
  after: WordCursor | null,
  { wanted, most }: { readonly wanted: number; readonly most: number },
): Promise<LookedThrough> {
  const words: Stood[] = [];
  let at = after;
  const step = asked.state === undefined ? Math.min(wanted + 1, atOnce) : atOnce;
  for (let seen = 0; seen < most; seen += step) {
    const some = await listWords(tx, asked, keys, at, step);
    for (const word of await standings(tx, some)) {
      if (asked.state !== undefined && word.state !== asked.state) continue;
      if (words.length === wanted) return { words, next: at };
      words.push(word);
      at = { at: word.cursorAt, eventId: word.eventId };
    }
    const last = some.at(-1);
    if (!last || some.length < step) return { words, next: null };
    at = { at: last.cursorAt, eventId: last.eventId };
  }
  return { words, next: at };
}

async function rowsOf(tx: Tx, words: readonly Stood[]): Promise<WordRow[]> {
  const districts = await findDistricts(tx, words);
  return words.map((word) => ({
    eventId: word.eventId,
    personId: word.personId,
    number: recordNumber(word.personId),
    district: districts.get(keyOf(word)) ?? null,
    purpose: word.purpose,
    act: word.act,
    byWhom: word.byWhom,
    way: word.way,
    language: word.language,
    wording: word.wording,
    organisation: word.organisation,
    observedAt: new Date(word.observedAt).toISOString(),
    recordedAt: new Date(word.recordedAt).toISOString(),
    state: word.state,
    why: word.why,
  }));
}

function refuseBackwards({ from, to }: WordsAsked): void {
  if (from !== undefined && to !== undefined && from > to) throw new Problem('bad-input', 'The last day lies before the first.');
}

/** What is asked for, for the record of use: whose, where it was one record's. */
const askedFor = (asked: WordsAsked, keys: readonly PersonKey[] | null, rows: number) => ({
  subject: keys?.length === 1 ? (keys[0]?.personId ?? null) : null,
  detail: {
    rows,
    purpose: asked.purpose ?? null,
    act: asked.act ?? null,
    state: asked.state ?? null,
    from: asked.from ?? null,
    to: asked.to ?? null,
  },
});

const heads = [
  'record',
  'district',
  'purpose',
  'act',
  'by_whom',
  'way',
  'language',
  'wording',
  'organisation',
  'said_at',
  'recorded_at',
  'state',
  'why',
];
const lineOf = (row: WordRow): Cell[] => [
  row.number,
  row.district?.code ?? null,
  row.purpose,
  row.act,
  row.byWhom,
  row.way,
  row.language,
  row.wording,
  row.organisation,
  row.observedAt,
  row.recordedAt,
  row.state,
  row.why,
];

const readWords = endpoint({
  method: 'GET',
  path: '/api/data-protection/consents',
  tag: 'Data protection',
  summary: 'What people said about the use of their records, by record number, the last written down first, and whether it still stands',
  rule,
  query: WordsQuery,
  response: WordPage,
  problems: ['bad-input'],
  async handle({ tx, query: { after, limit = usualPage, ...asked }, audit }) {
    refuseBackwards(asked);
    const keys = await keysOf(tx, asked);
    const { words, next } = await lookThrough(tx, asked, keys, readCursor(after), { wanted: limit, most: mostForPage });
    await audit({ action: 'people.read-consents', ...askedFor(asked, keys, words.length) });
    return { rows: await rowsOf(tx, words), known: keys === null || keys.length > 0, next: next && `${next.at}_${next.eventId}` };
  },
});

const takeWords = endpoint({
  method: 'GET',
  path: '/api/data-protection/consents.csv',
  tag: 'Data protection',
  summary: 'The same as a file: record numbers, no names',
  rule,
  query: WordsAsked,
  response: Type.Any(),
  files: ['text/csv'],
  problems: ['bad-input', 'too-large'],
  async handle({ tx, query, audit }) {
    refuseBackwards(query);
    const keys = await keysOf(tx, query);
    const { words, next } = await lookThrough(tx, query, keys, null, { wanted: mostInFile, most: mostForFile });
    if (next !== null) throw new Problem('too-large', `There are more than ${mostInFile} lines: ask for fewer days.`);
    await audit({ action: 'people.export-consents', ...askedFor(query, keys, words.length) });
    const rows = await rowsOf(tx, words);
    return { kind: 'file', contentType: 'text/csv', fileName: 'consents.csv', body: writeCsv([heads, ...rows.map(lineOf)]) };
  },
});

/** All consents, for the data protection officer: numbers and districts, no names. */
export const wordEndpoints: readonly Endpoint[] = [readWords, takeWords];
