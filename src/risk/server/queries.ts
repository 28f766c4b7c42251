// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { SubjectKind } from '../domain/pack.ts';

/** Who or what an answer is about. `regionId` is the region of registration; a place's is its own. */
export interface Subject {
  readonly subjectKind: SubjectKind;
  readonly regionId: number;
  readonly subjectId: string;
}

/** A row of waymark.assessment on its way in; instants as Date. */
export interface AssessmentRow extends Subject {
  readonly assessmentId: string;
  readonly instrumentId: string;
  readonly origin: 'measured' | 'summed';
  readonly answers: Uint8Array;
  readonly observedAt: Date;
  readonly supersedes: string | null;
  readonly batchId: string | null;
  readonly actorId: string;
}

function columns(subjects: readonly Subject[]): [string[], number[], string[]] {
  return [subjects.map((s) => s.subjectKind), subjects.map((s) => s.regionId), subjects.map((s) => s.subjectId)];
}

/** Queues behind every other writer of these subjects' regions under one instrument. Returns how many of the subjects exist. */
export async function lockSubjects(tx: Tx, code: string, subjects: readonly Subject[]): Promise<number> {
  const [kinds, regions, ids] = columns(subjects);
  const {
    rows: [row],
  } = await sql<{ found: number }>`
    select waymark.lock_risk(${code}, ${kinds}::text[], ${regions}::integer[], ${ids}::uuid[]) as found`.execute(tx);
  return row?.found ?? 0;
}

/** Queues behind every other writer of one instrument: for work on a whole country, such as an import. */
export async function lockInstrument(tx: Tx, code: string): Promise<void> {
  await sql`select waymark.lock_risk_all(${code})`.execute(tx);
}

/** Appends; rows whose id is there already are left out. Returns the ids appended. */
export async function insertAssessments(tx: Tx, rows: readonly AssessmentRow[], recordedAt: Date): Promise<Set<string>> {
  const [kinds, regions, subjects] = columns(rows);
  const { rows: done } = await sql<{ id: string }>`
    ${prepared} insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at,
                                    valid_until, supersedes, batch_id, actor_id)
    select region_id, assessment_id, kind, subject_id, instrument_id, origin, answers, observed_at, ${recordedAt}::timestamptz,
           waymark.valid_untils(instrument_id, observed_at), supersedes, batch_id, actor_id
    from unnest(${regions}::integer[], ${rows.map((r) => r.assessmentId)}::uuid[], ${kinds}::text[], ${subjects}::uuid[],
                ${rows.map((r) => r.instrumentId)}::uuid[], ${rows.map((r) => r.origin)}::text[], ${rows.map((r) => r.answers)}::bytea[],
                ${rows.map((r) => r.observedAt)}::timestamptz[], ${rows.map((r) => r.supersedes)}::uuid[],
                ${rows.map((r) => r.batchId)}::uuid[], ${rows.map((r) => r.actorId)}::text[])
      a(region_id, assessment_id, kind, subject_id, instrument_id, origin, answers, observed_at, supersedes, batch_id, actor_id)
    on conflict (region_id, assessment_id) do nothing
    returning assessment_id as id`.execute(tx);
  return new Set(done.map((r) => r.id));
}

/** `whole`: protected answers are there; otherwise each says the worst of them, at the positions `protectedAt`. */
export type StoredAssessment = Omit<AssessmentRow, 'batchId' | 'actorId'> & {
  readonly code: string;
  readonly recordedAt: Date;
  readonly whole: boolean;
  readonly protectedAt: readonly number[];
};

/** Assessments by id, as far as the reader may see them. */
export async function findAssessments(tx: Tx, keys: readonly { regionId: number; assessmentId: string }[]): Promise<StoredAssessment[]> {
  const { rows } = await sql<StoredAssessment>`
    select a.region_id as "regionId", a.assessment_id as "assessmentId", a.subject_kind as "subjectKind", a.subject_id as "subjectId",
           a.instrument_id as "instrumentId", i.code, a.origin, s.answers, s.whole, waymark.protected_positions(a.instrument_id) as "protectedAt",
           a.observed_at as "observedAt", a.recorded_at as "recordedAt", a.supersedes
    from waymark.assessment_answers(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.assessmentId)}::uuid[]) s
    join waymark.assessment a using (region_id, assessment_id) join waymark.instrument i using (instrument_id)`.execute(tx);
  return rows;
}

/** Rescores everybody (or every place) whose standing an answer on these subjects can change. Returns how many were looked at. */
export async function rescoreAffected(
  tx: Tx,
  code: string,
  scores: 'person' | 'place',
  subjects: readonly Subject[],
  at: Date,
): Promise<number> {
  const [kinds, regions, ids] = columns(subjects);
  const {
    rows: [row],
  } =
    scores === 'person'
      ? await sql<{
          n: number;
        }>`select waymark.rescore_people_of(${code}, ${kinds}::text[], ${regions}::integer[], ${ids}::uuid[], ${at}::timestamptz) as n`.execute(
          tx,
        )
      : await sql<{ n: number }>`select waymark.rescore_places_of(${code}, ${ids}::uuid[], ${at}::timestamptz) as n`.execute(tx);
  return row?.n ?? 0;
}

