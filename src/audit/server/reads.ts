// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import { writeCsv } from '../../platform/server/csv.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import {
  DaysAsked,
  DaysQuery,
  ReadersAnswer,
  ReadingDays,
  ReadingPage,
  ReadsAsked,
  ReadsQuery,
  SealState,
  UnusualDays,
} from '../domain/identity-read.ts';
import { least } from '../domain/unusual.ts';
import { unusualDays } from '../domain/unusual-days.ts';
import { readCursor } from './cursor.ts';
import { recordsOf } from './records.ts';
import {
  findFirstDay,
  listOpenedOnce,
  listReaders,
  listReadingDays,
  listReadings,
  listReadLines,
  listRefusedDays,
  listRepeats,
  readSpan,
  type ReadsWanted,
  type Span,
} from './queries-reads.ts';
import { readSealState } from './queries-seal.ts';

/** Long enough for a quarter; more would be a search through everybody's work rather than an answer to a question. */
const mostDays = 92;
const mostInFile = 20_000;
/** Enough calendar days to find thirty days of work in. */
const daysOfHistory = 60;

function refuseNoDay({ from, to }: DaysAsked): void {
  for (const day of [from, to])
    if (day !== undefined && Number.isNaN(Date.parse(day))) throw new Problem('bad-input', `There is no day ${day}.`);
}

async function daysOf(tx: Tx, asked: DaysAsked, most = mostDays): Promise<Span> {
  refuseNoDay(asked);
  const { from, to } = asked;
  const span = await readSpan(tx, from ?? null, to ?? null);
  if (span.from > span.to) throw new Problem('bad-input', 'The last day lies before the first.');
  if ((span.end.getTime() - span.start.getTime()) / 86_400_000 > most + 1) throw new Problem('bad-input', `Ask for ${most} days at most.`);
  return span;
}

async function wantedOf(tx: Tx, query: ReadsAsked): Promise<ReadsWanted> {
  const { person, reader = null, action = null } = query;
  if (person === undefined) return { span: await daysOf(tx, query), reader, people: null, action };
  refuseNoDay(query);
  const lookedThrough = await readSpan(tx, query.from ?? null, query.to ?? null, query.from === undefined ? mostDays : 0);
  const people = await recordsOf(tx, person, lookedThrough);
  // Of one record the whole story: whoever asks about a complaint does not know the days.
  const from = query.from ?? (await findFirstDay(tx, people)) ?? undefined;
  const span = await daysOf(tx, from !== undefined && (query.to ?? from) >= from ? { ...query, from } : query, Number.POSITIVE_INFINITY);
  return { span, reader, people, action };
}

const rule = { may: 'audit.read-whole' } as const;
const days = ({ from, to }: Span) => ({ from, to });

export const readsEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/audit/seal',
    tag: 'audit',
    summary: 'How far the record of use is sealed',
    rule: { may: 'audit.read' },
    response: SealState,
    async handle({ tx }) {
      const { sealNo, sealedAt, waiting, oldest } = await readSealState(tx);
      return { sealNo, sealedAt: sealedAt?.toISOString() ?? null, waiting, oldest: oldest?.toISOString() ?? null };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit/readers',
    tag: 'audit',
    summary: 'The accounts that the record of use speaks of',
    rule,
    response: ReadersAnswer,
    handle: async ({ tx }) => ({ rows: await listReaders(tx) }),
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit/reads',
    tag: 'audit',
    summary: 'Who looked at whose identity, newest first',
    rule,
    query: ReadsQuery,
    response: ReadingPage,
    async handle({ tx, query }) {
      const limit = query.limit ?? 50;
      const asked = await wantedOf(tx, query);
      const rows = await listReadings(tx, asked, readCursor(query.after), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        days: days(asked.span),
        records: asked.people && [...asked.people],
        rows: page.map(({ cursorAt: _cursor, at, ...row }) => ({ ...row, at: at.toISOString() })),
        next: rows.length > limit && last ? `${last.cursorAt}_${last.entryId}` : null,
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit/reads.csv',
    tag: 'audit',
    summary: 'Who looked at whose identity, as a file',
    rule,
    query: ReadsAsked,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['too-large'],
    async handle({ tx, query, audit }) {
      const asked = await wantedOf(tx, query);
      const rows = await listReadLines(tx, asked, mostInFile + 1);
      if (rows.length > mostInFile) throw new Problem('too-large', `There are more than ${mostInFile} lines: ask for fewer days.`);
      await audit({
        action: 'audit.export-reads',
        subject: asked.people?.length === 1 ? (asked.people[0] ?? null) : null,
        detail: { rows: rows.length, reader: asked.reader, action: asked.action, ...days(asked.span) },
      });
      const lines = rows.map(({ at, readerId, action, personId, entryId }) => [
        at.toISOString(),
        readerId,
        action,
        recordNumber(personId),
        entryId,
        personId,
      ]);
      return {
        kind: 'file',
        contentType: 'text/csv',
        fileName: 'who-looked-at-whom.csv',
        body: writeCsv([['at', 'reader', 'action', 'record', 'entry', 'whole_id'], ...lines]),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit/reading-days',
    tag: 'audit',
    summary: 'How many people each reader looked at on each day',
    rule,
    query: DaysQuery,
    response: ReadingDays,
    async handle({ tx, query }) {
      const span = await daysOf(tx, query);
      const rows = await listReadingDays(tx, span, query.reader ?? null);
      return {
        days: days(span),
        rows: rows.map(({ readerId, day, people, reads, atNight }) => ({ readerId, day, people, reads, atNight })),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit/unusual-days',
    tag: 'audit',
    summary: 'Days of reading that somebody may want to ask about, with the reasons',
    rule,
    query: DaysAsked,
    response: UnusualDays,
    async handle({ tx, query }) {
      const span = await daysOf(tx, query);
      const opened = new Map((await listOpenedOnce(tx, span, least.once)).map((each) => [`${each.readerId} ${each.day}`, each]));
      const refused = new Map((await listRefusedDays(tx, span, least.refused)).map((each) => [`${each.readerId} ${each.day}`, each]));
      const read = await listReadingDays(tx, await readSpan(tx, span.from, span.to, daysOfHistory));
      const known = new Set(read.map(({ readerId, day }) => `${readerId} ${day}`));
      // Whoever was only refused read nothing on that day.
      const nothing = [...refused].filter(([key]) => !known.has(key)).map(([, each]) => ({ ...each, people: 0, reads: 0, atNight: 0 }));
      const history = [...read, ...nothing].map((day) => ({
        opened: 0,
        once: 0,
        refused: 0,
        ...day,
        ...opened.get(`${day.readerId} ${day.day}`),
        ...refused.get(`${day.readerId} ${day.day}`),
      }));
      const readers = (await listReaders(tx)).map(({ accountId, roles }) => ({ readerId: accountId, roles }));
      const found = unusualDays(history, span.from, readers, await listRepeats(tx, span, least.repeated));
      return {
        days: days(span),
        rows: found.map(({ day: { readerId, day, people, reads, atNight }, reasons }) => ({
          readerId,
          day,
          people,
          reads,
          atNight,
          reasons: [...reasons],
        })),
      };
    },
  }),
];
