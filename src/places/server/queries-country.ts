// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export interface Country {
  readonly place_id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly version: number;
}

export async function findCountry(tx: Tx, country: string): Promise<Country | null> {
  const { rows } = await sql<Country>`select place_id, names, version from waymark.place where country = ${country} and level = 0`.execute(
    tx,
  );
  return rows[0] ?? null;
}

export async function insertCountry(
  tx: Tx,
  c: { placeId: string; country: string; names: unknown; name: string; search: string; batchId: string | null },
): Promise<void> {
  await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search, batch_id)
    values (${c.placeId}, ${c.country}, ${c.country}, 0, null, nextval('waymark.place_label_seq')::text::public.ltree, 0, ${JSON.stringify(c.names)}::jsonb, ${c.name}, ${c.search}, ${c.batchId})`.execute(
    tx,
  );
}

export async function updateCountry(tx: Tx, batchId: string, country: string, names: unknown, name: string, search: string): Promise<void> {
  await sql`insert into waymark.place_previous (batch_id, place_id, place, version)
    select ${batchId}, place_id, jsonb_build_object('names', names, 'name', name, 'search', search), version + 1 from waymark.place where country = ${country} and level = 0`.execute(
    tx,
  );
  await sql`update waymark.place set names = ${JSON.stringify(names)}::jsonb, name = ${name}, search = ${search}, version = version + 1 where country = ${country} and level = 0`.execute(
    tx,
  );
}

export async function writeLevelNames(tx: Tx, country: string, levels: readonly Readonly<Record<string, string>>[]): Promise<void> {
  await sql`insert into waymark.place_level (country, level, names)
    select ${country}, (nth - 1)::smallint, names from jsonb_array_elements(${JSON.stringify(levels)}::jsonb) with ordinality as l(names, nth)
    on conflict (country, level) do update set names = place_level.names || excluded.names where place_level.names <> place_level.names || excluded.names`.execute(
    tx,
  );
}

/** Names of levels that are called otherwise here already, or not at all. */
export async function otherLevelNames(
  tx: Tx,
  country: string,
  levels: readonly Readonly<Record<string, string>>[],
): Promise<{ level: number; here: string; said: string }[]> {
  const { rows } = await sql<{ level: number; here: string; said: string }>`
    select (nth - 1)::integer as level, coalesce(string_agg(l.names ->> said.key, ', ' order by said.key), 'nothing') as here, string_agg(said.value, ', ' order by said.key) as said
    from jsonb_array_elements(${JSON.stringify(levels)}::jsonb) with ordinality as one(names, nth) cross join jsonb_each_text(one.names) as said
    left join waymark.place_level l on l.country = ${country} and l.level = nth - 1
    where l.names ->> said.key is distinct from said.value group by 1 order by 1`.execute(tx);
  return rows;
}

export interface LevelCount {
  readonly level: number;
  readonly names: Readonly<Record<string, string>>;
  readonly known: number;
  readonly with_boundary: number;
}

export async function countLevels(tx: Tx, country: string): Promise<LevelCount[]> {
  const { rows } = await sql<LevelCount>`
    select p.level, coalesce(l.names, '{}') as names, count(*)::int as known, count(b.place_id)::int as with_boundary
    from waymark.place p left join waymark.place_level l on l.country = p.country and l.level = p.level
    left join waymark.place_boundary b on b.place_id = p.place_id and b.detail = 0
    where p.country = ${country} group by p.level, l.names order by p.level`.execute(tx);
  return rows;
}
