// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Household, Person } from '../domain/person.ts';
import { orProblem } from './refusals.ts';

/** Registers households. Problems: 'outside-your-area'. */
export async function insertHouseholds(tx: Tx, households: readonly Household[]): Promise<void> {
  await orProblem(
    sql`
    insert into waymark.household (region_id, household_id, place_id)
    select * from unnest(${households.map((h) => h.regionId)}::integer[], ${households.map((h) => h.householdId)}::uuid[], ${households.map((h) => h.placeId)}::uuid[])`.execute(
      tx,
    ),
  );
}

/** Registers people; the caller then lets the risk room know (peopleChanged). Problems: 'outside-your-area'. */
export async function insertPeople(tx: Tx, people: readonly Person[]): Promise<void> {
  await orProblem(
    sql`
    insert into waymark.person (region_id, person_id, household_id, place_id, sex, born_on, born_precision, basis_id, batch_id)
    select * from unnest(${people.map((p) => p.regionId)}::integer[], ${people.map((p) => p.personId)}::uuid[], ${people.map((p) => p.householdId)}::uuid[],
                         ${people.map((p) => p.placeId)}::uuid[], ${people.map((p) => p.sex)}::smallint[], ${people.map((p) => p.bornOn)}::date[],
                         ${people.map((p) => p.bornPrecision ?? 2)}::smallint[], ${people.map((p) => p.basisId ?? null)}::uuid[], ${people.map((p) => p.batchId ?? null)}::uuid[])`.execute(
      tx,
    ),
  );
}

/** A person now lives elsewhere, on her own or in another household of the region she was registered in. Problems: 'not-found', 'changed-meanwhile', 'outside-your-area'. */
export async function movePerson(
  tx: Tx,
  person: Pick<Person, 'regionId' | 'personId'>,
  to: Pick<Person, 'placeId' | 'householdId'>,
  version: number,
): Promise<void> {
  const {
    rows: [moved],
  } = await orProblem(
    sql<{ version: number }>`
    update waymark.person set place_id = ${to.placeId}, household_id = ${to.householdId}, version = version + 1
    where region_id = ${person.regionId} and person_id = ${person.personId} and version = ${version} returning version`.execute(tx),
  );
  if (moved) return;
  const {
    rows: [there],
  } = await sql`
    select 1 from waymark.person where region_id = ${person.regionId} and person_id = ${person.personId}`.execute(tx);
  throw new Problem(there ? 'changed-meanwhile' : 'not-found');
}

/** Holds somebody's record until the end of the transaction: what removes or joins it comes before what is written about her, or after it. */
export async function holdRecord(tx: Tx, { regionId, personId }: Pick<Person, 'regionId' | 'personId'>): Promise<void> {
  await sql`select waymark.hold_record(${regionId}, ${personId})`.execute(tx);
}

/** The same of several, in the one order in which everybody takes them. */
export async function holdRecords(tx: Tx, keys: readonly Pick<Person, 'regionId' | 'personId'>[]): Promise<void> {
  const inOrder = keys.toSorted((a, b) => a.regionId - b.regionId || (a.personId < b.personId ? -1 : 1));
  for (const key of inOrder) await holdRecord(tx, key);
}

/** Lets one after the other write what there is to be one of at a time for somebody: until the end of the transaction. */
export async function waitForOthers(tx: Tx, personId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${personId}, 0))`.execute(tx);
}
