// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

interface Named {
  readonly code: string;
  readonly name: string;
}

/** A place that somebody changed after this batch did, or whose boundary a later batch drew. */
export async function findChangedSince(tx: Tx, batchId: string): Promise<Named | null> {
  const { rows } = await sql<Named>`
    select p.code, p.name from waymark.place_previous v join waymark.place p using (place_id)
    where v.batch_id = ${batchId} and (p.version <> v.version
      or (v.boundaries is not null and exists (select from waymark.place_boundary b where b.place_id = p.place_id and b.batch_id is distinct from v.batch_id)))
    union all
    select p.code, p.name from waymark.place p join waymark.place_previous v on v.place_id = p.place_id and v.batch_id <> ${batchId}
    where p.batch_id = ${batchId} and exists (select from waymark.import_batch b where b.batch_id = v.batch_id and b.state = 'done')
    limit 1`.execute(tx);
  return rows[0] ?? null;
}

/** A place of this batch with a child of another. */
export async function findGrownUpon(tx: Tx, batchId: string): Promise<Named | null> {
  const { rows } = await sql<Named>`
    select a.code, a.name from waymark.place a join waymark.place p on p.parent_id = a.place_id
    where a.batch_id = ${batchId} and p.batch_id is distinct from ${batchId}::uuid limit 1`.execute(tx);
  return rows[0] ?? null;
}

/** The countries in which the batch brought places in and still has them. */
export async function findCountriesOf(tx: Tx, batchId: string): Promise<string[]> {
  const { rows } = await sql<{
    country: string;
  }>`select distinct country from waymark.place where batch_id = ${batchId} order by 1`.execute(tx);
  return rows.map(({ country }) => country);
}

/** Removes the boundaries of the batch and puts back those it replaced. Answers with how many places had one removed or put back. */
export async function restoreBoundaries(tx: Tx, batchId: string): Promise<number> {
  const removed = await sql<{
    place_id: string;
  }>`delete from waymark.place_boundary where batch_id = ${batchId} returning place_id`.execute(tx);
  await sql`
    insert into waymark.place_boundary (place_id, detail, geometry, batch_id)
    select v.place_id, b.detail, b.geometry::json, b.batch_id from waymark.place_previous v
    cross join lateral jsonb_to_recordset(v.boundaries) as b(detail smallint, geometry text, batch_id uuid)
    where v.batch_id = ${batchId} and v.boundaries is not null
    on conflict (place_id, detail) do update set geometry = excluded.geometry, batch_id = excluded.batch_id`.execute(tx);
  return new Set(removed.rows.map(({ place_id }) => place_id)).size;
}

export async function restorePlaces(tx: Tx, batchId: string): Promise<number> {
  const done = await sql`
    update waymark.place p set names = v.place -> 'names', name = v.place ->> 'name', search = v.place ->> 'search',
      latitude = case when v.place ? 'latitude' then (v.place ->> 'latitude')::double precision else p.latitude end,
      longitude = case when v.place ? 'longitude' then (v.place ->> 'longitude')::double precision else p.longitude end,
      population = case when v.place ? 'population' then (v.place ->> 'population')::integer else p.population end,
      population_on = case when v.place ? 'population_on' then (v.place ->> 'population_on')::date else p.population_on end,
      source = case when v.place ? 'source' then v.place ->> 'source' else p.source end,
      version = p.version + 1
    from waymark.place_previous v where v.batch_id = ${batchId} and v.place_id = p.place_id and v.place is not null`.execute(tx);
  // The batch before this one finds its own work again, under the version that giving it back made.
  await sql`update waymark.place_previous o set version = p.version from waymark.place_previous v join waymark.place p using (place_id)
    where v.batch_id = ${batchId} and v.place is not null and o.place_id = v.place_id and o.batch_id <> ${batchId} and o.version = v.version - 1`.execute(
    tx,
  );
  await sql`delete from waymark.place_previous where batch_id = ${batchId}`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

/** Smallest areas first. A foreign key that still points at one of them fails the statement. Answers with how many went. */
export async function deletePlacesOf(tx: Tx, batchId: string): Promise<number> {
  const { rows } = await sql<{
    level: number;
    country: string;
  }>`select distinct level, country from waymark.place where batch_id = ${batchId} order by level desc`.execute(tx);
  let removed = 0;
  for (const { level, country } of rows) {
    const done = await sql`delete from waymark.place where batch_id = ${batchId} and level = ${level} and country = ${country}`.execute(tx);
    removed += Number(done.numAffectedRows ?? 0);
  }
  for (const { country } of rows) {
    await sql`delete from waymark.place_level where country = ${country} and not exists (select from waymark.place where country = ${country})`.execute(
      tx,
    );
  }
  return removed;
}
