// SPDX-License-Identifier: AGPL-3.0-or-later
import { forgetExpiredSessions, type Access } from '../access/server/index.ts';
import { closeReadingDays } from '../audit/server/index.ts';
import type { JobHandler } from '../platform/server/jobs.ts';
import { closeMonth, keepTime, monthsToClose } from '../risk/server/index.ts';

const standingsAtOnce = 500;

/**
 * What time alone changes: answers that run out and birthdays, and what a clock that ran ahead had changed too early, every minute; months that have ended, kept for history, days of reading, and sign-ins that ran out,
 * every hour. Which months are closed the database knows, so that a server which was off on the first of a month makes up for it, and one
 * that starts again closes none twice.
 */
export function clockJobs(access: Access): readonly JobHandler[] {
  return [
    {
      name: 'risk:tick',
      cron: '* * * * *',
      handle: (_payload, { db, now, signal }) => keepTime(db, now, standingsAtOnce, signal),
    },
    {
      name: 'risk:close-month',
      cron: '7 * * * *',
      async handle(_payload, { db, now, signal }) {
        for (const month of await monthsToClose(db, now())) {
          if (signal.aborted) return;
          await db.transaction().execute((tx) => closeMonth(tx, month));
        }
      },
    },
    {
      name: 'audit:close-reading-days',
      cron: '17 * * * *',
      handle: async (_payload, { db }) => void (await closeReadingDays(db)),
    },
    {
      name: 'access:sweep-sessions',
      cron: '37 * * * *',
      handle: (_payload, { now }) => forgetExpiredSessions(access, now()),
    },
  ];
}
