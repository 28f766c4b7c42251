// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** A row that passed the checks one row can pass alone. */
export interface StagedRow {
  readonly place_id: string;
  readonly file: string;
  readonly row: number;
  readonly code: string;
  readonly parent_code: string;
  readonly names: Readonly<Record<string, string>>;
  readonly name: string;
  readonly search: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly population: number | null;
  readonly population_on: string | null;
  readonly source: string | null;
}

/** `keys`: which values of the row are at fault, as RowCheck calls them (code, parent, names, latitude ...); whoever reports it knows the file's own columns. */
export interface Refused {
  readonly file: string;
  readonly row: number;
  readonly code: string;
  readonly keys: readonly string[];
  readonly reason: string;
}

/** What the level being imported is: all checks ask about it. */
export interface Level {
  readonly batchId: string;
  readonly country: string;
  readonly level: number;
}

export async function stage(tx: Tx, batchId: string, rows: readonly StagedRow[]): Promise<void> {
  await sql`
    insert into waymark.place_incoming (batch_id, place_id, file, row, code, parent_code, names, name, search, latitude, longitude, population, population_on, source)
    select ${batchId}, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(place_id uuid, file text, row integer, code text, parent_code text,
      names jsonb, name text, search text, latitude double precision, longitude double precision, population integer, population_on date, source text)`.execute(
    tx,
  );
}

/** The same code twice: with another parent or other particulars all such rows are refused; exact repeats are counted and dropped. */
export async function refuseDoubles(tx: Tx, { batchId }: Level): Promise<{ refused: Refused[]; repeats: number }> {
  const refused = await sql<Refused>`
    with twice as (
      select code, count(distinct parent_code) as parents, count(distinct names::text) as namings,
             array_agg(parent_code order by file, row) as parent_codes, array_agg(file order by file, row) as files, array_agg(row order by file, row) as rows,
             array_agg(name order by file, row) as every_name,
             array_remove(array[case when count(distinct row(latitude)) > 1 then 'latitude' end, case when count(distinct row(longitude)) > 1 then 'longitude' end,
               case when count(distinct row(population)) > 1 then 'population' end, case when count(distinct row(population_on)) > 1 then 'populationOn' end], null) as figures
      from waymark.place_incoming where batch_id = ${batchId}
      group by code
      having count(distinct (parent_code, names, latitude, longitude, population, population_on)) > 1)
    delete from waymark.place_incoming i using (
      -- Each row is told of the first, and the first of the last.
      select i.place_id, t.*, case when t.files[1] = i.file and t.rows[1] = i.row then cardinality(t.rows) else 1 end as o
      from waymark.place_incoming i join twice t using (code) where i.batch_id = ${batchId}) t
    where i.batch_id = ${batchId} and i.place_id = t.place_id
    returning i.file, i.row, i.code, case when t.parents > 1 then '{parent}'::text[] when t.namings > 1 then '{names}'::text[] else t.figures end as keys, case
      when t.parents > 1 then format('this code has two parents: %s here; %s in row %s of %s', i.parent_code, t.parent_codes[o], t.rows[o], t.files[o])
      when t.namings > 1 then format('this code stands for two places: "%s" here; "%s" in row %s of %s', i.name, t.every_name[o], t.rows[o], t.files[o])
      else format('this code comes more than once with different figures, also in row %s of %s', t.rows[o], t.files[o]) end as reason`.execute(
    tx,
  );
  const repeats = await sql`
    delete from waymark.place_incoming i using (
      select place_id, row_number() over (partition by code order by file, row) as nth from waymark.place_incoming where batch_id = ${batchId}) n
    where i.batch_id = ${batchId} and i.place_id = n.place_id and n.nth > 1`.execute(tx);
  return { refused: refused.rows, repeats: Number(repeats.numAffectedRows ?? 0) };
}

/** What is left of a code of digits without the zeros in front; a spreadsheet takes them away. */
const bare = (code: string) => sql`case when ${sql.ref(code)} ~ '^[0-9]+$' then nullif(ltrim(${sql.ref(code)}, '0'), '') end`;

