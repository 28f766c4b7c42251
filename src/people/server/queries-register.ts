// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { LawfulBasis } from '../domain/basis.ts';
import type { NewConsent } from '../domain/consent.ts';
import type { Assignment, PersonKey, StoredConsent } from '../domain/person-record.ts';
import type { Restriction } from '../domain/restriction.ts';
import { orProblem } from './refusals.ts';

const placeRef = (alias: string) => sql`case when ${sql.ref(`${alias}.place_id`)} is null then null else jsonb_build_object(
  'placeId', ${sql.ref(`${alias}.place_id`)}, 'country', ${sql.ref(`${alias}.country`)}, 'code', ${sql.ref(`${alias}.code`)},
  'level', ${sql.ref(`${alias}.level`)}, 'name', ${sql.ref(`${alias}.name`)}, 'names', ${sql.ref(`${alias}.names`)}) end`;

/** Today where the installation is, ISO. */
export async function findToday(tx: Tx, now: Date): Promise<string> {
  const { rows } = await sql<{ today: string }>`select (${now}::timestamptz at time zone waymark.time_zone())::date as today`.execute(tx);
  return rows[0]?.today ?? now.toISOString().slice(0, 10);
}

export interface RecordRow extends PersonKey {
  readonly householdId: string | null;
  readonly place: PlaceRef;
  readonly path: string;
  readonly sex: 0 | 1 | 2 | 9;
  readonly bornOn: string | null;
  readonly bornPrecision: 1 | 2 | 3;
  readonly state: number;
  readonly stateOn: string | null;
  readonly mergedInto: PersonKey | null;
  readonly restricted: Restriction;
  readonly basis: Pick<LawfulBasis, 'basisId' | 'title' | 'ground' | 'needsConsent' | 'purposes' | 'fromOn' | 'endedAt'> | null;
  readonly registeredAt: Date;
  readonly version: number;
}

/** One record, as far as whoever asks may see it. */
export async function findRecord(tx: Tx, { regionId, personId }: PersonKey): Promise<RecordRow | null> {
  const { rows } = await sql<RecordRow>`
    select p.region_id as "regionId", p.person_id as "personId", p.household_id as "householdId", ${placeRef('l')} as place, l.path::text as path,
           p.sex, p.born_on as "bornOn", p.born_precision as "bornPrecision", p.state, p.state_on as "stateOn", p.created_at as "registeredAt",
           p.version, p.restricted_for as restricted, case when p.merged_into is not null then jsonb_build_object('regionId', p.merged_region, 'personId', p.merged_into) end as "mergedInto",
           case when b.basis_id is not null then jsonb_build_object('basisId', b.basis_id, 'title', b.title, 'ground', b.ground, 'needsConsent', b.needs_consent,
             'purposes', to_jsonb(b.purposes), 'fromOn', b.from_on, 'endedAt', b.ended_at) end as basis
    from waymark.person p join waymark.place l using (place_id) left join waymark.lawful_basis b using (basis_id)
    where p.region_id = ${regionId} and p.person_id = ${personId}`.execute(tx);
  return rows[0] ?? null;
}

/** Records whose id ends so, as far as whoever asks may see them. */
export async function findKeysByNumber(tx: Tx, lastGroup: string): Promise<PersonKey[]> {
  const { rows } = await sql<PersonKey>`
    select region_id as "regionId", person_id as "personId" from waymark.person where right(person_id::text, 12) = ${lastGroup} limit 5`.execute(
    tx,
  );
  return rows;
}

/** Where people live and how old they are, for a list of them; those whoever asks may see. */
export async function findSummaries(tx: Tx, keys: readonly PersonKey[]): Promise<(MemberRow & { readonly stateOn: string | null })[]> {
  const { rows } = await sql<MemberRow & { stateOn: string | null }>`
    select p.region_id as "regionId", p.person_id as "personId", p.sex, p.born_on as "bornOn", p.state, p.state_on as "stateOn", ${placeRef('l')} as place
    from unnest(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[]) x(region_id, person_id)
    join waymark.person p using (region_id, person_id) join waymark.place l using (place_id)`.execute(tx);
  return rows;
}

