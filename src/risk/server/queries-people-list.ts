// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Restriction } from '../../people/domain/restriction.ts';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { ListSort, PersonKey } from '../domain/people-list.ts';

/** Which people, in which order, from where on. Null: not asked about. */
export interface ListQuestion {
  readonly code: string;
  readonly placeId: string | null;
  readonly bands: readonly number[] | null;
  readonly sex: number | null;
  readonly ageGroup: number | null;
  readonly renewBy: Date | null;
  /** Only for whom a warning holds. */
  readonly warns: boolean;
  readonly sort: ListSort;
  readonly after: (PersonKey & { readonly key: string }) | null;
  readonly limit: number;
}

export interface ListedKey extends PersonKey {
  /** What she is sorted by, as text that the database reads again. */
  readonly key: string;
}

/** A page of the list, in order; the database asks rights and area (db/migrations/0028_lists.sql). */
export async function findListed(tx: Tx, asked: ListQuestion): Promise<ListedKey[]> {
  const { code, placeId, bands, sex, ageGroup, renewBy, warns, sort, after, limit } = asked;
  const { rows } = await sql<ListedKey>`
    select region_id as "regionId", person_id as "personId", sort_key as key
    from waymark.list_people(${code}, ${placeId}, ${bands}::smallint[], ${sex}::smallint, ${ageGroup}::smallint, ${renewBy}::timestamptz, ${warns}, ${sort},
                             ${after?.key ?? null}, ${after?.regionId ?? null}::integer, ${after?.personId ?? null}::uuid, ${limit})`.execute(
    tx,
  );
  return rows;
}

export interface ListedPerson extends PersonKey {
  readonly householdId: string | null;
  readonly place: PlaceRef;
  readonly sex: number;
  readonly ageGroup: number;
  readonly band: number;
  readonly answers: Uint8Array;
  /** A protected answer warns, and no open one does. */
  readonly warnsPrivately: boolean;
  readonly observedOn: string | null;
  readonly validUntil: string | null;
  readonly restricted: Restriction;
}

/** Whose record of these is used no further, as far as the reader may see them: nobody visits them before that is decided. */
export async function findRestricted(tx: Tx, keys: readonly PersonKey[]): Promise<(PersonKey & { readonly restricted: Restriction })[]> {
  const { rows } = await sql<PersonKey & { restricted: Restriction }>`
    select k.region_id as "regionId", k.id as "personId", p.restricted_for as restricted
    from unnest(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[]) k(region_id, id)
    join waymark.person p on p.region_id = k.region_id and p.person_id = k.id where p.restricted_at is not null`.execute(tx);
  return rows;
}

/** Who of them said no to being called or written to (db/migrations/0047), of those the reader may see. */
export async function findNotToContact(tx: Tx, keys: readonly PersonKey[]): Promise<PersonKey[]> {
  const { rows } = await sql<PersonKey>`
    select region_id as "regionId", person_id as "personId"
    from waymark.not_to_contact(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[], true)`.execute(tx);
  return rows;
}

/** These people as far as the reader may see them, in the order asked for; protected answers are masked where they are not hers to read. */
export async function findListedPeople(tx: Tx, code: string, zone: string, keys: readonly PersonKey[]): Promise<ListedPerson[]> {
  if (keys.length === 0) return [];
  const regions = keys.map((k) => k.regionId),
    ids = keys.map((k) => k.personId);
  const { rows } = await sql<ListedPerson>`
    select s.region_id as "regionId", s.subject_id as "personId", p.household_id as "householdId",
           jsonb_build_object('placeId', l.place_id, 'country', l.country, 'code', l.code, 'level', l.level, 'name', l.name, 'names', l.names) as place,
           coalesce(s.sex, 0) as sex, coalesce(s.age_group, 0) as "ageGroup", s.band, a.answers, w.person_id is not null as "warnsPrivately",
           (s.observed_at at time zone ${zone})::date as "observedOn", (s.valid_until at time zone ${zone})::date as "validUntil",
           p.restricted_for as restricted
    from unnest(${regions}::integer[], ${ids}::uuid[]) with ordinality k(region_id, id, n)
    join waymark.standing s on s.region_id = k.region_id and s.instrument_code = ${code} and s.subject_kind = 'person' and s.subject_id = k.id
    join waymark.standing_answers(${code}, ${regions}::integer[], ${ids}::uuid[]) a on a.region_id = k.region_id and a.subject_id = k.id
    left join waymark.private_warnings(${code}, ${regions}::integer[], ${ids}::uuid[]) w on w.region_id = k.region_id and w.person_id = k.id
    left join waymark.person p on p.region_id = k.region_id and p.person_id = k.id
    join waymark.place l on l.place_id = s.place_id
    order by k.n`.execute(tx);
  return rows;
}

/** How many of these people may be visited, and in how many households they live; who lives in none counts as one. Asks as the reader, by row security. */
export async function countToVisit(tx: Tx, keys: readonly PersonKey[]): Promise<{ people: number; households: number }> {
  const {
    rows: [row],
  } = await sql<{ people: number; households: number }>`
    select count(*)::integer as people, count(distinct coalesce(p.household_id, p.person_id))::integer as households
    from unnest(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[]) k(region_id, id)
    join waymark.person p on p.region_id = k.region_id and p.person_id = k.id where p.restricted_at is null`.execute(tx);
  return row ?? { people: 0, households: 0 };
}

/** Of these people, for whom a protected answer warns and no open one does. */
export async function findPrivateWarnings(tx: Tx, code: string, keys: readonly PersonKey[]): Promise<PersonKey[]> {
  const { rows } = await sql<PersonKey>`
    select region_id as "regionId", person_id as "personId"
    from waymark.private_warnings(${code}, ${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[])`.execute(tx);
  return rows;
}
