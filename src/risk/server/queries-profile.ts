// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export async function findPopulation(
  tx: Tx,
  placeId: string,
): Promise<{ population: number | null; populationOn: string | null } | undefined> {
  const {
    rows: [row],
  } = await sql<{ population: number | null; populationOn: string | null }>`
    select population, population_on as "populationOn" from waymark.place where place_id = ${placeId}`.execute(tx);
  return row;
}

/** An answer to an instrument about a place or an area around it, of `level`; instants in milliseconds. */
export interface PastRow {
  readonly assessmentId: string;
  readonly level: number;
  readonly origin: 'measured' | 'summed';
  readonly instrumentId: string;
  readonly answers: Uint8Array;
  readonly observedAt: number;
  readonly recordedAt: number;
  readonly validUntil: readonly number[];
  readonly supersedes: string | null;
}

/** Everything ever answered about a place and the areas around it; undone imports left out. */
export async function findPast(tx: Tx, code: string, placeId: string): Promise<PastRow[]> {
  const { rows } = await sql<PastRow>`
    select assessment_id as "assessmentId", level, origin, instrument_id as "instrumentId", answers, supersedes,
           (extract(epoch from observed_at) * 1000)::float8 as "observedAt", (extract(epoch from recorded_at) * 1000)::float8 as "recordedAt",
           array(select (extract(epoch from e) * 1000)::float8 from unnest(valid_until) e) as "validUntil"
    from waymark.place_past(${code}, ${placeId}::uuid)`.execute(tx);
  return rows;
}

/** At which level a country had measured each indicator (by position) deepest, at each of these moments (milliseconds). */
export async function findDeepest(
  tx: Tx,
  code: string,
  country: string,
  moments: readonly number[],
): Promise<{ moment: number; position: number; level: number }[]> {
  if (moments.length === 0) return [];
  const { rows } = await sql<{ moment: number; position: number; level: number }>`
    select (extract(epoch from moment) * 1000)::float8 as moment, "position", level
    from waymark.deepest_measured_on(${code}, ${country}, ${moments.map((moment) => new Date(moment))}::timestamptz[])`.execute(tx);
  return rows;
}

/** Of one place: each indicator that was ever answered, when last, and when that ran out. */
export async function findEverAnswered(tx: Tx, code: string, placeId: string): Promise<{ code: string; endedOn: Date }[]> {
  const { rows } = await sql<{ code: string; endedOn: Date }>`
    select x.code, max(a.valid_until[x.slot]) as "endedOn"
    from waymark.place p
    join waymark.place_past(${code}, p.place_id) a on a.level = p.level
    join waymark.instrument_indicator x on x.instrument_id = a.instrument_id and x.instrument_code = ${code}
    where p.place_id = ${placeId} and get_byte(a.answers, x.position) <> 0
    group by 1`.execute(tx);
  return rows;
}
