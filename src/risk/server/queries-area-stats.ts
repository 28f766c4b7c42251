// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';

export interface PlaceRow {
  readonly placeId: string;
  readonly parentId: string | null;
  readonly code: string;
  readonly name: string;
  readonly population: number | null;
  readonly inside: boolean;
}

const page = 20_000;

const inside = sql`path <@ any ((select waymark.scope_paths())::ltree[]) as inside`;

/** Every place of one level in the order of their ids, in pages, so that a country of millions of villages passes through. */
export async function* eachPlace(tx: Tx, country: string, level: number): AsyncGenerator<PlaceRow[]> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<PlaceRow>`
      select place_id as "placeId", parent_id as "parentId", code, name, population, ${inside} from waymark.place
      where country = ${country} and level = ${level} and place_id > ${after}::uuid order by place_id limit ${page}`.execute(tx);
    if (rows.length > 0) yield rows;
    if (rows.length < page) return;
    after = rows.at(-1)!.placeId;
  }
}

/** A level of a country: what it is called, in English and by language, and how many places of it there are. */
export interface KnownLevel {
  readonly level: number;
  readonly name: string;
  readonly names: Readonly<Record<string, string>>;
  readonly known: number;
}

/** Levels of a country with their English names and how many places each has. */
export async function findLevels(tx: Tx, country: string): Promise<KnownLevel[]> {
  const { rows } = await sql<KnownLevel>`
    select p.level, coalesce(l.names->>'en', 'level ' || p.level) as name, coalesce(l.names, '{}') as names, count(*)::integer as known
    from waymark.place p left join waymark.place_level l using (country, level)
    where p.country = ${country} group by 1, 2, 3 order by 1`.execute(tx);
  return rows;
}

/** The level at which a code is known in the country, whichever it is. */
export async function findLevelOfCode(tx: Tx, country: string, code: string): Promise<{ level: number; name: string } | undefined> {
  const { rows } = await sql<{ level: number; name: string }>`
    select p.level, coalesce(l.names->>'en', 'level ' || p.level) as name
    from waymark.place p left join waymark.place_level l using (country, level) where p.country = ${country} and p.code = ${code}`.execute(
    tx,
  );
  return rows[0];
}

/** `started`: when its import began, in seconds; `later`: it goes before a measurement of the same day by the batch asked for. */
export interface EarlierFigure {
  readonly placeId: string;
  readonly indicator: string;
  readonly value: number;
  readonly part: number | null;
  readonly whole: number | null;
  readonly observedOn: string;
  readonly started: number;
  readonly later: boolean | null;
}

/**
 * The newest measurement of each place in the reader's area among imports that stand, in pages, in the order of places: the newest that gives part and whole,
 * and the newest that does not.
 */
export async function* eachMeasuredBefore(
  tx: Tx,
  instrument: string,
  country: string,
  level: number,
  indicators: readonly string[],
  batch: string | null,
): AsyncGenerator<EarlierFigure[]> {
  await sql`
    declare measured_before no scroll cursor for
    select place_id as "placeId", indicator, value, part, whole, observed_on as "observedOn", started, later
    from waymark.measured_before(${instrument}, ${country}, ${level}, ${indicators}::text[], ${batch}::uuid)`.execute(tx);
  for (;;) {
    const { rows } = await sql<EarlierFigure>`fetch ${sql.lit(page)} from measured_before`.execute(tx);
    if (rows.length > 0) yield rows;
    if (rows.length < page) break;
  }
  await sql`close measured_before`.execute(tx);
}

/** What another indicator was a part of, measured or summed, by place of one level. */
export async function findWholes(
  tx: Tx,
  instrument: string,
  country: string,
  level: number,
  indicator: string,
): Promise<Map<string, number>> {
  const { rows } = await sql<{ placeId: string; whole: number }>`
    select distinct on (s.place_id) s.place_id as "placeId", s.whole
    from waymark.area_statistic s
    join waymark.place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = ${country} and p.level = ${level}
    join waymark.import_batch b on b.batch_id = s.batch_id and b.state = 'done'
    where s.instrument_code = ${instrument} and s.indicator = ${indicator} and s.whole > 0
    order by s.place_id, (s.origin = 'measured') desc, s.observed_on desc, b.started_at desc, b.batch_id desc`.execute(tx);
  return new Map(rows.map((row) => [row.placeId, row.whole]));
}

/** A figure of one place and day; the counts say from how many places below it was summed. */
export interface LineFigure {
  readonly value: number;
  readonly part: number | null;
  readonly whole: number | null;
  readonly placesWith?: number;
  readonly placesAll?: number;
}

/** What one place says on one day: a figure for each indicator (or none), and the packed answers it is scored to, in hex (null: to none). */
export interface Line {
  readonly placeId: string;
  readonly observedOn: string;
  readonly observedAt: string;
  readonly assessmentId: string;
  readonly answers: string | null;
  readonly figures: readonly (LineFigure | null)[];
}

