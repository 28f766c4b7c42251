// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Subject } from './queries.ts';

/**
 * Writes down that answers about to be written are to be followed, and holds the people, households and places they are about for the rest of the
 * transaction. Answers how many of the subjects exist, and how many people will be looked at.
 */
export async function leaveToFollow(
  tx: Tx,
  answers: readonly (Subject & { readonly assessmentId: string })[],
): Promise<{ found: number; reached: number }> {
  const {
    rows: [row],
  } = await sql<{ found: number; reached: number }>`
    ${prepared} select there as found, reached from waymark.leave_to_follow(${answers.map((a) => a.subjectKind)}::text[], ${answers.map((a) => a.regionId)}::integer[],
      ${answers.map((a) => a.subjectId)}::uuid[], ${answers.map((a) => a.assessmentId)}::uuid[])`.execute(tx);
  return row ?? { found: 0, reached: 0 };
}

/** Of how many people answers are followed in one transaction; those about a place with more are followed some people at a time. */
export interface Portion {
  readonly answers: number;
  readonly people: number;
}

/**
 * Takes answers off the list, oldest first, passing over those that another server has in hand and those about places of many people; as waymark_jobs.
 * `more`: others may wait.
 */
export async function takeToFollow(
  jobsTx: Tx,
  most: Portion,
): Promise<{ taken: number; more: boolean; subjects: (Subject & { code: string })[] }> {
  const { rows } = await sql<Subject & { code: string | null; looked: number }>`
    ${prepared} with next as (
      select region_id, assessment_id, asked_at, people from waymark.answer_to_follow where people <= ${most.people}
      order by asked_at, region_id, assessment_id limit ${most.answers} for update skip locked
    ), portion as materialized (
      select *, sum(people) over (order by asked_at, region_id, assessment_id) - people as before, (count(*) over ())::integer as looked from next
    ), taken as (
      delete from waymark.answer_to_follow f using portion n where (f.region_id, f.assessment_id) = (n.region_id, n.assessment_id) and n.before <= ${most.people}
      returning f.region_id, f.assessment_id, n.looked
    )
    select i.code, a.subject_kind as "subjectKind", a.subject_id as "subjectId", t.region_id as "regionId", t.looked
    from taken t left join waymark.assessment a using (region_id, assessment_id) left join waymark.instrument i using (instrument_id)`.execute(
    jobsTx,
  );
  const looked = rows[0]?.looked ?? 0;
  return {
    taken: rows.length,
    more: looked === most.answers || looked > rows.length,
    // An answer that is not there was erased with the person it was about.
    subjects: rows.flatMap(({ code, subjectKind, regionId, subjectId }) =>
      code === null ? [] : [{ code, subjectKind, regionId, subjectId }],
    ),
  };
}

/** Up to whom an answer about a place of many people was followed. */
interface Reached {
  readonly placeId: string;
  readonly regionId: number;
  readonly personId: string;
}

export interface PlaceToFollow {
  readonly regionId: number;
  readonly assessmentId: string;
  /** Null: the answer is not there any more. */
  readonly code: string | null;
  readonly placeId: string;
  readonly reached: Reached | null;
}

/** The oldest answer about a place of more than `few` people, unless another server has it in hand. It stays on the list; as waymark_jobs. */
export async function findPlaceToFollow(jobsTx: Tx, few: number): Promise<PlaceToFollow | undefined> {
  const { rows } = await sql<Omit<PlaceToFollow, 'reached'> & { donePlace: string | null; doneRegion: number; donePerson: string }>`
    with next as (
      select * from waymark.answer_to_follow where people > ${few} order by asked_at, region_id, assessment_id limit 1 for update skip locked
    )
    select n.region_id as "regionId", n.assessment_id as "assessmentId", i.code, a.subject_id as "placeId",
           n.done_place as "donePlace", n.done_region as "doneRegion", n.done_person as "donePerson"
    from next n left join waymark.assessment a using (region_id, assessment_id) left join waymark.instrument i using (instrument_id)`.execute(
    jobsTx,
  );
  const [row] = rows;
  if (!row) return undefined;
  const { donePlace, doneRegion, donePerson, ...line } = row;
  return { ...line, reached: donePlace === null ? null : { placeId: donePlace, regionId: doneRegion, personId: donePerson } };
}

/** The next people below a place whom an answer about it concerns. */
export async function findPeopleToFollow(jobsTx: Tx, { placeId, reached }: PlaceToFollow, most: number): Promise<Reached[]> {
  const { rows } = await sql<Reached>`
    select place_id as "placeId", region_id as "regionId", person_id as "personId"
    from waymark.people_below_after(${placeId}, ${reached?.placeId ?? null}, ${reached?.regionId ?? null}, ${reached?.personId ?? null}, ${most})`.execute(
    jobsTx,
  );
  return rows;
}

/** Followed up to this person, or altogether. */
export async function noteFollowed(jobsTx: Tx, { regionId, assessmentId }: PlaceToFollow, upTo: Reached | null): Promise<void> {
  await (
    upTo === null
      ? sql`delete from waymark.answer_to_follow where region_id = ${regionId} and assessment_id = ${assessmentId}`
      : sql`update waymark.answer_to_follow set done_place = ${upTo.placeId}, done_region = ${upTo.regionId}, done_person = ${upTo.personId}, done_at = clock_timestamp()
        where region_id = ${regionId} and assessment_id = ${assessmentId}`
  ).execute(jobsTx);
}

/** Counts some of the households again of whom the list of people says something else now, as waymark_jobs. Returns whether others may wait. */
export async function followSomeHouseholds(jobs: Tx, most: number): Promise<boolean> {
  const {
    rows: [row],
  } = await sql<{ more: boolean }>`${prepared} select waymark.follow_households(${most}) as more`.execute(jobs);
  return row?.more ?? false;
}

/** The same of all that wait, for what changed very many people: last of all in its transaction. */
export async function listWaitingHouseholds(tx: Tx): Promise<void> {
  await sql`select waymark.list_waiting_households()`.execute(tx);
}
