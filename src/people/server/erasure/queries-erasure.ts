// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { readSources, type ErasureLine } from '../../domain/erasure-line.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import type { DueReason } from '../../domain/retention.ts';
import { orProblem } from '../refusals.ts';

export interface Erased extends PersonKey {
  /** What went, of all records of the one person together. */
  readonly counts: Record<string, number>;
  /** `KEY:digest` of each list of others that knew her (erasure-line.ts). */
  readonly sources: readonly string[];
}

/** What an erasure is ordered for, as it was on the screen: a request, or a rule of retention. */
export type ErasureGround =
  | { readonly requestId: string; readonly version: number }
  | { readonly requestId: null; readonly category: DueReason; readonly version: number };

/** See db/migrations/0032: with every record joined to hers. None where she is not in the register. Problems: 'held', 'changed-meanwhile', 'outside-your-area'. */
export async function erasePerson(tx: Tx, { regionId, personId }: PersonKey, ground: ErasureGround, at: Date): Promise<Erased[]> {
  const category = ground.requestId === null ? ground.category : null;
  const { rows } = await orProblem(
    sql<Erased>`select region_id as "regionId", person_id as "personId", counts, sources
      from waymark.erase_person(${regionId}, ${personId}, ${ground.requestId}, ${category}, ${ground.version}, ${at}::timestamptz)`.execute(
      tx,
    ),
  );
  return rows;
}

/** As waymark_jobs: whom a rule makes due. `tidied`: a record that was joined to another; the person stays. None: she is held or kept by now. */
export async function eraseDue(tx: Tx, { regionId, personId }: PersonKey, at: Date): Promise<(Erased & { readonly tidied: boolean })[]> {
  const { rows } = await sql<Erased & { tidied: boolean }>`select region_id as "regionId", person_id as "personId", counts, sources, tidied
    from waymark.erase_due(${regionId}, ${personId}, ${at}::timestamptz)`.execute(tx);
  return rows;
}

/** As the owner, after a restore. */
export async function eraseAgain(tx: Tx, { regionId, personId, requestId, orderedBy, erasedAt }: ErasureLine, at: Date): Promise<Erased[]> {
  const { rows } = await orProblem(
    sql<Erased>`select region_id as "regionId", person_id as "personId", counts, sources
      from waymark.erase_again(${regionId}, ${personId}, ${requestId}, ${orderedBy}, ${erasedAt}::timestamptz, ${at}::timestamptz)`.execute(
      tx,
    ),
  );
  return rows;
}

/** The ledger as lines of a list; as the owner. */
export async function findLedger(tx: Tx): Promise<ErasureLine[]> {
  const { rows } = await sql<Omit<ErasureLine, 'erasedAt' | 'sources'> & { erasedAt: Date; sources: string[] }>`
    select e.region_id as "regionId", e.person_id as "personId", e.erased_at as "erasedAt", e.request_id as "requestId", e.ordered_by as "orderedBy",
      array(select s.key_id || ':' || encode(s.digest, 'hex') from waymark.erasure_source s
            where s.region_id = e.region_id and s.person_id = e.person_id order by 1) as sources
    from waymark.erasure e order by e.erased_at, e.region_id, e.person_id`.execute(tx);
  return rows.map((row) => ({ ...row, erasedAt: row.erasedAt.toISOString(), sources: readSources(row.sources) ?? [] }));
}

/** Lines and digests that do not stand in the ledger go there. */
export async function insertLedger(tx: Tx, lines: readonly ErasureLine[]): Promise<void> {
  await sql`insert into waymark.erasure (region_id, person_id, erased_at, request_id, ordered_by)
    select * from unnest(${lines.map((l) => l.regionId)}::integer[], ${lines.map((l) => l.personId)}::uuid[], ${lines.map((l) => l.erasedAt)}::timestamptz[],
                         ${lines.map((l) => l.requestId)}::uuid[], ${lines.map((l) => l.orderedBy)}::text[])
    on conflict do nothing`.execute(tx);
  const sources = lines.flatMap((line) => line.sources.map((source) => ({ ...line, ...source })));
  await sql`insert into waymark.erasure_source (region_id, person_id, digest, key_id)
    select x.region, x.person, decode(x.digest, 'hex'), x.key
    from unnest(${sources.map((s) => s.regionId)}::integer[], ${sources.map((s) => s.personId)}::uuid[], ${sources.map((s) => s.digest)}::text[],
                ${sources.map((s) => s.keyId)}::text[]) x(region, person, digest, key)
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
  /** No list brings her back. */
  readonly keptOut: boolean;
}

export async function listErasures(tx: Tx, limit: number): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    select e.region_id as "regionId", e.person_id as "personId", e.erased_at as "erasedAt", e.request_id is null as "byRule", e.counts,
      l.person_id is not null as "keptOut"
    from waymark.erasure e left join waymark.erased_of_lists() l using (region_id, person_id)
    order by e.erased_at desc, e.person_id limit ${limit}`.execute(tx);
  return rows;
}

/** Lists may bring her again. False where none is kept from it. */
export async function liftErasure(tx: Tx, { regionId, personId }: PersonKey, by: string, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into waymark.erasure_lifted (region_id, person_id, lifted_at, lifted_by)
    select region_id, person_id, ${at}::timestamptz, ${by} from waymark.erased_of_lists()
    where region_id = ${regionId} and person_id = ${personId} on conflict do nothing`.execute(tx);
  return numAffectedRows === 1n;
}
