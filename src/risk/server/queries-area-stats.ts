// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Area } from '../domain/area-sums.ts';

export interface KnownPlace {
  readonly placeId: string; readonly regionId: number; readonly code: string; readonly name: string; readonly path: string; readonly population: number | null;
}

const page = 20_000;

/** Every place of one level, in pages, so that a country of millions of villages passes through. */
export async function* eachPlace(tx: Tx, country: string, level: number): AsyncGenerator<KnownPlace[]> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<KnownPlace>`
      select place_id as "placeId", region_id as "regionId", code, name, path::text as path, population from waymark.place
      where country = ${country} and level = ${level} and place_id > ${after}::uuid order by place_id limit ${page}`.execute(tx);
    if (rows.length > 0) yield rows;
    if (rows.length < page) return;
    after = rows.at(-1)!.placeId;
  }
}

/** Levels of a country with their English names and how many places each has. */
export async function findLevels(tx: Tx, country: string): Promise<{ level: number; name: string; known: number }[]> {
  const { rows } = await sql<{ level: number; name: string; known: number }>`
    select p.level, coalesce(l.names->>'en', 'level ' || p.level) as name, count(*)::integer as known
    from waymark.place p left join waymark.place_level l using (country, level)
    where p.country = ${country} group by 1, 2 order by 1`.execute(tx);
  return rows;
}

/** The level at which a code is known in the country, whichever it is. */
export async function findLevelOfCode(tx: Tx, country: string, code: string): Promise<{ level: number; name: string } | undefined> {
  const { rows } = await sql<{ level: number; name: string }>`
    select p.level, coalesce(l.names->>'en', 'level ' || p.level) as name
    from waymark.place p left join waymark.place_level l using (country, level) where p.country = ${country} and p.code = ${code}`.execute(tx);
  return rows[0];
}

export interface MeasuredFigure {
  readonly placeId: string; readonly indicator: string; readonly value: number; readonly part: number | null; readonly whole: number | null; readonly observedOn: string;
}

/** The newest measurement of each place in the reader's area, among batches that stand (and `batch`, which is being taken in). */
export async function findMeasured(tx: Tx, instrument: string, country: string, level: number, indicators: readonly string[], batch: string | null): Promise<MeasuredFigure[]> {
  const { rows } = await sql<MeasuredFigure>`
    select place_id as "placeId", indicator, value, part, whole, observed_on as "observedOn"
    from waymark.measured_figures(${instrument}, ${country}, ${level}, ${indicators}::text[], ${batch}::uuid)`.execute(tx);
  return rows;
}

/** What another indicator was a part of, measured or summed, by place of one level. */
export async function findWholes(tx: Tx, instrument: string, country: string, level: number, indicator: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ placeId: string; whole: number }>`
    select distinct on (s.place_id) s.place_id as "placeId", s.whole
    from waymark.area_statistic s
    join waymark.place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = ${country} and p.level = ${level}
    join waymark.import_batch b on b.batch_id = s.batch_id and b.state = 'done'
    where s.instrument_code = ${instrument} and s.indicator = ${indicator} and s.whole > 0
    order by s.place_id, (s.origin = 'measured') desc, s.observed_on desc, b.started_at desc, b.batch_id desc`.execute(tx);
  return new Map(rows.map((row) => [row.placeId, row.whole]));
}

export interface StatisticRow {
  readonly regionId: number; readonly placeId: string; readonly indicator: string; readonly observedOn: string;
  readonly value: number; readonly part: number | null; readonly whole: number | null;
  readonly placesWith: number | null; readonly placesAll: number | null;
}

/** Appends figures. Refused as a whole when a place lies outside the writer's area. */
export async function insertStatistics(tx: Tx, batchId: string, instrument: string, origin: 'measured' | 'summed', rows: readonly StatisticRow[]): Promise<void> {
  await sql`select waymark.add_area_figures(${batchId}::uuid, ${instrument}, ${origin}, ${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.placeId)}::uuid[],
    ${rows.map((r) => r.indicator)}::text[], ${rows.map((r) => r.observedOn)}::date[], ${rows.map((r) => r.value)}::float8[], ${rows.map((r) => r.part)}::float8[],
    ${rows.map((r) => r.whole)}::float8[], ${rows.map((r) => r.placesWith)}::integer[], ${rows.map((r) => r.placesAll)}::integer[])`.execute(tx);
}

export interface PlaceAnswers { readonly regionId: number; readonly placeId: string; readonly assessmentId: string; readonly answers: Uint8Array; readonly observedAt: Date }

/** Appends one assessment a place. The caller holds the instrument's lock and scores the places afterwards. */
export async function insertPlaceAnswers(tx: Tx, batchId: string, instrumentId: string, origin: 'measured' | 'summed', rows: readonly PlaceAnswers[], recordedAt: Date): Promise<void> {
  await sql`select waymark.add_place_assessments(${batchId}::uuid, ${instrumentId}::uuid, ${origin}, ${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.placeId)}::uuid[],
    ${rows.map((r) => r.assessmentId)}::uuid[], ${rows.map((r) => r.answers)}::bytea[], ${rows.map((r) => r.observedAt)}::timestamptz[], ${recordedAt}::timestamptz)`.execute(tx);
}

