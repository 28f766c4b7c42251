// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { OwnPage } from '../domain/own-page.ts';
import type { PersonKey } from '../domain/person-record.ts';

export interface OwnRecord extends PersonKey {
  readonly caseWorkers: string[];
}

/** The record of whoever asks; null where her account has none (any more). */
export async function findOwnRecord(tx: Tx): Promise<OwnRecord | null> {
  const { rows } = await sql<OwnRecord>`
    select region_id as "regionId", person_id as "personId", case_workers as "caseWorkers" from waymark.own_record()`.execute(tx);
  return rows[0] ?? null;
}

/** How often her name was opened, by which role, and when last. */
export async function findReadingsByRole(tx: Tx, { regionId, personId }: PersonKey): Promise<OwnPage['readings']> {
  const { rows } = await sql<OwnPage['readings'][number]>`
    select role, sum(times)::integer as times, max(day) as "lastOn" from waymark.readings_of(${regionId}, ${personId})
    group by role order by max(day) desc, role`.execute(tx);
  return rows;
}