// Arrays are written as text here: the driver quotes each element on its own, which takes longer than all the rest.
function ofLines(lines: readonly Line[], one: (line: Line) => string): string {
  let text = '';
  for (const line of lines) text += `,${one(line)}`;
  return `{${text.slice(1)}}`;
}

function ofFigures(lines: readonly Line[], key: keyof LineFigure, none: string): string {
  let text = '';
  for (const { figures } of lines) for (const figure of figures) text += `,${figure?.[key] ?? none}`;
  return `{${text.slice(1)}}`;
}

/**
 * Appends figures, and one assessment a line. Refused as a whole when a place lies outside the writer's area. The caller holds the instrument's lock
 * and scores the places afterwards.
 */
export async function insertLines(
  tx: Tx,
  {
    batchId,
    instrumentId,
    origin,
    indicators,
    recordedAt,
  }: { batchId: string; instrumentId: string; origin: 'measured' | 'summed'; indicators: readonly string[]; recordedAt: Date },
  lines: readonly Line[],
): Promise<void> {
  const counts = (key: 'placesWith' | 'placesAll'): string | null => (origin === 'summed' ? ofFigures(lines, key, 'null') : null);
  await sql`select waymark.add_area_lines(${batchId}::uuid, ${instrumentId}::uuid, ${origin}, ${ofLines(lines, (l) => l.placeId)}::uuid[], ${ofLines(lines, (l) => l.observedOn)}::date[],
    ${ofLines(lines, (l) => l.observedAt)}::timestamptz[], ${ofLines(lines, (l) => l.assessmentId)}::uuid[], ${ofLines(lines, (l) => (l.answers === null ? 'null' : `"\\\\x${l.answers}"`))}::bytea[],
    ${indicators}::text[], ${ofFigures(lines, 'value', 'NaN')}::float8[], ${ofFigures(lines, 'part', 'NaN')}::float8[], ${ofFigures(lines, 'whole', 'NaN')}::float8[],
    ${counts('placesWith')}::integer[], ${counts('placesAll')}::integer[], ${recordedAt}::timestamptz)`.execute(tx);
}

/** The areas above a level, the country first. */
export async function findAreasAbove(
  tx: Tx,
  country: string,
  level: number,
): Promise<{ placeId: string; regionId: number; level: number; parentId: string | null; inside: boolean }[]> {
  const { rows } = await sql<{ placeId: string; regionId: number; level: number; parentId: string | null; inside: boolean }>`
    select place_id as "placeId", region_id as "regionId", level, parent_id as "parentId", ${inside} from waymark.place
    where country = ${country} and level < ${level} order by level, place_id`.execute(tx);
  return rows;
}

/** What a batch measured: the indicators by country and level, and the instrument. */
export async function findMeasuredBy(
  tx: Tx,
  batchId: string,
): Promise<{ instrument: string; country: string; level: number; indicators: string[] }[]> {
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
  await sql`update waymark.import_batch set state = 'undone', undone_at = coalesce(undone_at, now()), undone_by = coalesce(undone_by, ${actorId}) where batch_id = ${batchId}`.execute(
    tx,
  );
}

export interface StandingSum {
  readonly batchId: string;
  readonly placeId: string;
  readonly regionId: number;
  readonly indicator: string;
  readonly part: number;
  readonly whole: number;
  readonly placesWith: number;
  readonly placesAll: number;
  readonly observedOn: string;
  readonly report: unknown;
}

/** The summed figure that counts now for each area and indicator: the newest among batches that stand and measured at `level`. */
export async function findStandingSums(
  tx: Tx,
  instrument: string,
  country: string,
  level: number,
  indicators: readonly string[],
): Promise<StandingSum[]> {
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

/** The summed assessments a batch holds of places, newest first, each with the version it was written under: those a corrected sum supersedes. */
export async function findSummedAssessments(
  tx: Tx,
  batchId: string,
  placeIds: readonly string[],
): Promise<{ placeId: string; assessmentId: string; answers: Buffer; definition: Instrument }[]> {
  const { rows } = await sql<{ placeId: string; assessmentId: string; answers: Buffer; definition: Instrument }>`
    with summed as materialized (
      select region_id, assessment_id, subject_id, instrument_id, recorded_at from waymark.assessment
      where batch_id = ${batchId} and origin = 'summed' and subject_kind = 'place' and subject_id = any (${placeIds}::uuid[])
    )
    select s.subject_id as "placeId", s.assessment_id as "assessmentId", a.answers, i.definition
    from summed s join waymark.instrument i using (instrument_id)
    join waymark.assessment_answers((select array_agg(region_id order by assessment_id) from summed),
                                    (select array_agg(assessment_id order by assessment_id) from summed)) a using (region_id, assessment_id)
    order by s.recorded_at desc, s.assessment_id desc`.execute(tx);
  return rows;
}

export async function findCountryRoot(tx: Tx, country: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select place_id as id from waymark.place where country = ${country} and level = 0`.execute(tx);
  return rows[0]?.id;
}

/** Lets the planner know how many rows were just written, before all of them are scored. */
export async function countForPlanner(tx: Tx): Promise<void> {
  await sql`select waymark.count_for_planner()`.execute(tx);
}
