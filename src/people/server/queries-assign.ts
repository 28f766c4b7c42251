// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { PersonKey } from '../domain/person-record.ts';
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

/** Once: the same id again changes nothing. */
export async function insertAssignment(tx: Tx, assignment: NewAssignment, actorId: string): Promise<void> {
  const { regionId, assignmentId, personId, kind, accountId, organisationId, consentId, untilAt } = assignment;
  await orProblem(
    sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, consent_id, until_at, given_by)
    values (${regionId}, ${assignmentId}, ${personId}, ${kind}, ${accountId}, ${organisationId}, ${consentId}, ${untilAt}::timestamptz, ${actorId})
    on conflict do nothing`.execute(tx),
  );
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

/** Referrals that rested on a consent to share which is no more. Returns how many ended. */
export async function endReferrals(tx: Tx, { regionId, personId }: PersonKey, organisationId: string | null): Promise<number> {
  const { rows } = await orProblem(
    sql<{ n: number }>`select waymark.end_referrals(${regionId}, ${personId}, ${organisationId}::uuid) as n`.execute(tx),
  );
  return rows[0]?.n ?? 0;
}
