// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { AreaGeometry } from '../domain/geometry.ts';
import type { Level } from './queries-staging.ts';

/** A place of the level being imported, staged or here already: what boundaries may be joined to. */
export interface JoinTarget {
  readonly code: string;
  readonly names: Readonly<Record<string, string>>;
  readonly parent_code: string;
  readonly within_id: string | null;
  readonly within_code: string | null;
  readonly staged: boolean;
}

/** All places of the level with the nearest area above them that has a boundary. */
export async function joinTargets(tx: Tx, { batchId, country, level }: Level): Promise<JoinTarget[]> {
  const { rows } = await sql<JoinTarget>`
    with target as (
      select i.code, i.names, i.parent_code, true as staged from waymark.place_incoming i where i.batch_id = ${batchId}
      union all
      select p.code, p.names, a.code, false from waymark.place p join waymark.place a on a.place_id = p.parent_id
      where p.country = ${country} and p.level = ${level}
        and not exists (select from waymark.place_incoming i where i.batch_id = ${batchId} and i.code = p.code)),
    within as (
      select distinct on (a.code) a.code, w.place_id as within_id, w.code as within_code
      from (select distinct parent_code from target) t
      join waymark.place a on a.country = ${country} and a.code = t.parent_code
      cross join generate_series(1, nlevel(a.path)) depth
      join waymark.place w on w.path = subpath(a.path, 0, depth)
      join waymark.place_boundary b on b.place_id = w.place_id and b.detail = 2
      order by a.code, w.level desc)
    select t.*, w.within_id, w.within_code from target t left join within w on w.code = t.parent_code order by t.code`.execute(tx);
  return rows;
}

export async function boundaryOf(tx: Tx, placeId: string): Promise<AreaGeometry> {
  const { rows } = await sql<{
    geometry: AreaGeometry;
  }>`select geometry from waymark.place_boundary where place_id = ${placeId} and detail = 2`.execute(tx);
  return rows[0]!.geometry;
}

export interface NewBoundary {
  readonly code: string;
  readonly details: readonly [AreaGeometry, AreaGeometry, AreaGeometry];
}

/** Codes among those given that lie outside the area of somebody whose post does not reach the whole installation. */
export async function codesOutsideScope(tx: Tx, country: string, codes: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ code: string }>`select code from waymark.place
    where country = ${country} and code = any (${codes}) and not path operator(public.<@) any (waymark.scope_paths())`.execute(tx);
  return new Set(rows.map(({ code }) => code));
}

/**
 * Writes boundaries where they differ from what stands; what stood is kept for undoing. Answers with how many places changed.
 */
export async function writeBoundaries(tx: Tx, { batchId, country }: Level, boundaries: readonly NewBoundary[]): Promise<number> {
  const flat = boundaries.flatMap(({ code, details }) =>
    details.map((geometry, detail) => ({ code, detail, geometry: JSON.stringify(geometry) })),
  );
  const { rows: changed } = await sql<{ place_id: string }>`
    select distinct p.place_id from jsonb_to_recordset(${JSON.stringify(flat)}::jsonb) as r(code text, detail smallint, geometry text)
    join waymark.place p on p.country = ${country} and p.code = r.code
    left join waymark.place_boundary b on b.place_id = p.place_id and b.detail = r.detail
    where b.geometry::text is distinct from r.geometry`.execute(tx);
  if (changed.length === 0) return 0;
  const ids = changed.map(({ place_id }) => place_id);
  await sql`
    insert into waymark.place_previous (batch_id, place_id, version, boundaries)
    select ${batchId}, p.place_id, p.version, coalesce((select jsonb_agg(jsonb_build_object('detail', b.detail, 'geometry', b.geometry::text, 'batch_id', b.batch_id))
      from waymark.place_boundary b where b.place_id = p.place_id), '[]')
    from waymark.place p where p.place_id = any (${ids}) and p.batch_id is distinct from ${batchId}::uuid
    on conflict (batch_id, place_id) do update set boundaries = coalesce(place_previous.boundaries, excluded.boundaries)`.execute(tx);
  await sql`
    insert into waymark.place_boundary (place_id, detail, geometry, batch_id)
    select p.place_id, r.detail, r.geometry::json, ${batchId}
    from jsonb_to_recordset(${JSON.stringify(flat)}::jsonb) as r(code text, detail smallint, geometry text)
    join waymark.place p on p.country = ${country} and p.code = r.code
    where p.place_id = any (${ids})
    on conflict (place_id, detail) do update set geometry = excluded.geometry, batch_id = excluded.batch_id`.execute(tx);
  return ids.length;
}
