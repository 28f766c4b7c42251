// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Subject } from './queries.ts';

/**
 * Writes down that answers about to be written are to be followed, and holds the people and households they are about for the rest of the
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

/** Takes up to `most` answers off the list, oldest first, passing over those that another server has in hand; as waymark_jobs. */
export async function takeToFollow(jobsTx: Tx, most: number): Promise<{ taken: number; subjects: (Subject & { code: string })[] }> {
  const { rows } = await sql<Subject & { code: string | null }>`
    ${prepared} with next as (
      select region_id, assessment_id from waymark.answer_to_follow order by asked_at, region_id, assessment_id limit ${most} for update skip locked
    ), taken as (
      delete from waymark.answer_to_follow f using next n where (f.region_id, f.assessment_id) = (n.region_id, n.assessment_id)
      returning f.region_id, f.assessment_id
    )
    select i.code, a.subject_kind as "subjectKind", a.subject_id as "subjectId", t.region_id as "regionId"
    from taken t left join waymark.assessment a using (region_id, assessment_id) left join waymark.instrument i using (instrument_id)`.execute(
    jobsTx,
  );
  // An answer that is not there was erased with the person it was about.
  return { taken: rows.length, subjects: rows.filter((row): row is Subject & { code: string } => row.code !== null) };
}
