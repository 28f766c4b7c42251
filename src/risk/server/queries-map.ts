// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';

/** A place as figures need it; `path` is its ltree path, `inside` whether it lies in the reader's area. */
export interface MapPlace extends PlaceRef { readonly path: string; readonly parentId: string | null; readonly inside: boolean }

const place = sql`p.place_id as "placeId", p.country, p.code, p.level, p.name, p.names, p.path::text as path, p.parent_id as "parentId",
  p.path <@ any (waymark.scope_paths()) as inside`;

export async function findPlace(tx: Tx, placeId: string): Promise<MapPlace | undefined> {
  const { rows: [row] } = await sql<MapPlace>`select ${place} from waymark.place p where p.place_id = ${placeId}`.execute(tx);
  return row;
}

/** Every place of one level below `root`, by name. */
export async function findParts(tx: Tx, root: Pick<MapPlace, 'country' | 'path'>, level: number): Promise<MapPlace[]> {
  const { rows } = await sql<MapPlace>`
    select ${place} from waymark.place p
    where p.country = ${root.country} and p.level = ${level} and p.path <@ ${root.path}::ltree order by p.code`.execute(tx);
  return rows;
}

/** From the country down to the place itself. */
export async function findWithAncestors(tx: Tx, path: string): Promise<MapPlace[]> {
  const { rows } = await sql<MapPlace>`select ${place} from waymark.place p where p.path @> ${path}::ltree order by p.level`.execute(tx);
  return rows;
}

export async function findLevelNames(tx: Tx, country: string): Promise<Map<number, Record<string, string>>> {
  const { rows } = await sql<{ level: number; names: Record<string, string> }>`select level, names from waymark.place_level where country = ${country}`.execute(tx);
  return new Map(rows.map((row) => [row.level, row.names]));
}

/** The places of a country, each after its parent: the tree of the lattice. */
export async function findTree(tx: Tx, country: string): Promise<{ placeId: string; parentId: string | null }[]> {
  const { rows } = await sql<{ placeId: string; parentId: string | null }>`
    select place_id as "placeId", parent_id as "parentId" from waymark.place where country = ${country} order by level, place_id`.execute(tx);
  return rows;
}

/** Counts of people at a place: `counts[i]` of them in `slots[i]` (waymark.figure_slot). */
export interface Counted { readonly placeId: string; readonly slots: readonly number[]; readonly counts: readonly number[] }

export async function findPeople(tx: Tx, code: string, country: string, month: string | null): Promise<Counted[]> {
  const { rows } = month === null
    ? await sql<Counted>`select place_id as "placeId", slots, counts from waymark.people_lattice(${code}, ${country})`.execute(tx)
    : await sql<Counted>`select place_id as "placeId", slots, counts from waymark.people_lattice_month(${code}, ${country}, ${month}::date)`.execute(tx);
  return rows;
}

export async function findMonths(tx: Tx, code: string, country: string): Promise<{ monthEnd: string; stamp: string }[]> {
  const { rows } = await sql<{ monthEnd: string; stamp: string }>`
    select month_end as "monthEnd", stamp from waymark.people_months(${code}, ${country})`.execute(tx);
  return rows;
}

export interface ExactQuestion { readonly ids: readonly string[]; readonly month: string | null; readonly sex: number | null; readonly ageGroup: number | null; readonly fine: boolean }

/** Exact counts in the reader's own area; slots are bands unless `fine`. */
export async function findExact(tx: Tx, code: string, { ids, month, sex, ageGroup, fine }: ExactQuestion): Promise<Counted[]> {
  const { rows } = await sql<Counted>`
    select place_id as "placeId", slots, counts
    from waymark.people_exact(${code}, ${ids}::uuid[], ${month}::date, ${sex}::smallint, ${ageGroup}::smallint, ${fine})`.execute(tx);
  return rows;
}

export interface AnswersCounted { readonly placeId: string; readonly indicators: readonly string[]; readonly scores: readonly number[]; readonly counts: readonly number[] }

export async function findAnswers(tx: Tx, code: string, country: string): Promise<AnswersCounted[]> {
  const { rows } = await sql<AnswersCounted>`
    select place_id as "placeId", indicators, scores, counts from waymark.people_answers(${code}, ${country})`.execute(tx);
  return rows;
}

export interface PlaceStanding {
  readonly placeId: string; readonly excess: number; readonly known: number; readonly applicable: number; readonly band: number;
  readonly answers: Uint8Array; readonly sources: Uint8Array | null;
  /** Calendar days in the installation's time zone. */
  readonly observedOn: string | null; readonly validUntil: string | null;
}
/** Days are told by the database: ten thousand moments are slow to read and slower to put into a time zone one by one. */
const standing = (zone: string) => sql`place_id as "placeId", excess, known, applicable, band, answers, sources,
  (observed_at at time zone ${zone})::date as "observedOn", (valid_until at time zone ${zone})::date as "validUntil"`;

/** Standings as kept, except where time alone has changed them since: those are computed anew. */
export async function findStandings(tx: Tx, code: string, ids: readonly string[], now: Date, zone: string): Promise<PlaceStanding[]> {
  const { rows } = await sql<PlaceStanding & { due: boolean | null }>`
    select ${standing(zone)}, next_change <= ${now}::timestamptz as due from waymark.place_standings(${code}, ${ids}::uuid[])`.execute(tx);
  const due = rows.filter((row) => row.due).map((row) => row.placeId);
  if (due.length === 0) return rows;
  const fresh = new Map((await findStandingsAt(tx, code, due, now, zone)).map((row) => [row.placeId, row]));
  return rows.map((row) => fresh.get(row.placeId) ?? row);
}

/** Standings as they were at a moment. */
export async function findStandingsAt(tx: Tx, code: string, ids: readonly string[], at: Date, zone: string): Promise<PlaceStanding[]> {
  const { rows } = await sql<PlaceStanding>`
    select ${standing(zone)} from waymark.place_standings_at(${code}, ${ids}::uuid[], ${at}::timestamptz)`.execute(tx);
  return rows;
}

export interface StatisticsOf {
  readonly placeId: string; readonly indicators: readonly string[]; readonly values: readonly number[]; readonly origins: readonly ('measured' | 'summed')[];
  readonly dates: readonly string[]; readonly withs: readonly (number | null)[]; readonly alls: readonly (number | null)[]; readonly batches: readonly string[];
}

export async function findStatistics(tx: Tx, code: string, country: string, on: string): Promise<StatisticsOf[]> {
  const { rows } = await sql<StatisticsOf>`
    select place_id as "placeId", indicators, "values", origins, dates, withs, alls, batches from waymark.statistics_of(${code}, ${country}, ${on}::date)`.execute(tx);
  return rows;
}

export interface StatisticsSource { readonly batchId: string; readonly fileName: string; readonly text: string | null; readonly importedOn: Date; readonly undone: boolean }

export async function findStatisticsSources(tx: Tx, code: string, country: string): Promise<StatisticsSource[]> {
  const { rows } = await sql<StatisticsSource>`
    select batch_id as "batchId", file_name as "fileName", source_text as text, imported_on as "importedOn", undone
    from waymark.statistics_sources(${code}, ${country})`.execute(tx);
  return rows;
}

/** The areas of a country above a level, by path. */
export async function findAreas(tx: Tx, country: string, above: number): Promise<{ path: string; placeId: string }[]> {
  const { rows } = await sql<{ path: string; placeId: string }>`
    select path::text as path, place_id as "placeId" from waymark.place where country = ${country} and level < ${above}`.execute(tx);
  return rows;
}
