// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Centre } from '../domain/where-first.ts';

/** Where places lie: the middle of what is stated of each, or nothing. */
export async function findCentres(tx: Tx, placeIds: readonly string[]): Promise<Centre[]> {
  const { rows } = await sql<Centre>`
    select place_id as "placeId", parent_id as "parentId", latitude, longitude from waymark.place where place_id = any (${placeIds}::uuid[])`.execute(
    tx,
  );
  return rows;
}
