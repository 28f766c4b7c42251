// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import type { EndedCare, EndedCarePage, EndedCareQuery, PersonKey } from '../domain/person-record.ts';
import { waitForOthers } from './queries.ts';
import { orProblem } from './refusals.ts';

export interface CaseWorker {
  readonly accountId: string;
  readonly displayName: string;
  readonly organisation: string | null;
}

export async function listCaseWorkers(tx: Tx): Promise<CaseWorker[]> {
  const { rows } = await sql<CaseWorker>`
    select account_id as "accountId", display_name as "displayName", organisation from waymark.case_workers()`.execute(tx);
  return rows;
}

export async function listOrganisations(tx: Tx): Promise<{ organisationId: string; name: string }[]> {
  const { rows } = await sql<{ organisationId: string; name: string }>`
    select organisation_id as "organisationId", name from waymark.organisation where ended_at is null order by lower(name)`.execute(tx);
  return rows;
}

export interface NewAssignment extends PersonKey {
  readonly assignmentId: string;
  readonly kind: 'case_worker' | 'referral';
  readonly accountId: string | null;
  readonly organisationId: string | null;
  /** The consent a referral rests on. */
  readonly consentId: string | null;
  readonly untilAt: string | null;
}

/**
 * Once: the same id again, and a second one to the same while the first is open, change nothing. Returns whether it is new. Problem
 * 'already-there': under this id somebody else was named before, or it stands until another day.
 */
export async function insertAssignment(tx: Tx, assignment: NewAssignment, actorId: string): Promise<boolean> {
  const { regionId, assignmentId, personId, kind, accountId, organisationId, consentId, untilAt } = assignment;
  const same = sql`a.region_id = ${regionId} and a.person_id = ${personId} and a.kind = ${kind}
    and a.account_id is not distinct from ${accountId} and a.organisation_id is not distinct from ${organisationId}::uuid`;
  const open = sql`a.ended_at is null and (a.until_at is null or a.until_at > now())`;
  await waitForOthers(tx, personId);
  const { numAffectedRows } = await orProblem(
    sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, consent_id, until_at, given_by)
    select ${regionId}, ${assignmentId}, ${personId}, ${kind}, ${accountId}, ${organisationId}::uuid, ${consentId}::uuid, ${untilAt}::timestamptz, ${actorId}
    where not exists (select from waymark.assignment a where ${same} and ${open})
    on conflict do nothing`.execute(tx),
  );
  if ((numAffectedRows ?? 0n) > 0n) return true;
  const { rows } = await sql<{ asLong: boolean }>`
    select a.until_at is not distinct from ${untilAt}::timestamptz as "asLong" from waymark.assignment a
    where ${same} and (a.assignment_id = ${assignmentId} or ${open}) order by a.assignment_id = ${assignmentId} desc`.execute(tx);
  if (!rows[0]) throw new Problem('already-there', 'Something else was written down under this id before.');
  if (!rows[0].asLong) throw new Problem('already-there', 'This assignment is there already, for another length of time. End it first.');
  return false;
}

export async function isAssigned(tx: Tx, { regionId, personId }: PersonKey, assignmentId: string): Promise<boolean> {
  const { rows } = await sql`select from waymark.assignment
    where region_id = ${regionId} and person_id = ${personId} and assignment_id = ${assignmentId}`.execute(tx);
  return rows.length > 0;
}

export async function endAssignment(tx: Tx, key: PersonKey, assignmentId: string, actorId: string, now: Date): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`update waymark.assignment set ended_at = ${now}, ended_by = ${actorId}, version = version + 1
    where region_id = ${key.regionId} and person_id = ${key.personId} and assignment_id = ${assignmentId} and ended_at is null`.execute(tx),
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** The newest consent to be shared with an organisation: one that names it, or none in particular. Null where she does not agree (db/migrations/0036). */
export async function findSharingConsent(tx: Tx, { regionId, personId }: PersonKey, organisationId: string): Promise<string | null> {
  const { rows } = await sql<{ eventId: string }>`
    select event_id as "eventId" from waymark.consent_event
    where region_id = ${regionId} and person_id = ${personId} and purpose = 'share' and act = 'given'
      and (organisation_id is null or organisation_id = ${organisationId}::uuid)
      and waymark.may_refer(${regionId}, ${personId}, ${organisationId}::uuid)
    order by observed_at desc, recorded_at desc, event_id desc limit 1`.execute(tx);
  return rows[0]?.eventId ?? null;
}

/** Whether she agrees to be accompanied, or the basis of her record says it; false also of somebody outside the area (db/migrations/0047). */
export async function mayAccompany(tx: Tx, { regionId, personId }: PersonKey): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select waymark.may_accompany(${regionId}, ${personId}) as may`.execute(tx);
  return rows[0]?.may ?? false;
}

