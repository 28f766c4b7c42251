// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export interface DueStanding {
  readonly code: string;
  readonly subjectKind: 'person' | 'place';
  readonly regionId: number;
  readonly subjectId: string;
}

/** Standings whose time has come, the longest due first. Those of an instrument without a live version stay as they are. */
export async function findDue(tx: Tx, now: Date, limit: number): Promise<DueStanding[]> {
  const { rows } = await sql<DueStanding>`
    select s.instrument_code as code, s.subject_kind as "subjectKind", s.region_id as "regionId", s.subject_id as "subjectId"
    from waymark.standing s
    where s.next_change <= ${now}::timestamptz
      and exists (select from waymark.instrument i where i.code = s.instrument_code and i.state = 'live')
    order by s.next_change limit ${limit}`.execute(tx);
  return rows;
}

/** Standings worked out for a moment after `now`, a page after the last one looked at. */
export async function findComputedAhead(tx: Tx, now: Date, after: DueStanding | null, limit: number): Promise<DueStanding[]> {
  const { rows } = await sql<DueStanding>`
    select s.instrument_code as code, s.subject_kind as "subjectKind", s.region_id as "regionId", s.subject_id as "subjectId"
    from waymark.standing s
    where s.computed_at > ${now}::timestamptz
      and (${after === null} or (s.region_id, s.instrument_code, s.subject_kind, s.subject_id)
        > (${after?.regionId ?? 0}::integer, ${after?.code ?? ''}, ${after?.subjectKind ?? ''}, ${after?.subjectId ?? null}::uuid))
      and exists (select from waymark.instrument i where i.code = s.instrument_code and i.state = 'live')
    order by s.region_id, s.instrument_code, s.subject_kind, s.subject_id limit ${limit}`.execute(tx);
  return rows;
}

/** The latest moment the clock's job has ever seen, and after a clock was set right the one it saw last; null before its first run. */
export async function findClockSeen(tx: Tx): Promise<Date | null> {
  const {
    rows: [row],
  } = await sql<{ seenAt: Date }>`select seen_at as "seenAt" from waymark.clock_seen`.execute(tx);
  return row?.seenAt ?? null;
}

export async function noteClockSeen(tx: Tx, now: Date): Promise<void> {
  await sql`insert into waymark.clock_seen (seen_at) values (${now}::timestamptz) on conflict (only_row) do update set seen_at = excluded.seen_at`.execute(
    tx,
  );
}

/** Ends of the months until `last` (ISO) that are over and not closed yet, oldest first; not while an answer that was saved before waits to be followed. */
export async function findMonthsToClose(tx: Tx, last: string): Promise<string[]> {
  const { rows } = await sql<{ month: string }>`
    select month from waymark.months_to_close(${last}::date) month
    where not exists (select from waymark.answer_to_follow f where f.asked_at < (month + 1)::timestamp at time zone waymark.time_zone())
    order by 1`.execute(tx);
  return rows.map(({ month }) => month);
}

/** Counts a month exactly and keeps it, once; returns the rows written. */
export async function insertMonth(tx: Tx, monthEnd: string): Promise<number> {
  const {
    rows: [row],
  } = await sql<{ n: number }>`select waymark.close_month(${monthEnd}::date) as n`.execute(tx);
  return row?.n ?? 0;
}

/** Whether this transaction is the one clock at work. */
export async function lockClock(tx: Tx): Promise<boolean> {
  const {
    rows: [mine],
  } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(hashtext('waymark.clock')) as got`.execute(tx);
  return mine?.got ?? false;
}
