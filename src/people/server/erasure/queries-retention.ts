// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { NewId } from '../../../platform/domain/actor.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import type { DueReason, DueRecord, RetentionFacts, RetentionAction, RetentionCategory, RetentionRule } from '../../domain/retention.ts';
import { orProblem } from '../refusals.ts';
import { districtOf, heldNow } from './queries-requests.ts';

export async function listRules(tx: Tx): Promise<RetentionRule[]> {
  const { rows } = await sql<Omit<RetentionRule, 'since'> & { since: Date }>`
    select category, months, action, created_at as since from waymark.retention_rule where ended_at is null order by category`.execute(tx);
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Ends the rule in force, and begins another where there is one to begin. A rule is never changed, so that what held when stays known. */
export async function putRule(
  tx: Tx,
  category: RetentionCategory,
  rule: { readonly months: number; readonly action: RetentionAction } | null,
  by: { readonly actorId: string; readonly now: Date; readonly newId: NewId },
): Promise<void> {
  await orProblem(
    sql`update waymark.retention_rule set ended_at = ${by.now}, ended_by = ${by.actorId} where category = ${category} and ended_at is null`.execute(
      tx,
    ),
  );
  if (rule === null) return;
  await orProblem(
    sql`insert into waymark.retention_rule (rule_id, category, months, action, created_by, created_at)
    values (${by.newId()}, ${category}, ${rule.months}, ${rule.action}, ${by.actorId}, ${by.now})`.execute(tx),
  );
}

export async function listDue(tx: Tx, limit: number): Promise<DueRecord[]> {
  const { rows } = await sql<Omit<DueRecord, 'number'>>`
    select d.region_id as "regionId", d.person_id as "personId", d.category, d.since_on as "sinceOn", d.keep_until as "keepUntil", d.citation,
           ${districtOf('d')} as district, ${heldNow('d')} as held, d.version
    from waymark.retention_due d order by d.keep_until nulls first, d.since_on, d.person_id limit ${limit}`.execute(tx);
  return rows.map((row) => ({ ...row, number: recordNumber(row.personId) }));
}

export async function findDueVersion(tx: Tx, { regionId, personId }: PersonKey, category: DueReason): Promise<number | null> {
  const { rows } = await sql<{ version: number }>`select version from waymark.retention_due
    where region_id = ${regionId} and person_id = ${personId} and category = ${category}`.execute(tx);
  return rows[0]?.version ?? null;
}

/** False where the version is another. */
export async function keepDue(
  tx: Tx,
  { regionId, personId, category, version }: Pick<DueRecord, 'regionId' | 'personId' | 'category' | 'version'>,
  until: { readonly untilOn: string; readonly citation: string },
  actorId: string,
): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`update waymark.retention_due set keep_until = ${until.untilOn}, citation = ${until.citation}, kept_by = ${actorId}, version = version + 1
    where region_id = ${regionId} and person_id = ${personId} and category = ${category} and version = ${version}`.execute(tx),
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** As waymark_jobs. Returns how many are new in the queue. */
export async function findDue(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql<{ n: number }>`select waymark.find_retention_due(${now}::timestamptz) as n`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** As waymark_jobs: whom a rule erases without anybody looking. */
export async function findToErase(tx: Tx, now: Date, limit: number): Promise<PersonKey[]> {
  const { rows } = await sql<PersonKey>`
    select region_id as "regionId", person_id as "personId" from waymark.due_to_erase(${now}::timestamptz, ${limit})`.execute(tx);
  return rows;
}

/** The days that rules count from, as find_retention_due has them: registered, last seen, and since when somebody's last word on a record is no. */
export async function findRetentionDays(
  tx: Tx,
  { regionId, personId }: PersonKey,
): Promise<Pick<RetentionFacts, 'registeredOn' | 'lastSeenOn' | 'withdrawnOn'>> {
  const { rows } = await sql<Pick<RetentionFacts, 'registeredOn' | 'lastSeenOn' | 'withdrawnOn'>>`
    select (p.created_at at time zone waymark.time_zone())::date as "registeredOn",
           (select (a.observed_at at time zone waymark.time_zone())::date from waymark.assessment a
            where a.region_id = p.region_id and a.subject_kind = 'person' and a.subject_id = p.person_id order by a.observed_at desc limit 1) as "lastSeenOn",
           (select min((w.observed_at at time zone waymark.time_zone())::date) from (
              select distinct on (c.by_whom) c.act, c.observed_at from waymark.consent_event c
              where c.region_id = p.region_id and c.person_id = p.person_id and c.purpose = 'register'
              order by c.by_whom, c.observed_at desc, c.recorded_at desc, c.event_id desc) w where w.act = 'withdrawn') as "withdrawnOn"
    from waymark.person p where p.region_id = ${regionId} and p.person_id = ${personId}`.execute(tx);
  if (!rows[0]) throw new Problem('not-found');
  return rows[0];
}