/** The areas above a level that lie within the writer's own area. */
export async function findAreasAbove(tx: Tx, country: string, level: number): Promise<Area[]> {
  const { rows } = await sql<Area>`
    select place_id as "placeId", region_id as "regionId", path::text as path, level from waymark.place
    where country = ${country} and level < ${level} and path <@ any (waymark.scope_paths()) order by level, place_id`.execute(tx);
  return rows;
}

/** What a batch measured: the indicators by country and level, and the instrument. */
export async function findMeasuredBy(tx: Tx, batchId: string): Promise<{ instrument: string; country: string; level: number; indicators: string[] }[]> {
  const { rows } = await sql<{ instrument: string; country: string; level: number; indicators: string[] }>`
    select s.instrument_code as instrument, p.country, p.level, array_agg(distinct s.indicator) as indicators
    from waymark.area_statistic s join waymark.place p using (place_id)
    where s.batch_id = ${batchId} and s.origin = 'measured' group by 1, 2, 3`.execute(tx);
  return rows;
}

export async function deleteStatistics(tx: Tx, batchId: string): Promise<number> {
  const done = await sql`delete from waymark.area_statistic where batch_id = ${batchId}`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

export async function markBatchUndone(tx: Tx, batchId: string, actorId: string): Promise<void> {
  await sql`update waymark.import_batch set state = 'undone', undone_at = coalesce(undone_at, now()), undone_by = coalesce(undone_by, ${actorId}) where batch_id = ${batchId}`.execute(tx);
}

export interface StandingSum {
  readonly batchId: string; readonly placeId: string; readonly regionId: number; readonly indicator: string; readonly part: number; readonly whole: number;
  readonly placesWith: number; readonly placesAll: number; readonly observedOn: string; readonly report: unknown;
}

/** The summed figure that counts now for each area and indicator: the newest among batches that stand and measured at `level`. */
export async function findStandingSums(tx: Tx, instrument: string, country: string, level: number, indicators: readonly string[]): Promise<StandingSum[]> {
  const { rows } = await sql<StandingSum>`
    select distinct on (s.place_id, s.indicator) s.batch_id as "batchId", s.place_id as "placeId", s.region_id as "regionId", s.indicator, s.part, s.whole,
           s.places_with as "placesWith", s.places_all as "placesAll", s.observed_on as "observedOn", b.report
    from waymark.area_statistic s
    join waymark.place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = ${country} and p.level < ${level}
    join waymark.import_batch b on b.batch_id = s.batch_id and b.state = 'done' and (b.mapping->>'level')::integer = ${level}
    where s.origin = 'summed' and s.instrument_code = ${instrument} and s.indicator = any (${indicators}::text[])
    order by s.place_id, s.indicator, s.observed_on desc, b.started_at desc, b.batch_id desc`.execute(tx);
  return rows;
}

export async function deleteSum(tx: Tx, batchId: string, instrument: string, indicator: string, placeId: string): Promise<void> {
  await sql`delete from waymark.area_statistic where batch_id = ${batchId} and instrument_code = ${instrument} and indicator = ${indicator}
    and place_id = ${placeId} and origin = 'summed'`.execute(tx);
}

/** The summed assessments a batch holds of a place, newest first: those a corrected sum supersedes. */
export async function findSummedAssessments(tx: Tx, batchId: string, placeIds: readonly string[]): Promise<{ placeId: string; assessmentId: string; observedAt: Date; answers: Buffer }[]> {
  const { rows } = await sql<{ placeId: string; assessmentId: string; observedAt: Date; answers: Buffer }>`
    select subject_id as "placeId", assessment_id as "assessmentId", observed_at as "observedAt", answers from waymark.assessment
    where batch_id = ${batchId} and origin = 'summed' and subject_kind = 'place' and subject_id = any (${placeIds}::uuid[])
    order by recorded_at desc, assessment_id desc`.execute(tx);
  return rows;
}

export async function findCountryRoot(tx: Tx, country: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select place_id as id from waymark.place where country = ${country} and level = 0`.execute(tx);
  return rows[0]?.id;
}

/**
 * For work on a whole country: lets the planner know how many rows were just written, and keeps it from pairing thousands of rows one by
 * one, which it takes for cheap because it cannot guess how many a function returns. `off` undoes the second.
 */
export async function planForMany(tx: Tx, on: boolean): Promise<void> {
  if (on) await sql`select waymark.count_for_planner()`.execute(tx);
  await sql`select set_config('enable_nestloop', ${on ? 'off' : 'on'}, true), set_config('jit', 'off', true)`.execute(tx);
}
