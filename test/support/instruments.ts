// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { installInstruments } from '../../src/risk/server/index.ts';

/** Waymark's own instruments, published at that moment (ISO) and not now: what is published never changes, so the table is told to look away. */
export async function instrumentsOf(db: Kysely<unknown>, moment: string): Promise<void> {
  await installInstruments(db, uuidv7);
  await sql`alter table waymark.instrument disable trigger user`.execute(db);
  await sql`update waymark.instrument set created_at = ${moment}`.execute(db);
  await sql`alter table waymark.instrument enable trigger user`.execute(db);
}
