// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { ImpactNumbers } from '../../domain/impact.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import type { Printout } from '../../domain/printout.ts';

/** Days on which her name was read, by role. */
export async function findReadings(tx: Tx, { regionId, personId }: PersonKey): Promise<Printout['readings']> {
  const { rows } = await sql<Printout['readings'][number]>`
    select day as date, role, action, times from waymark.readings_of(${regionId}, ${personId})`.execute(tx);
  return rows;
}

/** Whether all her telephone numbers are told to whoever asks, because her own record is handed to her (db/migrations/0047). */
export async function mayHandOverNumbers(tx: Tx, { regionId, personId }: PersonKey): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select waymark.may_hand_over_numbers(${regionId}, ${personId}) as may`.execute(tx);
  return rows[0]?.may ?? false;
}

/** Organisations she was referred to, also those where that has ended; as far as whoever asks may know. */
export async function findShared(tx: Tx, { regionId, personId }: PersonKey): Promise<Printout['shared']> {
  const { rows } = await sql<{ with: string | null; since: Date; until: Date | null }>`
    select g.name as "with", a.given_at as since, coalesce(a.ended_at, a.until_at) as until
    from waymark.shared_with(${regionId}, ${personId}) a left join waymark.organisation g using (organisation_id) order by a.given_at desc`.execute(
    tx,
  );
  return rows.map((row) => ({ with: row.with, since: row.since.toISOString(), until: row.until?.toISOString() ?? null }));
}

export async function countForImpact(tx: Tx): Promise<ImpactNumbers> {
  const { rows } = await sql<{ numbers: ImpactNumbers }>`select waymark.impact_numbers() as numbers`.execute(tx);
  const numbers = rows[0]?.numbers;
  if (!numbers) throw new Error('the impact page was not counted');
  return numbers;
}