/** New codes that differ from another of the level by zeros in front only: one place under two codes, unless somebody says otherwise. */
export async function refuseLostZeros(tx: Tx, { batchId, country, level }: Level): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    with known as (select p.code, ${bare('p.code')} as bare from waymark.place p where p.country = ${country} and p.level = ${level}),
    incoming as (select i.place_id, i.file, i.row, i.code, ${bare('i.code')} as bare from waymark.place_incoming i where i.batch_id = ${batchId}),
    alike as (
      -- Of several in the files the longest has lost nothing; beside one that is here already none may enter.
      select i.place_id, (array_agg(o.code order by o.here desc, length(o.code) desc))[1] as other, bool_or(o.here) as here
      from incoming i join (
        select code, bare, true as here, null as file, null::integer as row from known
        union all select code, bare, false, file, row from incoming) o on o.bare = i.bare and o.code <> i.code
      where (o.here or length(o.code) > length(i.code)) and not exists (select from known k where k.code = i.code)
      group by i.place_id)
    delete from waymark.place_incoming i using alike a
    where i.batch_id = ${batchId} and i.place_id = a.place_id
    returning i.file, i.row, i.code, '{code}'::text[] as keys, case
      when length(a.other) > length(i.code) then format('this code differs only by zeros in front from %s%s; if both are one place, say pad: %s in the mapping', a.other, case when a.here then ', which is here already' else '' end, length(a.other))
      else format('this code differs only by zeros in front from %s, which is here already; if both are one place, that one lost its zero when it was brought in: undo that import, say pad: %s in its mapping and run it again', a.other, length(i.code)) end as reason`.execute(
    tx,
  );
  return rows;
}

/** Rows whose parent is not there, or is not one level up; where a zero in front was lost, the code that is there. */
export async function refuseOrphans(tx: Tx, { batchId, country, level }: Level): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    with known as (
      select i.place_id, p.level, p.place_id as parent_id, i.parent_code from waymark.place_incoming i
      left join waymark.place p on p.country = ${country} and p.code = i.parent_code
      where i.batch_id = ${batchId} and p.level is distinct from ${level - 1}),
    meant as (
      select k.parent_code, max(p.code) as code from (select distinct parent_code, ${bare('parent_code')} as bare from known where parent_id is null) k
      join waymark.place p on p.country = ${country} and p.level = ${level - 1} and ${bare('p.code')} = k.bare
      group by 1 having count(*) = 1)
    delete from waymark.place_incoming i using known k left join meant m using (parent_code)
    where i.batch_id = ${batchId} and i.place_id = k.place_id
    returning i.file, i.row, i.code, '{parent}'::text[] as keys, case
      when m.code is not null then format('its parent %s is not known, but %s is: if that is meant, say pad: %s for the parent in the mapping', i.parent_code, m.code, length(m.code))
      when k.parent_id is null then format('its parent %s is not known: neither here already nor among the rows taken', i.parent_code)
      else format('its parent %s is a place of level %s; one of level ${sql.raw(String(level))} must lie in one of level ${sql.raw(String(level - 1))}', i.parent_code, k.level) end as reason`.execute(
    tx,
  );
  return rows;
}

/** Rows whose code is here already as something else: another level or another parent. */
export async function refuseContradictions(tx: Tx, { batchId, country, level }: Level): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    delete from waymark.place_incoming i using waymark.place p left join waymark.place a on a.place_id = p.parent_id
    where i.batch_id = ${batchId} and p.country = ${country} and p.code = i.code and (p.level <> ${level} or a.code is distinct from i.parent_code)
    returning i.file, i.row, i.code, case when p.level <> ${level} then '{code}' else '{parent}' end::text[] as keys, case
      when p.level <> ${level} then format('this code is here already as a place of level %s (%s)', p.level, p.name)
      else format('this place is here already within %s; an import does not move it to %s', a.code, i.parent_code) end as reason`.execute(
    tx,
  );
  return rows;
}

/** A place that is here already gains what the row adds; nothing is emptied by a column that this file lacks. */
const differs = sql`(p.names || i.names <> p.names
  or coalesce(i.latitude, p.latitude) is distinct from p.latitude or coalesce(i.longitude, p.longitude) is distinct from p.longitude
  or coalesce(i.population, p.population) is distinct from p.population or coalesce(i.population_on, p.population_on) is distinct from p.population_on
  or coalesce(i.source, p.source) is distinct from p.source)`;

/** New or changed rows outside the area of somebody whose post does not reach the whole installation. */
export async function refuseOutsideScope(tx: Tx, { batchId, country }: Level): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    with beyond as (
      select i.place_id from waymark.place_incoming i
      join waymark.place a on a.country = ${country} and a.code = i.parent_code
      left join waymark.place p on p.country = ${country} and p.code = i.code
      where i.batch_id = ${batchId} and not coalesce(p.path, a.path) operator(public.<@) any (waymark.scope_paths())
        and (p.place_id is null or ${differs}))
    delete from waymark.place_incoming i using beyond b
    where i.batch_id = ${batchId} and i.place_id = b.place_id
    returning i.file, i.row, i.code, '{code}'::text[] as keys, 'this lies outside the area you work in' as reason`.execute(tx);
  return rows;
}

