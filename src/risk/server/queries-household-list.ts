// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { ListedPerson } from './queries-people-list.ts';

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

/** A page of the list, in order; the database asks rights and area (db/migrations/0048_household_lists.sql). */
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

/** Which household of those asked for. */
export type Member = ListedPerson & { readonly n: number };

/** Who lives with these households, as far as the reader may see them, household by household; of the household and elsewhere, nobody. Private answers are masked for everybody. */
export async function findMembers(tx: Tx, code: string, zone: string, keys: readonly HouseholdKey[]): Promise<Member[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<Member>`
    select m.n, m.region_id as "regionId", m.person_id as "personId", m.household_id as "householdId",
           jsonb_build_object('placeId', l.place_id, 'country', l.country, 'code', l.code, 'level', l.level, 'name', l.name, 'names', l.names) as place,
           m.sex, m.age_group as "ageGroup", m.band, m.answers, m.warns_privately as "warnsPrivately",
           (m.observed_at at time zone ${zone})::date as "observedOn", (m.valid_until at time zone ${zone})::date as "validUntil",
           m.restricted_for as restricted
    from waymark.listed_members(${code}, ${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.householdId)}::uuid[]) m
    join waymark.place l on l.place_id = m.place_id
    order by m.n, m.person_id`.execute(tx);
  return rows;
}
