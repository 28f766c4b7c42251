// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import { fold } from '../../platform/domain/fold.ts';
import type { PlaceRef } from '../domain/place.ts';
import type { FoundPlace, PlaceSearch } from '../domain/places-api.ts';
import { readCursor, writeCursor } from './cursor.ts';

export interface PlaceRow extends PlaceRef {
  readonly parentId: string | null;
  readonly path: string;
  readonly regionId: number;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly population: number | null;
  readonly populationOn: string | null;
  readonly source: string | null;
  readonly version: number;
}

const ref = sql`p.place_id as "placeId", p.country, p.code, p.level, p.name, p.names`;
const whole = sql`${ref}, p.parent_id as "parentId", p.path::text as path, p.region_id as "regionId", p.latitude, p.longitude, p.population, p.population_on as "populationOn", p.source, p.version`;

export async function findPlace(tx: Tx, placeId: string): Promise<PlaceRow | null> {
  const { rows } = await sql<PlaceRow>`select ${whole} from waymark.place p where p.place_id = ${placeId}`.execute(tx);
  return rows[0] ?? null;
}

export async function findPlaceByCode(tx: Tx, country: string, code: string): Promise<PlaceRow | null> {
  const { rows } = await sql<PlaceRow>`select ${whole} from waymark.place p where p.country = ${country} and p.code = ${code}`.execute(tx);
  return rows[0] ?? null;
}

/** The places of a country with these codes; codes that are not known are not in the answer. */
export async function placesByCodes(tx: Tx, country: string, codes: readonly string[]): Promise<Map<string, PlaceRow>> {
  const { rows } =
    await sql<PlaceRow>`select ${whole} from waymark.place p where p.country = ${country} and p.code = any (${codes})`.execute(tx);
  return new Map(rows.map((row) => [row.code, row]));
}

export async function countries(tx: Tx): Promise<PlaceRef[]> {
  const { rows } = await sql<PlaceRef>`select ${ref} from waymark.place p where p.level = 0 order by p.name, p.place_id`.execute(tx);
  return rows;
}

/** From the country down to the parent. */
export async function ancestorsOf(tx: Tx, path: string): Promise<PlaceRef[]> {
  const { rows } = await sql<PlaceRef>`
    select ${ref} from waymark.place p
    where p.path = any (array(select subpath(${path}::public.ltree, 0, i) from generate_series(1, nlevel(${path}::public.ltree) - 1) i)) order by p.level`.execute(
    tx,
  );
  return rows;
}

export interface Below {
  level: number;
  names: Record<string, string>;
  count: number;
  withBoundary: number;
}

export async function countBelow(tx: Tx, path: string, level: number): Promise<Below[]> {
  const { rows } = await sql<Below>`
    select p.level, coalesce(l.names, '{}') as names, count(*)::int as count, count(b.place_id)::int as "withBoundary"
    from waymark.place p left join waymark.place_level l on l.country = p.country and l.level = p.level
    left join waymark.place_boundary b on b.place_id = p.place_id and b.detail = 0
    where p.path operator(public.<@) ${path}::public.ltree and p.level > ${level} group by p.level, l.names order by p.level`.execute(tx);
  return rows;
}

export async function levelNames(tx: Tx, country: string, level: number): Promise<Record<string, string>> {
  const { rows } = await sql<{
    names: Record<string, string>;
  }>`select names from waymark.place_level where country = ${country} and level = ${level}`.execute(tx);
  return rows[0]?.names ?? {};
}

export async function hasBoundary(tx: Tx, placeId: string): Promise<boolean> {
  const { rows } = await sql<{
    there: boolean;
  }>`select exists (select from waymark.place_boundary where place_id = ${placeId} and detail = 0) as there`.execute(tx);
  return rows[0]!.there;
}

interface Page<T> {
  rows: T[];
  next: string | null;
}

