// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export async function findPopulation(tx: Tx, placeId: string): Promise<{ population: number | null; populationOn: string | null } | undefined> {
  const { rows: [row] } = await sql<{ population: number | null; populationOn: string | null }>`
    select population, population_on as "populationOn" from waymark.place where place_id = ${placeId}`.execute(tx);
  return row;
}

/** The days on which something was measured of a place or of the areas around it, newest first. */
export async function findMeasuredDays(tx: Tx, code: string, path: string, zone: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select distinct (a.observed_at at time zone ${zone})::date as day
    from waymark.place p
    join waymark.assessment a on a.region_id = p.region_id and a.subject_kind = 'place' and a.subject_id = p.place_id
    join waymark.instrument i on i.instrument_id = a.instrument_id and i.code = ${code}
    left join waymark.import_batch b on b.batch_id = a.batch_id
    where p.path @> ${path}::ltree and b.state is distinct from 'undone'
    order by 1 desc limit ${limit}`.execute(tx);
  return rows.map((row) => row.day);
}

/** Of one place and the areas around it: each indicator that was ever answered, when last, and when that ran out. */
export async function findEverAnswered(tx: Tx, code: string, placeId: string): Promise<{ code: string; endedOn: Date }[]> {
  const { rows } = await sql<{ code: string; endedOn: Date }>`
    select x.code, max(a.valid_until[x.slot]) as "endedOn"
    from waymark.place p
    join waymark.assessment a on a.region_id = p.region_id and a.subject_kind = 'place' and a.subject_id = p.place_id
    join waymark.instrument_indicator x on x.instrument_id = a.instrument_id and x.instrument_code = ${code}
    left join waymark.import_batch b on b.batch_id = a.batch_id
    where p.place_id = ${placeId} and b.state is distinct from 'undone' and get_byte(a.answers, x.position) <> 0
    group by 1`.execute(tx);
  return rows;
}
