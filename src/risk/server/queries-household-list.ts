// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { PersonKey } from '../domain/people-list.ts';

export interface HouseholdKey {
  readonly regionId: number;
  readonly householdId: string;
}

/** Which households, in which order, from where on. Null: not asked about. */
export interface HouseholdQuestion {
  readonly code: string;
  readonly placeId: string | null;
  readonly bands: readonly number[] | null;
  readonly renewBy: Date | null;
  /** Only where a warning of somebody holds. */
  readonly warns: boolean;
  readonly sort: 'urgency' | 'renewal';
  readonly after: { readonly key: string; readonly regionId: number; readonly id: string } | null;
  readonly limit: number;
}

/** A page of the list, in order; the database asks rights and area (db/migrations/0046_household_lists.sql). */
export async function findListedHouseholds(tx: Tx, asked: HouseholdQuestion): Promise<(HouseholdKey & { readonly key: string })[]> {
  const { code, placeId, bands, renewBy, warns, sort, after, limit } = asked;
  const { rows } = await sql<HouseholdKey & { key: string }>`
    select region_id as "regionId", household_id as "householdId", sort_key as key
    from waymark.list_households(${code}, ${placeId}, ${bands}::smallint[], ${renewBy}::timestamptz, ${warns}, ${sort},
                                 ${after?.key ?? null}, ${after?.regionId ?? null}::integer, ${after?.id ?? null}::uuid, ${limit})`.execute(
    tx,
  );
  return rows;
}

/** Who lives with these households, as far as the reader may see them; of the household and elsewhere, nobody. */
export async function findLivingWith(tx: Tx, keys: readonly HouseholdKey[]): Promise<(PersonKey & { readonly householdId: string })[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<PersonKey & { householdId: string }>`
    select p.region_id as "regionId", p.person_id as "personId", p.household_id as "householdId"
    from unnest(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.householdId)}::uuid[]) k(region_id, id)
    join waymark.household h on h.region_id = k.region_id and h.household_id = k.id
    join waymark.person p on p.region_id = h.region_id and p.household_id = h.household_id and p.place_id = h.place_id and p.state = 1
    order by 1, 2`.execute(tx);
  return rows;
}