export async function childrenOf(tx: Tx, placeId: string, after: string | undefined, limit: number): Promise<Page<PlaceRef>> {
  const from = after === undefined ? null : readCursor(after, ['string', 'string'] as const);
  const { rows } = await sql<PlaceRef>`
    select ${ref} from waymark.place p where p.parent_id = ${placeId} ${from ? sql`and (p.name, p.place_id) > (${from[0]}, ${uuidOf(from[1])})` : sql``}
    order by p.name, p.place_id limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit),
    last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? writeCursor([last.name, last.placeId]) : null };
}

function uuidOf(text: string): RawBuilder<string> {
  return sql<string>`${/^[0-9a-f-]{36}$/i.test(text) ? text : '00000000-0000-0000-0000-000000000000'}::uuid`;
}

/** Trigrams in common, of those searched for, from which a misspelt name is still worth showing ("pnom pen" has 0.6 of Phnom Penh's). */
const worthShowing = '0.45';
const enough = 5;

/**
 * Places by name in any script or by code: the code itself first, then whole names, beginnings, parts, and at last names that are spelt
 * nearly so; among equals the larger area first.
 */
export async function searchPlaces(tx: Tx, query: PlaceSearch): Promise<Page<FoundPlace>> {
  const limit = query.limit ?? 20,
    wanted = fold(query.search ?? '');
  const from = query.after === undefined ? null : readCursor(query.after, ['number', 'number', 'string', 'string'] as const);
  const filters = sql`${query.level === undefined ? sql`` : sql`and p.level = ${query.level}`} ${query.country === undefined ? sql`` : sql`and p.country = ${query.country}`}`;
  const matching = await matchingOf(tx, wanted, filters);
  const { rows } = await sql<FoundPlace & { rank: number }>`
    with hit as materialized (
      select p.*, ${rankOf(wanted)} as rank from waymark.place p
      where ${matching} ${filters}),
    page as (
      select * from hit ${from ? sql`where (-rank, level, name, place_id) > (${from[0]}::int, ${from[1]}::int, ${from[2]}, ${uuidOf(from[3])})` : sql``}
      order by -rank, level, name, place_id limit ${limit + 1})
    select ${ref}, p.rank, coalesce((select string_agg(a.name, ', ' order by a.level desc) from waymark.place a
      where a.path = any (array(select subpath(p.path, 0, i) from generate_series(1, nlevel(p.path) - 1) i))), '') as within
    from page p order by -p.rank, p.level, p.name, p.place_id`.execute(tx);
  const page = rows.slice(0, limit),
    last = page.at(-1);
  return {
    rows: page.map(({ rank: _rank, ...row }) => row),
    next: rows.length > limit && last ? writeCursor([-last.rank, last.level, last.name, last.placeId]) : null,
  };
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Names that are only spelt nearly so are looked for when hardly any holds what was typed: they would bury what was meant. */
async function matchingOf(tx: Tx, wanted: string, filters: RawBuilder<unknown>): Promise<RawBuilder<boolean>> {
  if (wanted === '') return sql`true`;
  const literally = sql<boolean>`p.search like ${`%${escaped(wanted)}%`}`;
  const {
    rows: [found],
  } = await sql<{
    n: number;
  }>`select count(*)::int as n from (select from waymark.place p where ${literally} ${filters} limit ${enough}) few`.execute(tx);
  if (found!.n >= enough) return literally;
  await sql`select set_config('pg_trgm.word_similarity_threshold', ${worthShowing}, true)`.execute(tx);
  return sql`(${literally} or ${wanted} operator(public.<%) p.search)`;
}

/** Each name stands on a line of its own in `search`, the code on the last. */
function rankOf(wanted: string): RawBuilder<number> {
  if (wanted === '') return sql`0`;
  const like = escaped(wanted),
    lines = sql`(E'\n' || p.search || E'\n')`;
  return sql`case
    when lower(p.code) = ${wanted} then 60000
    when ${lines} like ${`%\n${like}\n%`} then 50000
    when ${lines} like ${`%\n${like}%`} then 40000
    when p.search like ${`% ${like}%`} then 30000
    when p.search like ${`%${like}%`} then 20000
    else (public.word_similarity(${wanted}, p.search) * 10000)::int end`;
}

/**
 * The parts of an area at one level as a GeoJSON FeatureCollection, put together by the database as text: geometries are stored
 * as they are sent. Parts without a boundary come as points where a point is known, and not at all otherwise.
 */
export async function boundariesText(tx: Tx, path: string, level: number, detail: number): Promise<string> {
  const { rows } = await sql<{ text: string }>`
    select concat('{"type":"FeatureCollection","features":[', string_agg(f.text, ',' order by f.path), ']}') as text from (
      select p.path, concat('{"type":"Feature","id":"', p.place_id, '","properties":',
        json_build_object('code', p.code, 'name', p.name, 'names', p.names, 'level', p.level), ',"geometry":',
        coalesce(b.geometry, json_build_object('type', 'Point', 'coordinates', json_build_array(p.longitude, p.latitude))), '}') as text
      from waymark.place p left join waymark.place_boundary b on b.place_id = p.place_id and b.detail = ${detail}
      where p.path operator(public.<@) ${path}::public.ltree and p.level = ${level} and (b.place_id is not null or p.latitude is not null)) f`.execute(
    tx,
  );
  return rows[0]!.text;
}