export async function findConsents(tx: Tx, { regionId, personId }: PersonKey): Promise<StoredConsent[]> {
  const { rows } = await sql<Omit<StoredConsent, 'observedAt' | 'recordedAt'> & { observedAt: Date; recordedAt: Date }>`
    select event_id as "eventId", purpose, act, by_whom as "byWhom", way, language, wording, organisation_id as "organisationId",
           observed_at as "observedAt", recorded_at as "recordedAt"
    from waymark.consent_event where region_id = ${regionId} and person_id = ${personId} order by observed_at desc, recorded_at desc, event_id desc limit 200`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, observedAt: row.observedAt.toISOString(), recordedAt: row.recordedAt.toISOString() }));
}

export interface EventRow {
  readonly eventId: string;
  readonly kind: string;
  readonly onDate: string;
  readonly recordedAt: Date;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly from: PlaceRef | null;
  readonly to: PlaceRef | null;
  readonly source: string | null;
}

/** The newest first; who came with an import has that as her first, worked out from the batch and kept in no row of its own. */
export async function findEvents(tx: Tx, { regionId, personId }: PersonKey): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    (select e.event_id as "eventId", e.kind, e.on_date as "onDate", e.recorded_at as "recordedAt", e.before, e.after, ${placeRef('f')} as "from", ${placeRef('t')} as "to", null as source
     from waymark.person_event e
     left join waymark.place f on f.place_id = (e.before->>'placeId')::uuid left join waymark.place t on t.place_id = (e.after->>'placeId')::uuid
     where e.region_id = ${regionId} and e.person_id = ${personId} order by e.on_date desc, e.recorded_at desc, e.event_id desc limit 200)
    union all
    select c.batch_id, 'registered', (c.at at time zone waymark.time_zone())::date, c.at, null, null, null, null, c.source
    from waymark.came_with(${regionId}, ${personId}) c
    order by "onDate" desc, "recordedAt" desc, "eventId" desc`.execute(tx);
  return rows;
}

export async function findAssignments(tx: Tx, { regionId, personId }: PersonKey): Promise<Assignment[]> {
  const { rows } = await sql<Omit<Assignment, 'givenAt' | 'untilAt'> & { givenAt: Date; untilAt: Date | null }>`
    select a.assignment_id as "assignmentId", a.kind, coalesce(g.name, w.display_name) as "to",
           a.kind = 'case_worker' and a.account_id = waymark.actor_id() as mine, a.given_at as "givenAt", a.until_at as "untilAt"
    from waymark.assignment a left join waymark.organisation g using (organisation_id)
    left join waymark.case_workers() w on w.account_id = a.account_id
    where a.region_id = ${regionId} and a.person_id = ${personId} and a.ended_at is null order by a.given_at`.execute(tx);
  return rows.map((row) => ({ ...row, givenAt: row.givenAt.toISOString(), untilAt: row.untilAt?.toISOString() ?? null }));
}

export interface ConsentRow extends NewConsent {
  readonly observedAt: string;
  readonly regionId: number;
  readonly personId: string;
}

/** What was said, in the writer's name. An event that is there already is left as it is. Returns how many are new. */
export async function insertConsents(
  tx: Tx,
  rows: readonly ConsentRow[],
  actorId: string,
  recordedAt: Date,
  batchId: string | null = null,
): Promise<number> {
  if (rows.length === 0) return 0;
  const done = await orProblem(
    sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, language, wording, organisation_id, observed_at, recorded_at, actor_id, batch_id)
    select r.*, ${recordedAt}::timestamptz, ${actorId}, ${batchId}::uuid
    from unnest(${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.eventId)}::uuid[], ${rows.map((r) => r.personId)}::uuid[],
                ${rows.map((r) => r.purpose)}::text[], ${rows.map((r) => r.act)}::text[], ${rows.map((r) => r.byWhom)}::text[], ${rows.map((r) => r.way)}::text[],
                ${rows.map((r) => r.language ?? null)}::text[], ${rows.map((r) => r.wording ?? null)}::text[], ${rows.map((r) => r.organisationId ?? null)}::uuid[],
                ${rows.map((r) => r.observedAt)}::timestamptz[]) r
    on conflict do nothing`.execute(tx),
  );
  return Number(done.numAffectedRows ?? 0n);
}