export async function refuseCodes(tx: Tx, { batchId }: Level, codes: readonly string[]): Promise<number> {
  const done = await sql`delete from waymark.place_incoming where batch_id = ${batchId} and code = any (${codes})`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

export interface StagedPoint {
  readonly file: string;
  readonly row: number;
  readonly code: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly within_id: string;
  readonly within_code: string;
}

/** Rows with a point below some place that has a boundary, with the nearest such place; ordered by it, a page at a time. */
export async function pointsToCheck(
  tx: Tx,
  { batchId, country }: Level,
  after: { within_id: string; code: string } | null,
  limit: number,
): Promise<StagedPoint[]> {
  const { rows } = await sql<StagedPoint>`
    with within as (
      select distinct on (a.code) a.code, w.place_id as within_id, w.code as within_code
      from (select distinct parent_code from waymark.place_incoming where batch_id = ${batchId} and latitude is not null) i
      join waymark.place a on a.country = ${country} and a.code = i.parent_code
      cross join generate_series(1, nlevel(a.path)) depth
      join waymark.place w on w.path = subpath(a.path, 0, depth)
      join waymark.place_boundary b on b.place_id = w.place_id and b.detail = 2
      order by a.code, w.level desc)
    select i.file, i.row, i.code, i.latitude, i.longitude, w.within_id, w.within_code
    from waymark.place_incoming i join within w on w.code = i.parent_code
    where i.batch_id = ${batchId} and i.latitude is not null
      ${after ? sql`and (w.within_id, i.code) > (${after.within_id}::uuid, ${after.code})` : sql``}
    order by w.within_id, i.code limit ${limit}`.execute(tx);
  return rows;
}

export async function insertNew(tx: Tx, { batchId, country, level }: Level): Promise<number> {
  const done = await sql`
    insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search, latitude, longitude, population, population_on, source, batch_id)
    select i.place_id, ${country}, i.code, ${level}, a.place_id, a.path operator(public.||) nextval('waymark.place_label_seq')::text,
           ${level === 1 ? sql`nextval('waymark.region_seq')` : sql`a.region_id`}, i.names, i.name, i.search, i.latitude, i.longitude, i.population, i.population_on, i.source, ${batchId}
    from (select * from waymark.place_incoming where batch_id = ${batchId} order by code) i
    join waymark.place a on a.country = ${country} and a.code = i.parent_code
    where not exists (select from waymark.place p where p.country = ${country} and p.code = i.code)`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

export interface ChangedPlace {
  readonly place_id: string;
  readonly code: string;
  readonly names: Readonly<Record<string, string>>;
}

/** Keeps what stands now in place_previous, then writes what is new. Answers with the places whose names to fold again. */
export async function updateChanged(tx: Tx, { batchId, country }: Level): Promise<ChangedPlace[]> {
  await sql`
    insert into waymark.place_previous (batch_id, place_id, place, version)
    select ${batchId}, p.place_id, jsonb_build_object('names', p.names, 'name', p.name, 'search', p.search, 'latitude', p.latitude, 'longitude', p.longitude,
      'population', p.population, 'population_on', p.population_on, 'source', p.source), p.version + 1
    from waymark.place_incoming i join waymark.place p on p.country = ${country} and p.code = i.code
    where i.batch_id = ${batchId} and p.batch_id is distinct from ${batchId}::uuid and ${differs}
    on conflict (batch_id, place_id) do update set version = excluded.version`.execute(tx);
  const { rows } = await sql<ChangedPlace>`
    update waymark.place p set names = p.names || i.names, latitude = coalesce(i.latitude, p.latitude), longitude = coalesce(i.longitude, p.longitude),
      population = coalesce(i.population, p.population), population_on = coalesce(i.population_on, p.population_on), source = coalesce(i.source, p.source), version = p.version + 1
    from waymark.place_incoming i
    where i.batch_id = ${batchId} and p.country = ${country} and p.code = i.code and ${differs}
    returning p.place_id, p.code, p.names`.execute(tx);
  return rows;
}

export async function writeSearch(tx: Tx, rows: readonly { place_id: string; name: string; search: string }[]): Promise<void> {
  await sql`update waymark.place p set name = r.name, search = r.search
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(place_id uuid, name text, search text) where p.place_id = r.place_id`.execute(
    tx,
  );
}

export async function countStaged(tx: Tx, batchId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.place_incoming where batch_id = ${batchId}`.execute(tx);
  return rows[0]!.n;
}

export async function clearStaging(tx: Tx, batchId: string): Promise<void> {
  await sql`delete from waymark.place_incoming where batch_id = ${batchId}`.execute(tx);
}
