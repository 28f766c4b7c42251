// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { ErasureLine } from '../../domain/erasure-line.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import type { RetentionCategory } from '../../domain/retention.ts';
import { orProblem } from '../refusals.ts';

export interface Erased extends PersonKey {
  /** What went, of all records of the one person together. */
  readonly counts: Record<string, number>;
}

/** What an erasure is ordered for, as it was on the screen: a request, or a rule of retention. */
export type ErasureGround =
  | { readonly requestId: string; readonly version: number }
  | { readonly requestId: null; readonly category: RetentionCategory; readonly version: number };

/** See db/migrations/0032: with every record joined to hers. None where she is not in the register. Problems: 'held', 'changed-meanwhile', 'outside-your-area'. */
export async function erasePerson(tx: Tx, { regionId, personId }: PersonKey, ground: ErasureGround, at: Date): Promise<Erased[]> {
  const category = ground.requestId === null ? ground.category : null;
  const { rows } = await orProblem(
    sql<Erased>`select region_id as "regionId", person_id as "personId", counts
      from waymark.erase_person(${regionId}, ${personId}, ${ground.requestId}, ${category}, ${ground.version}, ${at}::timestamptz)`.execute(
      tx,
    ),
  );
  return rows;
}

/** As waymark_jobs: whom a rule makes due. `tidied`: a record that was joined to another; the person stays. None: she is held or kept by now. */
export async function eraseDue(tx: Tx, { regionId, personId }: PersonKey, at: Date): Promise<(Erased & { readonly tidied: boolean })[]> {
  const { rows } = await sql<Erased & { tidied: boolean }>`select region_id as "regionId", person_id as "personId", counts, tidied
    from waymark.erase_due(${regionId}, ${personId}, ${at}::timestamptz)`.execute(tx);
  return rows;
}

/** As the owner, after a restore. */
export async function eraseAgain(tx: Tx, { regionId, personId, requestId, orderedBy, erasedAt }: ErasureLine, at: Date): Promise<Erased[]> {
  const { rows } = await orProblem(
    sql<Erased>`select region_id as "regionId", person_id as "personId", counts
      from waymark.erase_again(${regionId}, ${personId}, ${requestId}, ${orderedBy}, ${erasedAt}::timestamptz, ${at}::timestamptz)`.execute(
      tx,
    ),
  );
  return rows;
}

/** The ledger as lines of a list; as the owner. */
export async function findLedger(tx: Tx): Promise<ErasureLine[]> {
  const { rows } = await sql<Omit<ErasureLine, 'erasedAt'> & { erasedAt: Date }>`
    select region_id as "regionId", person_id as "personId", erased_at as "erasedAt", request_id as "requestId", ordered_by as "orderedBy"
    from waymark.erasure order by erased_at, region_id, person_id`.execute(tx);
  return rows.map((row) => ({ ...row, erasedAt: row.erasedAt.toISOString() }));
}

/** Lines of which nothing stands in the ledger go there. */
export async function insertLedger(tx: Tx, lines: readonly ErasureLine[]): Promise<void> {
  await sql`insert into waymark.erasure (region_id, person_id, erased_at, request_id, ordered_by)
    select * from unnest(${lines.map((l) => l.regionId)}::integer[], ${lines.map((l) => l.personId)}::uuid[], ${lines.map((l) => l.erasedAt)}::timestamptz[],
                         ${lines.map((l) => l.requestId)}::uuid[], ${lines.map((l) => l.orderedBy)}::text[])
    on conflict do nothing`.execute(tx);
}

/** Who of these is in the register again. */
export async function findThere(tx: Tx, lines: readonly PersonKey[]): Promise<PersonKey[]> {
  const { rows } = await sql<PersonKey>`
    select p.region_id as "regionId", p.person_id as "personId"
    from unnest(${lines.map((l) => l.regionId)}::integer[], ${lines.map((l) => l.personId)}::uuid[]) x(region_id, person_id)
    join waymark.person p using (region_id, person_id)`.execute(tx);
  return rows;
}

export interface LedgerRow extends PersonKey {
  readonly erasedAt: Date;
  readonly byRule: boolean;
  readonly counts: Record<string, number>;
}

export async function listErasures(tx: Tx, limit: number): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    select region_id as "regionId", person_id as "personId", erased_at as "erasedAt", request_id is null as "byRule", counts
    from waymark.erasure order by erased_at desc, person_id limit ${limit}`.execute(tx);
  return rows;
}
