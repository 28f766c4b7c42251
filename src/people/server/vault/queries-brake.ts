// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { ReachedLimit, ReadingLimits } from '../../domain/reading-limits.ts';

/** The limit that opening these people would go beyond; null where there is none. `noted`: the record says so already. */
export async function findReachedLimit(
  tx: Tx,
  personIds: readonly string[],
): Promise<{ readonly reached: ReachedLimit; readonly noted: boolean } | null> {
  const { rows } = await sql<{ reached: ReachedLimit; noted: boolean }>`
    select reached, noted from waymark.reading_brake(${personIds}::uuid[])`.execute(tx);
  return rows[0] ?? null;
}

export async function getReadingLimits(tx: Tx): Promise<ReadingLimits> {
  const { rows } = await sql<ReadingLimits>`
    select people_in_ten_minutes as "peopleInTenMinutes", people_in_a_day as "peopleInADay", searches_in_a_minute as "searchesInAMinute"
    from waymark.installation`.execute(tx);
  if (!rows[0]) throw new Error('There is no installation.');
  return rows[0];
}

export async function setReadingLimits(tx: Tx, limits: ReadingLimits): Promise<void> {
  await sql`select waymark.set_reading_limits(${limits.peopleInTenMinutes}, ${limits.peopleInADay}, ${limits.searchesInAMinute})`.execute(
    tx,
  );
}