/** Whether this very word is written down already. */
export async function isSaid(tx: Tx, row: ConsentRow): Promise<boolean> {
  const { rows } = await sql`
    select from waymark.consent_event
    where region_id = ${row.regionId} and event_id = ${row.eventId} and person_id = ${row.personId} and purpose = ${row.purpose} and act = ${row.act}
      and by_whom = ${row.byWhom} and organisation_id is not distinct from ${row.organisationId ?? null}::uuid`.execute(tx);
  return rows.length > 0;
}

export interface NewEvent extends PersonKey {
  readonly eventId: string;
  readonly kind: string;
  readonly onDate: string;
  readonly before?: Record<string, unknown> | null;
  readonly after?: Record<string, unknown> | null;
}

export async function insertEvents(tx: Tx, rows: readonly NewEvent[], actorId: string): Promise<void> {
  if (rows.length === 0) return;
  await orProblem(
    sql`insert into waymark.person_event (region_id, event_id, person_id, kind, on_date, before, after, actor_id)
    select r.*, ${actorId}
    from unnest(${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.eventId)}::uuid[], ${rows.map((r) => r.personId)}::uuid[],
                ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => r.onDate)}::date[],
                ${rows.map((r) => (r.before ? JSON.stringify(r.before) : null))}::jsonb[], ${rows.map((r) => (r.after ? JSON.stringify(r.after) : null))}::jsonb[]) r`.execute(
      tx,
    ),
  );
}

/** Sex, birth date, state: whatever is given. Returns false where the version is another. */
export async function updatePerson(
  tx: Tx,
  { regionId, personId }: PersonKey,
  change: { sex: number; bornOn: string | null; bornPrecision: number; state: number; stateOn: string | null },
  version: number,
): Promise<boolean> {
  const { rows } = await orProblem(
    sql`update waymark.person set sex = ${change.sex}, born_on = ${change.bornOn}, born_precision = ${change.bornPrecision},
          state = ${change.state}, state_on = ${change.stateOn}, version = version + 1
    where region_id = ${regionId} and person_id = ${personId} and version = ${version} returning version`.execute(tx),
  );
  return rows.length > 0;
}

/** See db/migrations/0031. The new version; null where the version on the screen is not the one in the table. */
export async function movePersonTo(
  tx: Tx,
  { regionId, personId }: PersonKey,
  to: { placeId: string; householdId: string | null },
  version: number,
  at: Date,
): Promise<number | null> {
  const { rows } = await orProblem(
    sql<{ version: number | null }>`
    select waymark.move_person(${regionId}, ${personId}, ${version}, ${to.placeId}, ${to.householdId}, ${at}::timestamptz) as version`.execute(
      tx,
    ),
  );
  return rows[0]?.version ?? null;
}

