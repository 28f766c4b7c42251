// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import type { Tx } from '../../src/platform/server/endpoint.ts';

async function waiting(db: Kysely<unknown>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct l.pid)::int as n from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and a.datname = current_database()`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Until so many stand in the database and wait for somebody's lock. */
export async function untilWaiting(db: Kysely<unknown>, many: number): Promise<void> {
  for (let tries = 0; (await waiting(db)) < many; tries++) {
    if (tries > 3000) throw new Error(`${await waiting(db)} wait, not ${many}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Another connection takes what `hold` takes, and keeps it until `meanwhile` is over. */
export async function heldUp<T>(db: Kysely<unknown>, hold: (tx: Tx) => Promise<unknown>, meanwhile: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await hold(tx);
    return meanwhile(tx);
  });
}

/** Holds up everybody at the moment of writing into the record of use: after all else is written, before it is committed. */
export const beforeTheRecordOfUse = (tx: Tx): Promise<unknown> => sql`lock table waymark.audit_entry in exclusive mode`.execute(tx);
