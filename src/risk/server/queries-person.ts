// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Restriction } from '../../people/domain/restriction.ts';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { SubjectKind } from '../domain/pack.ts';
import type { PersonKey } from '../domain/people-list.ts';

export interface PersonFacts {
  readonly sex: number;
  readonly state: number;
  readonly restricted: Restriction;
  /** She asks to have an answer set right, and the reader may do that. */
  readonly asksToSetRight: boolean;
  readonly householdId: string | null;
  readonly place: PlaceRef;
}

const placeOf = (alias: string) =>
  sql.raw(`jsonb_build_object('placeId', ${alias}.place_id, 'country', ${alias}.country, 'code', ${alias}.code,
  'level', ${alias}.level, 'name', ${alias}.name, 'names', ${alias}.names)`);

/** A person as the reader may see her, by row security. */
export async function findPersonFacts(tx: Tx, { regionId, personId }: PersonKey): Promise<PersonFacts | undefined> {
  const {
    rows: [row],
  } = await sql<PersonFacts>`
    select p.sex, p.state, p.restricted_for as restricted, waymark.asks_to_set_right(p.region_id, p.person_id) as "asksToSetRight", p.household_id as "householdId", ${placeOf('l')} as place
    from waymark.person p join waymark.place l using (place_id)
    where p.region_id = ${regionId} and p.person_id = ${personId} and p.state <> 5`.execute(tx);
  return row;
}

export async function findHouseholdFacts(
  tx: Tx,
  regionId: number,
  householdId: string,
): Promise<{ place: PlaceRef; members: PersonKey[] } | undefined> {
  const {
    rows: [row],
  } = await sql<{ place: PlaceRef; members: PersonKey[] }>`
    select ${placeOf('l')} as place,
           coalesce((select jsonb_agg(jsonb_build_object('regionId', p.region_id, 'personId', p.person_id) order by p.born_on nulls last, p.person_id)
                     from waymark.person p where p.region_id = h.region_id and p.household_id = h.household_id and p.state = 1), '[]') as members
    from waymark.household h join waymark.place l using (place_id)
    where h.region_id = ${regionId} and h.household_id = ${householdId}`.execute(tx);
  return row;
}

/** Who lived in a household on a day (ISO), as far as the reader may see them now. */
export async function findMembersOn(tx: Tx, regionId: number, householdId: string, on: string): Promise<(PersonKey & { sex: number })[]> {
  const { rows } = await sql<PersonKey & { sex: number }>`
    select p.region_id as "regionId", p.person_id as "personId", p.sex
    from waymark.household_members_on(${regionId}, ${householdId}, ${on}::date) with ordinality m(person_id, n)
    join waymark.person p on p.region_id = ${regionId} and p.person_id = m.person_id order by m.n`.execute(tx);
  return rows;
}

export interface ScoredAt {
  readonly moment: number;
  readonly place: PlaceRef;
  readonly householdId: string | null;
  readonly ageGroup: number;
  readonly excess: number;
  readonly known: number;
  readonly applicable: number;
  readonly band: 0 | 1 | 2 | 3;
  readonly answers: Uint8Array;
  readonly whole: boolean;
  readonly observedAt: number | null;
  readonly validUntil: number | null;
}

const inMs = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);

/** How she stood at each moment, in the place and household of that day; none for a moment at which she was not counted. */
export async function findScoredAt(
  tx: Tx,
  code: string,
  { regionId, personId }: PersonKey,
  moments: readonly number[],
): Promise<ScoredAt[]> {
  const { rows } = await sql<ScoredAt>`
    select ${inMs('s.moment')} as moment, ${placeOf('l')} as place, s.household_id as "householdId", s.age_group as "ageGroup",
           s.excess, s.known, s.applicable, s.band, s.answers, s.whole, ${inMs('s.observed_at')} as "observedAt", ${inMs('s.valid_until')} as "validUntil"
    from waymark.person_scored_at(${code}, ${regionId}, ${personId}, ${moments.map((m) => new Date(m))}::timestamptz[]) s
    join waymark.place l using (place_id) order by s.moment`.execute(tx);
  return rows;
}

export interface PastRow {
  readonly assessmentId: string;
  readonly subjectKind: SubjectKind;
  readonly level: number | null;
  readonly origin: 'measured' | 'summed';
  readonly instrumentId: string;
  readonly answers: Uint8Array;
  readonly whole: boolean;
  readonly observedAt: number;
  readonly recordedAt: number;
  readonly validUntil: number[];
  readonly supersedes: string | null;
  readonly role: string | null;
  readonly imported: boolean;
  readonly place: PlaceRef | null;
}

const past = sql`a.assessment_id as "assessmentId", a.subject_kind as "subjectKind", a.level, a.origin, a.instrument_id as "instrumentId", a.answers, a.whole,
  ${inMs('a.observed_at')} as "observedAt", ${inMs('a.recorded_at')} as "recordedAt", a.supersedes, a.role, a.imported,
  array(select (extract(epoch from e) * 1000)::float8 from unnest(a.valid_until) e) as "validUntil",
  case when a.subject_kind = 'place' then ${placeOf('l')} end as place`;

/** Everything recorded of a person, her household and her place as they were on a day, as the reader may see it. */
export async function findPersonPast(tx: Tx, code: string, { regionId, personId }: PersonKey, on: string): Promise<PastRow[]> {
  const { rows } = await sql<PastRow>`
    select ${past} from waymark.person_past(${code}, ${regionId}, ${personId}, ${on}::date) a
    left join waymark.place l on a.subject_kind = 'place' and l.place_id = a.subject_id`.execute(tx);
  return rows;
}

export async function findHouseholdPast(tx: Tx, code: string, regionId: number, householdId: string): Promise<PastRow[]> {
  const { rows } = await sql<PastRow>`
    select ${past} from waymark.household_past(${code}, ${regionId}, ${householdId}) a left join waymark.place l on false`.execute(tx);
  return rows;
}

/** Whether the reader sees protected answers of a household. */
export async function findSeesHousehold(tx: Tx, regionId: number, householdId: string): Promise<boolean> {
  const {
    rows: [row],
  } = await sql<{ sees: boolean }>`
    select waymark.has_right('protected.read') and waymark.household_assigned_to_me(${regionId}, ${householdId}) as sees`.execute(tx);
  return row?.sees ?? false;
}

export interface PlaceFacts {
  readonly regionId: number;
  readonly place: PlaceRef;
  readonly inside: boolean;
}

/** A place, and whether it lies in the reader's area. */
export async function findPlaceFacts(tx: Tx, placeId: string): Promise<PlaceFacts | undefined> {
  const {
    rows: [row],
  } = await sql<PlaceFacts>`
    select l.region_id as "regionId", ${placeOf('l')} as place, waymark.in_scope(l.place_id) as inside
    from waymark.place l where l.place_id = ${placeId}`.execute(tx);
  return row;
}

/** Everything recorded of a place and of the areas around it, for whoever may answer for it. */
export async function findPlacePast(tx: Tx, code: string, placeId: string): Promise<PastRow[]> {
  const { rows } = await sql<PastRow>`
    select ${past} from waymark.said_of_place(${code}, ${placeId}) a join waymark.place l on l.place_id = a.subject_id`.execute(tx);
  return rows;
}

/** How many people live there, for whoever may read each of them; else null. */
export async function findPeopleConcerned(tx: Tx, code: string, placeId: string): Promise<number | null> {
  const {
    rows: [row],
  } = await sql<{ n: number | null }>`select waymark.people_concerned(${code}, ${placeId}) as n`.execute(tx);
  return row?.n ?? null;
}
