// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import { inAllLanguages } from '../domain/instruments/more-languages.ts';

/** A place as figures need it; `path` is its ltree path, `inside` whether it lies in the reader's area. */
export interface MapPlace extends PlaceRef {
  readonly path: string;
  readonly parentId: string | null;
  readonly inside: boolean;
}

const place = sql`p.place_id as "placeId", p.country, p.code, p.level, p.name, p.names, p.path::text as path, p.parent_id as "parentId",
  p.path <@ any (waymark.scope_paths()) as inside`;

/** The instruments in use, those for people first, and the time zone of the installation's places. */
export async function findLive(tx: Tx): Promise<{ zone: string; ids: string[] }> {
  const {
    rows: [row],
  } = await sql<{ zone: string; ids: string[] }>`
    select waymark.time_zone() as zone, array(select instrument_id::text from waymark.instrument where state = 'live' order by scores, code) as ids`.execute(
    tx,
  );
  return row!;
}

export async function findDefinitions(tx: Tx, ids: readonly string[]): Promise<{ instrumentId: string; definition: Instrument }[]> {
  const { rows } = await sql<{ instrumentId: string; definition: Instrument }>`
    select instrument_id as "instrumentId", definition from waymark.instrument where instrument_id = any (${ids}::uuid[])`.execute(tx);
  return rows.map(({ instrumentId, definition }) => ({ instrumentId, definition: inAllLanguages(definition) }));
}

export async function findPlace(tx: Tx, placeId: string): Promise<MapPlace | undefined> {
  const {
    rows: [row],
  } = await sql<MapPlace>`select ${place} from waymark.place p where p.place_id = ${placeId}`.execute(tx);
  return row;
}

/** Every place of one level below `root`, by name. */
export async function findParts(tx: Tx, root: Pick<MapPlace, 'country' | 'path'>, level: number): Promise<MapPlace[]> {
  const { rows } = await sql<MapPlace>`
    select ${place} from waymark.place p
    where p.country = ${root.country} and p.level = ${level} and p.path <@ ${root.path}::ltree order by p.code`.execute(tx);
  return rows;
}

export interface Surroundings {
  readonly place: MapPlace | undefined;
  readonly lineage: readonly MapPlace[];
  readonly parts: readonly MapPlace[];
  readonly siblings: readonly MapPlace[];
}

/** A place with those from the country down to itself, those just below it, and the others below its parent; by code. */
export async function findAround(tx: Tx, placeId: string): Promise<Surroundings> {
  const { rows } = await sql<MapPlace & { part: 'above' | 'below' | 'beside' }>`
    with own as materialized (select country, level, path from waymark.place where place_id = ${placeId})
    select ${place}, 'above' as part from own join waymark.place p on p.path @> own.path
    union all select ${place}, 'below' from own join waymark.place p on p.country = own.country and p.level = own.level + 1 and p.path <@ own.path
    union all select ${place}, 'beside' from own join waymark.place p on own.level > 0 and p.country = own.country and p.level = own.level
      and p.path <@ subpath(own.path, 0, greatest(nlevel(own.path) - 1, 1)) and p.place_id <> ${placeId}
    order by level, code`.execute(tx);
  const of = (part: string): MapPlace[] => rows.flatMap(({ part: its, ...each }) => (its === part ? [each] : []));
  const lineage = of('above');
  return { place: lineage.at(-1), lineage, parts: of('below'), siblings: of('beside') };
}

export async function findLevelNames(tx: Tx, country: string): Promise<Map<number, Record<string, string>>> {
  const { rows } = await sql<{
    level: number;
    names: Record<string, string>;
  }>`select level, names from waymark.place_level where country = ${country}`.execute(tx);
  return new Map(rows.map((row) => [row.level, row.names]));
}