/** Whether this word, written down by whoever asks, is the one that closed the record to her (db/migrations/0047). */
export async function saidAndLeft(tx: Tx, { regionId, personId }: PersonKey, eventId: string): Promise<boolean> {
  const { rows } = await sql<{ left: boolean }>`select waymark.said_and_left(${regionId}, ${eventId}::uuid, ${personId}) as left`.execute(
    tx,
  );
  return rows[0]?.left ?? false;
}

/** When something ended, to the microsecond, and what: where a page of them ends. */
function endedCursor(after: string | undefined): { endedMicros: string | null; assignmentId: string | null } {
  if (after === undefined) return { endedMicros: null, assignmentId: null };
  const match = /^(\d{1,16})_([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/.exec(after);
  if (!match?.[1] || !match[2]) throw new Problem('bad-input', 'after: use the value of "next" from the page before.');
  return { endedMicros: match[1], assignmentId: match[2] };
}

/**
 * Care and referrals that ended by a no in the last ninety days, as far as whoever asks may know of them; the newest first, page by page. The case
 * worker is told since when and until when, and not of whom: the record is closed to her. Problem 'bad-input' (cursor).
 */
export async function listEndedCare(tx: Tx, now: Date, { after, limit = 50 }: EndedCareQuery): Promise<EndedCarePage> {
  const { endedMicros, assignmentId } = endedCursor(after);
  const { rows } = await sql<
    Omit<EndedCare, 'givenAt' | 'endedAt' | 'number' | 'personId'> & { personId: string; givenAt: Date; endedAt: Date; micros: string }
  >`
    select a.assignment_id as "assignmentId", a.region_id as "regionId", a.person_id as "personId", a.kind, coalesce(g.name, w.display_name) as "to",
           a.kind = 'case_worker' and a.account_id = waymark.actor_id() as mine, a.taken_back_by as "byWhom", a.given_at as "givenAt", a.ended_at as "endedAt",
           (extract(epoch from a.ended_at) * 1000000)::bigint::text as micros
    from waymark.assignment a left join waymark.organisation g using (organisation_id) left join waymark.case_workers() w on w.account_id = a.account_id
    where a.taken_back_by is not null and a.ended_at > ${now}::timestamptz - interval '90 days'
      and (${assignmentId}::uuid is null or (a.ended_at, a.assignment_id)
        < (timestamptz 'epoch' + ${endedMicros}::bigint * interval '1 microsecond', ${assignmentId}::uuid))
    order by a.ended_at desc, a.assignment_id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit),
    last = rows.length > limit ? page.at(-1) : undefined;
  return {
    rows: page.map(({ personId, givenAt, endedAt, micros: _micros, ...row }) => ({
      ...row,
      personId: row.mine ? null : personId,
      number: row.mine ? null : recordNumber(personId),
      givenAt: givenAt.toISOString(),
      endedAt: endedAt.toISOString(),
    })),
    next: last ? `${last.micros}_${last.assignmentId}` : null,
  };
}

/** Referrals that rested on a consent to share which is no more. Returns how many ended. */
export async function endReferrals(tx: Tx, { regionId, personId }: PersonKey, organisationId: string | null): Promise<number> {
  const { rows } = await orProblem(
    sql<{ n: number }>`select waymark.end_referrals(${regionId}, ${personId}, ${organisationId}::uuid) as n`.execute(tx),
  );
  return rows[0]?.n ?? 0;
}
