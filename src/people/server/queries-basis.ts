// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { LawfulBasis, NewBasis } from '../domain/basis.ts';
import { orProblem } from './refusals.ts';

const columns = sql`basis_id as "basisId", title, ground, citation, purposes, needs_consent as "needsConsent", from_on as "fromOn", ended_at as "endedAt", version`;
type Row = Omit<LawfulBasis, 'endedAt'> & { readonly endedAt: Date | null };
const view = (row: Row): LawfulBasis => ({ ...row, endedAt: row.endedAt?.toISOString() ?? null });

export async function listBases(tx: Tx): Promise<LawfulBasis[]> {
  const { rows } =
    await sql<Row>`select ${columns} from waymark.lawful_basis order by ended_at nulls first, from_on desc, basis_id`.execute(tx);
  return rows.map(view);
}

export async function findBasis(tx: Tx, basisId: string): Promise<LawfulBasis | null> {
  const { rows } = await sql<Row>`select ${columns} from waymark.lawful_basis where basis_id = ${basisId}`.execute(tx);
  return rows[0] ? view(rows[0]) : null;
}

/** Once: the same again changes nothing. Returns whether it is new. Problem 'already-there': under this id another one was stated before. */
export async function insertBasis(tx: Tx, basis: NewBasis, actorId: string): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${basis.basisId}, ${basis.title}, ${basis.ground}, ${basis.citation}, ${basis.purposes}::text[], ${basis.needsConsent}, ${basis.fromOn}, ${actorId})
    on conflict do nothing`.execute(tx),
  );
  if ((numAffectedRows ?? 0n) > 0n) return true;
  const { rows } =
    await sql`select from waymark.lawful_basis where basis_id = ${basis.basisId} and title = ${basis.title} and ground = ${basis.ground}
    and citation = ${basis.citation} and purposes = ${basis.purposes}::text[] and needs_consent = ${basis.needsConsent} and from_on = ${basis.fromOn}::date`.execute(
      tx,
    );
  if (rows.length === 0) throw new Problem('already-there', 'Something else was written down under this id before.');
  return false;
}

/** From now on nobody is recorded on it; who was, stays. False where the version is another or it has ended. */
export async function endBasis(tx: Tx, basisId: string, version: number, now: Date): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`update waymark.lawful_basis set ended_at = ${now}, version = version + 1
    where basis_id = ${basisId} and version = ${version} and ended_at is null`.execute(tx),
  );
  return (numAffectedRows ?? 0n) > 0n;
}

export async function arePeopleKept(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ kept: boolean }>`select waymark.people_kept() as kept`.execute(tx);
  return rows[0]?.kept ?? false;
}

/** Problems: no-lawful-basis to switch it on without one, people-recorded to switch it off with somebody there. */
export async function setPeopleKept(tx: Tx, kept: boolean): Promise<void> {
  await orProblem(sql`select waymark.set_people_kept(${kept})`.execute(tx));
}