export interface PlaceStanding {
  readonly placeId: string;
  readonly excess: number;
  readonly known: number;
  readonly applicable: number;
  readonly band: number;
  /** Null where they were not asked for. */
  readonly answers: Uint8Array | null;
  readonly sources: Uint8Array | null;
  /** Calendar days in the installation's time zone. */
  readonly observedOn: string | null;
  readonly validUntil: string | null;
}
/** Days are told by the database: ten thousand moments are slow to read and slower to put into a time zone one by one. */
const standing = (zone: string, answered: readonly string[] | null) => sql`place_id as "placeId", excess, known, applicable, band,
  ${answered === null ? sql`answers, sources` : sql`case when place_id = any (${answered}::uuid[]) then answers end as answers, case when place_id = any (${answered}::uuid[]) then sources end as sources`},
  (observed_at at time zone ${zone})::date as "observedOn", (valid_until at time zone ${zone})::date as "validUntil"`;

/** Standings as kept, except where time alone has changed them since: those are computed anew. `answered`: whose answers are wanted; null: everybody's. */
export async function findStandings(
  tx: Tx,
  code: string,
  ids: readonly string[],
  now: Date,
  zone: string,
  answered: readonly string[] | null,
): Promise<PlaceStanding[]> {
  const { rows } = await sql<PlaceStanding & { due: boolean | null }>`
    select ${standing(zone, answered)}, next_change <= ${now}::timestamptz as due from waymark.place_standings(${code}, ${ids}::uuid[])`.execute(
    tx,
  );
  const due = rows.filter((row) => row.due).map((row) => row.placeId);
  if (due.length === 0) return rows;
  const fresh = new Map((await findStandingsAt(tx, code, due, now, zone, answered)).map((row) => [row.placeId, row]));
  return rows.map((row) => fresh.get(row.placeId) ?? row);
}

/** Standings as they were at a moment. */
export async function findStandingsAt(
  tx: Tx,
  code: string,
  ids: readonly string[],
  at: Date,
  zone: string,
  answered: readonly string[] | null,
): Promise<PlaceStanding[]> {
  const { rows } = await sql<PlaceStanding>`
    select ${standing(zone, answered)} from waymark.place_standings_at(${code}, ${ids}::uuid[], ${at}::timestamptz)`.execute(tx);
  return rows;
}

export interface StatisticsOf {
  readonly placeId: string;
  readonly indicators: readonly string[];
  readonly values: readonly number[];
  readonly origins: readonly ('measured' | 'summed')[];
  readonly dates: readonly string[];
  readonly withs: readonly (number | null)[];
  readonly alls: readonly (number | null)[];
  readonly batches: readonly string[];
}

/** The newest measurement of each indicator (or of one) at these places on a day, among imports that stand. */
export async function findStatistics(
  tx: Tx,
  code: string,
  ids: readonly string[],
  on: string,
  indicator: string | null,
): Promise<StatisticsOf[]> {
  const { rows } = await sql<StatisticsOf>`
    select place_id as "placeId", indicators, "values", origins, dates, withs, alls, batches
    from waymark.statistics_of(${code}, ${ids}::uuid[], ${on}::date, ${indicator}::text)`.execute(tx);
  return rows;
}

export interface StatisticsSource {
  readonly batchId: string;
  readonly fileName: string;
  readonly text: string | null;
  readonly importedOn: Date;
}

export async function findStatisticsSources(tx: Tx, code: string, country: string): Promise<StatisticsSource[]> {
  const { rows } = await sql<StatisticsSource>`
    select batch_id as "batchId", file_name as "fileName", source_text as text, imported_on as "importedOn"
    from waymark.statistics_sources(${code}, ${country})`.execute(tx);
  return rows;
}

/** The areas of a country above a level, by path. */
export async function findAreas(tx: Tx, country: string, above: number): Promise<{ path: string; placeId: string }[]> {
  const { rows } = await sql<{ path: string; placeId: string }>`
    select path::text as path, place_id as "placeId" from waymark.place where country = ${country} and level < ${above}`.execute(tx);
  return rows;
}
