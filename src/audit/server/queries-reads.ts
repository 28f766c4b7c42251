// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Days, Reader, Reading } from '../domain/identity-read.ts';
import type { ReaderDay, Repeat } from '../domain/unusual.ts';

/** Days of the installation's calendar, and the moments at which they begin and end. */
export interface Span extends Days {
  readonly start: Date;
  readonly end: Date;
}

/** From the days asked for; the last seven up to today where none are. `before` days are put in front. */
export async function readSpan(tx: Tx, from: string | null, to: string | null, before = 0): Promise<Span> {
  const { rows } = await sql<Span>`
    with asked as (select coalesce(${to}::date, greatest(${from}::date, (now() at time zone waymark.time_zone())::date)) as last),
      days as (select coalesce(${from}::date, last - 6) - ${before}::integer as first, last from asked)
    select first::text as "from", last::text as "to", first::timestamp at time zone waymark.time_zone() as start,
           (last + 1)::timestamp at time zone waymark.time_zone() as "end" from days`.execute(tx);
  if (!rows[0]) throw new Error('No calendar.');
  return rows[0];
}

export interface ReadsWanted {
  readonly span: Span;
  readonly reader: string | null;
  /** Whole ids. */
  readonly people: readonly string[] | null;
  readonly action: string | null;
}

const wanted = ({ span, reader, people, action }: ReadsWanted) => sql`at >= ${span.start} and at < ${span.end}
  ${reader === null ? sql`` : sql`and actor_id = ${reader}`} ${people === null ? sql`` : sql`and person_id = any (${[...people]}::uuid[])`}
  ${action === null ? sql`` : sql`and action = ${action}`}`;

/** The whole ids that a record number means (waymark.records_called). */
export async function findRecordsCalled(tx: Tx, lastGroup: string, { start, end }: Pick<Span, 'start' | 'end'>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text as id from waymark.records_called(${lastGroup}, ${start}::timestamptz, ${end}::timestamptz) id order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** The day of the installation's calendar on which anybody first looked at one of these; null where nobody did. */
export async function findFirstDay(tx: Tx, people: readonly string[]): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    select (min(at) at time zone waymark.time_zone())::date::text as day from waymark.identity_read where person_id = any (${[...people]}::uuid[])`.execute(
    tx,
  );
  return rows[0]?.day ?? null;
}

export type ListedReading = Omit<Reading, 'at'> & { readonly at: Date; readonly cursorAt: string };

/** One row an act of reading, newest first; `before` is the last row of the page before. */
export async function listReadings(
  tx: Tx,
  asked: ReadsWanted,
  before: { at: string; entryId: string } | null,
  limit: number,
): Promise<ListedReading[]> {
  const { rows } = await sql<ListedReading>`
    select entry_id as "entryId", at, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt", actor_id as "readerId", action,
           count(*)::integer as people, (array_agg(person_id::text order by person_id))[1:20] as "personIds"
    from waymark.identity_read
    where ${wanted(asked)} ${before === null ? sql`` : sql`and (at, entry_id) < (${before.at}::timestamptz, ${before.entryId}::uuid)`}
    group by at, entry_id, actor_id, action order by at desc, entry_id desc limit ${limit}`.execute(tx);
  return rows;
}

export interface ReadLine {
  readonly at: Date;
  readonly readerId: string;
  readonly action: string;
  readonly personId: string;
  readonly entryId: string;
}

/** One row a person read, newest first, for files. */
export async function listReadLines(tx: Tx, asked: ReadsWanted, limit: number): Promise<ReadLine[]> {
  const { rows } = await sql<ReadLine>`
    select at, actor_id as "readerId", action, person_id as "personId", entry_id as "entryId" from waymark.identity_read
    where ${wanted(asked)} order by at desc, entry_id desc, person_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function listReaders(tx: Tx): Promise<Reader[]> {
  return (await sql<Reader>`select account_id as "accountId", display_name as "displayName", roles from waymark.readers()`.execute(tx))
    .rows;
}

export type CountedDay = Omit<ReaderDay, 'opened' | 'once' | 'refused'>;

/** Newest day first. */
export async function listReadingDays(tx: Tx, span: Span, reader: string | null = null): Promise<CountedDay[]> {
  const { rows } = await sql<CountedDay>`
    select actor_id as "readerId", day, people, reads, at_night as "atNight" from waymark.reading_days(${span.start}, ${span.end}, ${reader}::text)`.execute(
    tx,
  );
  return rows;
}

export type OpenedDay = Pick<ReaderDay, 'readerId' | 'day' | 'opened' | 'once'>;

/** Days on which at least so many people were opened exactly once. */
export async function listOpenedOnce(tx: Tx, span: Span, least: number): Promise<OpenedDay[]> {
  const { rows } = await sql<OpenedDay>`
    select actor_id as "readerId", day, opened, once from waymark.opened_once(${span.start}, ${span.end}, ${least}::integer)`.execute(tx);
  return rows;
}

export type RefusedDay = Pick<ReaderDay, 'readerId' | 'day' | 'refused'>;

/** Days on which somebody asked for the names of at least so many people that were not hers to know. */
export async function listRefusedDays(tx: Tx, span: Span, least: number): Promise<RefusedDay[]> {
  const { rows } = await sql<RefusedDay>`
    select actor_id as "readerId", day, refused from waymark.refused_days(${span.start}, ${span.end}, ${least}::integer)`.execute(tx);
  return rows;
}

/** For the clock, as waymark_jobs. */
export async function closeReadingDays(db: Tx): Promise<number> {
  return (await sql<{ n: number }>`select waymark.close_reading_days() as n`.execute(db)).rows[0]?.n ?? 0;
}

export async function listRepeats(tx: Tx, span: Span, least: number): Promise<Repeat[]> {
  const { rows } = await sql<Repeat>`
    select actor_id as "readerId", person_id as "personId", times, days, last_day as "lastDay", writes
    from waymark.repeated_readings(${span.start}, ${span.end}, ${least}::integer)`.execute(tx);
  return rows;
}