/** Rescores exactly these people. Returns how many standings changed. */
export async function rescorePersons(
  tx: Tx,
  code: string,
  people: readonly { regionId: number; personId: string }[],
  at: Date,
): Promise<number> {
  const {
    rows: [row],
  } = await sql<{ n: number }>`
    select waymark.rescore_people(${code}, ${people.map((p) => p.regionId)}::integer[], ${people.map((p) => p.personId)}::uuid[], ${at}::timestamptz) as n`.execute(
    tx,
  );
  return row?.n ?? 0;
}

/** Rescores everybody who lives in exactly these places as of now, in the transaction that publishes a version of the instrument. */
export async function rescorePeopleAt(tx: Tx, code: string, placeIds: readonly string[]): Promise<void> {
  await sql`select waymark.rescore_people_at(${code}, ${`{${placeIds.join(',')}}`}::uuid[])`.execute(tx);
}

/** Rescores exactly these places. Returns how many standings changed. */
export async function rescorePlaceIds(tx: Tx, code: string, placeIds: readonly string[], at: Date): Promise<number> {
  const {
    rows: [row],
  } = await sql<{
    n: number;
  }>`select waymark.rescore_places(${code}, ${`{${placeIds.join(',')}}`}::uuid[], ${at}::timestamptz) as n`.execute(tx);
  return row?.n ?? 0;
}

/** At which level each country has measured each indicator: changes when an indicator is measured deeper than before. */
export async function findDeepestMeasured(
  tx: Tx,
  code: string,
  placeIds: readonly string[],
  at: Date,
): Promise<{ country: string; position: number; level: number }[]> {
  const { rows } = await sql<{ country: string; position: number; level: number }>`
    select country, "position", level
    from waymark.deepest_measured(${code}, (select array_agg(distinct country) from waymark.place where place_id = any (${placeIds}::uuid[])), ${at}::timestamptz)
    order by 1, 2`.execute(tx);
  return rows;
}

/** Every place of the countries in which `placeIds` lie; of all countries when it is 'all'. */
export async function findPlacesOfCountries(tx: Tx, placeIds: readonly string[] | 'all'): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select place_id as id from waymark.place
    where ${placeIds === 'all'} or country in (select country from waymark.place where place_id = any (${placeIds === 'all' ? [] : placeIds}::uuid[]))
    order by level, place_id`.execute(tx);
  return rows.map((r) => r.id);
}

/** The levels of the countries in which places lie (of all countries for 'all'), from the country down, with how many places each has. */
export async function findLevelsOfCountries(
  tx: Tx,
  placeIds: readonly string[] | 'all',
): Promise<{ country: string; level: number; places: number }[]> {
  const { rows } = await sql<{ country: string; level: number; places: number }>`
    select country, level, count(*)::integer as places from waymark.place
    where ${placeIds === 'all'} or country in (select country from waymark.place where place_id = any (${placeIds === 'all' ? [] : placeIds}::uuid[]))
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows;
}

/** A page of the places of one level, after the last one seen. */
export async function findPlacesOfLevel(tx: Tx, country: string, level: number, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select place_id as id from waymark.place
    where country = ${country} and level = ${level} and place_id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid order by place_id limit ${limit}`.execute(
    tx,
  );
  return rows.map((r) => r.id);
}

/** A page of the people who live at `path` or below, after the last one seen. */
export async function findPeopleBelow(
  tx: Tx,
  path: string | null,
  after: { regionId: number; personId: string } | null,
  limit: number,
): Promise<{ regionId: number; personId: string }[]> {
  const { rows } = await sql<{ regionId: number; personId: string }>`
    select p.region_id as "regionId", p.person_id as "personId" from waymark.person p
    where p.state = 1 and (${path}::text is null or p.place_id in (select place_id from waymark.place where path <@ ${path}::ltree))
      and (${after === null} or (p.region_id, p.person_id) > (${after?.regionId ?? 0}::integer, ${after?.personId ?? null}::uuid))
    order by p.region_id, p.person_id limit ${limit}`.execute(tx);
  return rows;
}

/** The subjects of an import batch and the instrument they were assessed with. */
export async function findSubjectsOfBatch(tx: Tx, batchId: string): Promise<(Subject & { code: string; scores: 'person' | 'place' })[]> {
  const { rows } = await sql<Subject & { code: string; scores: 'person' | 'place' }>`
    select distinct a.subject_kind as "subjectKind", a.region_id as "regionId", a.subject_id as "subjectId", i.code, i.scores
    from waymark.assessment a join waymark.instrument i using (instrument_id) where a.batch_id = ${batchId}`.execute(tx);
  return rows;
}

export async function findPlaceByPath(tx: Tx, path: string): Promise<{ placeId: string; regionId: number } | undefined> {
  const {
    rows: [row],
  } = await sql<{ placeId: string; regionId: number }>`
    select place_id as "placeId", region_id as "regionId" from waymark.place where path = ${path}::ltree`.execute(tx);
  return row;
}

/** Where a subject is: the place itself, or the one a person or household lives in; null where the reader may not see it. */
export async function findHome(tx: Tx, { subjectKind, regionId, subjectId }: Subject): Promise<string | null> {
  if (subjectKind === 'place') return subjectId;
  const {
    rows: [row],
  } =
    subjectKind === 'person'
      ? await sql<{
          id: string;
        }>`${prepared} select place_id as id from waymark.person where region_id = ${regionId} and person_id = ${subjectId}`.execute(tx)
      : await sql<{
          id: string;
        }>`select place_id as id from waymark.household where region_id = ${regionId} and household_id = ${subjectId}`.execute(tx);
  return row?.id ?? null;
}
