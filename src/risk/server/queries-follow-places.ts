// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** Whether anything that counts was measured in these countries: else no place takes anything over. */
export async function findMeasuredIn(tx: Tx, code: string, countries: readonly string[], at: Date): Promise<boolean> {
  const { rows } = await sql`select from waymark.deepest_measured(${code}, ${countries}::text[], ${at}::timestamptz) limit 1`.execute(tx);
  return rows.length > 0;
}

/** The places a batch brought in, a page at a time. */
export async function findPlacesOfBatch(tx: Tx, batchId: string, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select place_id as id from waymark.place
    where batch_id = ${batchId} and (${after}::uuid is null or place_id > ${after}::uuid) order by place_id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Removes from a batch's places the standings of which nothing was said there: what is taken over, and what knows nothing. With them counts of nobody. */
export async function dropStandingsOfBatch(tx: Tx, batchId: string): Promise<void> {
  await sql`select waymark.drop_empty_standings(${batchId}::uuid)`.execute(tx);
}

/** Brings "from 43 of 45" in line in every sum of a country. */
export async function recountPlacesOfSums(tx: Tx, country: string): Promise<void> {
  await sql`select waymark.recount_places_of_sums(${country})`.execute(tx);
}
