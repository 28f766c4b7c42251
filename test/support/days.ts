// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { TestApp } from './app.ts';

/** So many days after today where the installation is, ISO. */
export async function daysFromToday({ db }: Pick<TestApp, 'db'>, days: number): Promise<string> {
  const { rows } = await sql<{
    day: string;
  }>`select ((now() at time zone waymark.time_zone())::date + ${days}::integer)::text as day`.execute(db.owner);
  return rows[0]?.day ?? '';
}
