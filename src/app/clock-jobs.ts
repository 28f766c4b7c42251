// SPDX-License-Identifier: AGPL-3.0-or-later
import { wallTimeAt } from '../platform/domain/zoned-time.ts';
import type { JobHandler } from '../platform/server/jobs.ts';
import { closeMonth, findTimeZone, tickClock } from '../risk/server/index.ts';

const standingsAtOnce = 500;

/** The last day of the month before the one that clocks in `zone` show at `now`, ISO. */
export function lastMonthEnd(now: Date, zone: string): string {
  const { year, month } = wallTimeAt(now.getTime(), zone);
  return new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
}

/**
 * What time alone changes: answers that run out and birthdays, every minute; the month that has ended, kept for history. Closing is asked
 * for every hour until it has been done, so that a server which was off on the first of the month makes up for it.
 */
export function clockJobs(): readonly JobHandler[] {
  let closed = '';
  return [
    {
      name: 'risk:tick', cron: '* * * * *',
      async handle(_payload, { db, now, signal }) {
        while (!signal.aborted) {
          const due = await db.transaction().execute((tx) => tickClock(tx, now(), standingsAtOnce));
          if (due === 0) return;
        }
      },
    },
    {
      name: 'risk:close-month', cron: '7 * * * *',
      async handle(_payload, { db, now }) {
        const monthEnd = lastMonthEnd(now(), await findTimeZone(db));
        if (monthEnd === closed) return;
        await db.transaction().execute((tx) => closeMonth(tx, monthEnd));
        closed = monthEnd;
      },
    },
  ];
}
