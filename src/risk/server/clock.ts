// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { wallTimeAt } from '../../platform/domain/zoned-time.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { followHouseholds } from './follow-households.ts';
import { publishMonths } from './map-publish.ts';
import {
  type DueStanding,
  findClockSeen,
  findComputedAhead,
  findDue,
  findMonthsToClose,
  insertMonth,
  lockClock,
  noteClockSeen,
} from './queries-clock.ts';
import { findTimeZone } from './queries-instruments.ts';
import { lockSubjects, rescorePersons, rescorePlaceIds } from './queries.ts';

/** A clock is set by seconds every day; only what is more than this was wrong. */
const setBackBy = 60_000;

/**
 * What the passing of time changes, as waymark_jobs, `limit` standings a transaction: those whose time has come, and where the clock was set back
 * those that were worked out for moments still to come. Cut off in between it is done again; two servers that do it at once do it twice, to the same end. Then
 * households, also those of whom something was written beside the server.
 */
export async function keepTime(db: Kysely<unknown>, now: () => Date, limit: number, signal?: AbortSignal): Promise<void> {
  const began = now();
  const seen = await db.transaction().execute(findClockSeen);
  if (seen !== null && seen.getTime() - began.getTime() > setBackBy) {
    let last: DueStanding | null = null;
    do {
      if (signal?.aborted) return;
      last = await db.transaction().execute((tx): Promise<DueStanding | null> => workOutAnew(tx, began, last, limit));
    } while (last !== null);
  }
  while ((await db.transaction().execute((tx) => tickClock(tx, now(), limit))) > 0) if (signal?.aborted) return;
  await db.transaction().execute((tx) => noteClockSeen(tx, began));
  await followHouseholds(db, () => signal?.aborted ?? false);
}

async function workOutAnew(tx: Tx, now: Date, after: DueStanding | null, limit: number): Promise<DueStanding | null> {
  const ahead = await findComputedAhead(tx, now, after, limit);
  await rescoreThese(tx, ahead, now);
  return ahead.at(-1) ?? null;
}

/**
 * Rescores up to `limit` standings whose time has come (an answer ended, a birthday moved somebody into another age group), as waymark_jobs.
 * Returns how many were due: call again, in a new transaction, until it is 0. Twice is once; a second clock running at the same time steps aside.
 */
export async function tickClock(jobsTx: Tx, now: Date, limit: number): Promise<number> {
  if (!(await lockClock(jobsTx))) return 0;
  const due = await findDue(jobsTx, now, limit);
  await rescoreThese(jobsTx, due, now);
  return due.length;
}

async function rescoreThese(jobsTx: Tx, all: readonly DueStanding[], now: Date): Promise<void> {
  const byCode = new Map<string, DueStanding[]>();
  for (const standing of all) byCode.set(standing.code, [...(byCode.get(standing.code) ?? []), standing]);
  for (const [code, standings] of [...byCode].sort(([x], [y]) => (x < y ? -1 : 1))) {
    await lockSubjects(jobsTx, code, standings);
    const people = standings.filter((s) => s.subjectKind === 'person').map((s) => ({ regionId: s.regionId, personId: s.subjectId }));
    const places = standings.filter((s) => s.subjectKind === 'place').map((s) => s.subjectId);
    if (people.length) await rescorePersons(jobsTx, code, people, now);
    if (places.length) await rescorePlaceIds(jobsTx, code, places, now);
  }
}

/**
 * Keeps the people's figures as they stood at the end of a month (`monthEnd`: its last date, ISO), and works out what of them everybody
 * may see, as waymark_jobs. Exact also when it runs late. A month that is closed stays as it was closed. Returns the exact rows
 * written. For many months at once see rollupMonthsFromHistory.
 */
export async function closeMonth(jobsTx: Tx, monthEnd: string): Promise<number> {
  const written = await insertMonth(jobsTx, monthEnd);
  await publishMonths(jobsTx);
  return written;
}

/** The last day of the month before the one that clocks in `zone` show at `now`, ISO. */
export function lastMonthEnd(now: Date, zone: string): string {
  const { year, month } = wallTimeAt(now.getTime(), zone);
  return new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
}

/** Ends of the months that are over at `now` and not closed, oldest first: more than one where the clock stood still for a while. As waymark_jobs. */
export async function monthsToClose(jobsTx: Tx, now: Date): Promise<string[]> {
  return findMonthsToClose(jobsTx, lastMonthEnd(now, await findTimeZone(jobsTx)));
}