/** Whether whoever asks wrote this very move down before, although the record may lie out of her sight by now (db/migrations/0031). */
export async function wasMoved(
  tx: Tx,
  { regionId, personId }: PersonKey,
  to: { placeId: string; householdId: string | null },
  { version, onDate }: { version: number; onDate: string },
): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select waymark.person_was_moved(${regionId}, ${personId}, ${version}, ${to.placeId}, ${to.householdId}, ${onDate}) as done`.execute(tx);
  return rows[0]?.done ?? false;
}

/** The same of a household: how many moved with it then, or null. */
export async function wasHouseholdMoved(
  tx: Tx,
  { regionId, householdId }: { regionId: number; householdId: string },
  { placeId, version, onDate }: { placeId: string; version: number; onDate: string },
): Promise<number | null> {
  const { rows } = await sql<{ people: number | null }>`
    select waymark.household_was_moved(${regionId}, ${householdId}, ${version}, ${placeId}, ${onDate}) as people`.execute(tx);
  return rows[0]?.people ?? null;
}

export async function moveHouseholdTo(
  tx: Tx,
  regionId: number,
  householdId: string,
  placeId: string,
  version: number,
  at: Date,
): Promise<PersonKey[]> {
  const { rows } = await orProblem(
    sql<PersonKey>`
    select region_id as "regionId", person_id as "personId" from waymark.move_household(${regionId}, ${householdId}, ${version}, ${placeId}, ${at}::timestamptz)`.execute(
      tx,
    ),
  );
  return rows;
}

export interface HouseholdRow {
  readonly regionId: number;
  readonly householdId: string;
  readonly place: PlaceRef;
  readonly createdAt: Date;
  readonly version: number;
}

export async function findHousehold(tx: Tx, regionId: number, householdId: string): Promise<HouseholdRow | null> {
  const { rows } = await sql<HouseholdRow>`
    select h.region_id as "regionId", h.household_id as "householdId", ${placeRef('l')} as place, h.created_at as "createdAt", h.version
    from waymark.household h join waymark.place l using (place_id) where h.region_id = ${regionId} and h.household_id = ${householdId}`.execute(
    tx,
  );
  return rows[0] ?? null;
}

export interface MemberRow extends PersonKey {
  readonly sex: 0 | 1 | 2 | 9;
  readonly bornOn: string | null;
  readonly state: number;
  readonly place: PlaceRef;
}

/** Members whoever asks may see. */
export async function findMembers(tx: Tx, regionId: number, householdId: string): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select p.region_id as "regionId", p.person_id as "personId", p.sex, p.born_on as "bornOn", p.state, ${placeRef('l')} as place
    from waymark.person p join waymark.place l using (place_id)
    where p.region_id = ${regionId} and p.household_id = ${householdId} order by p.state, p.born_on nulls last, p.person_id`.execute(tx);
  return rows;
}

export async function findRegionOf(tx: Tx, placeId: string): Promise<number | null> {
  const { rows } = await sql<{ regionId: number }>`select region_id as "regionId" from waymark.place where place_id = ${placeId}`.execute(
    tx,
  );
  return rows[0]?.regionId ?? null;
}

export interface RegisteredRow {
  readonly personId: string;
  readonly householdId: string | null;
  readonly sex: number;
  readonly bornOn: string | null;
}

/** Who of these is there already, anywhere that whoever asks may see: as she was registered, whatever was set right or moved since. */
export async function findRegistered(tx: Tx, regionId: number, personIds: readonly string[]): Promise<RegisteredRow[]> {
  const first = (kind: string) => sql`select e.before, e.after from waymark.person_event e
      where e.region_id = p.region_id and e.person_id = p.person_id and e.kind = ${kind} order by e.recorded_at, e.event_id limit 1`;
  const { rows } = await sql<RegisteredRow>`
    select p.person_id as "personId", case when came.after ? 'householdId' then (came.after->>'householdId')::uuid else p.household_id end as "householdId",
           case when was.before ? 'sex' then (was.before->>'sex')::smallint else p.sex end as sex,
           case when was.before ? 'bornOn' then (was.before->>'bornOn')::date else p.born_on end as "bornOn"
    from waymark.person p left join lateral (${first('registered')}) came on true left join lateral (${first('corrected')}) was on true
    where p.region_id = ${regionId} and p.person_id = any (${personIds}::uuid[])`.execute(tx);
  return rows;
}
