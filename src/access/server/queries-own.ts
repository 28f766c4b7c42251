// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem, type ProblemCode } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { CodeKind } from '../domain/codes.ts';

/** Statements on accounts of people in the register (db/migrations/0041). Each asks by itself whether the person is in the asker's care. */

export interface PersonRef {
  readonly regionId: number;
  readonly personId: string;
}

export interface StoredOwnAccount {
  readonly accountId: string;
  readonly userName: string;
  readonly givenAt: Date;
  readonly disabled: boolean;
  readonly cameIn: boolean;
  readonly codeKind: CodeKind | null;
  readonly codeUntil: Date | null;
}

const refusals: Readonly<Record<string, readonly [ProblemCode, string?]>> = {
  '42501': ['not-found', 'There is no such person, or this person is not in your care.'],
  '23505': ['already-there', 'This person has an account already.'],
  WM003: ['people-not-kept'],
  WM004: ['no-consent', 'As things stand this person cannot have an account.'],
};

async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const [code, detail] = refusals[(cause as { code?: string }).code ?? ''] ?? [];
    if (code) throw new Problem(code, detail, { cause });
    throw cause;
  }
}

export async function listOwnAccounts(tx: Tx, { regionId, personId }: PersonRef): Promise<StoredOwnAccount[]> {
  const { rows } = await sql<StoredOwnAccount>`
    select account_id as "accountId", user_name as "userName", given_at as "givenAt", disabled, came_in as "cameIn",
           code_kind as "codeKind", code_until as "codeUntil" from waymark.own_accounts(${regionId}, ${personId})`.execute(tx);
  return rows;
}

export async function isInMyCare(tx: Tx, { regionId, personId }: PersonRef): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select waymark.assigned_to_me(${regionId}, ${personId}) as mine`.execute(tx);
  return rows[0]?.mine ?? false;
}

/** Problems: not-found, already-there, no-consent, people-not-kept. */
export async function invitePerson(
  tx: Tx,
  { regionId, personId }: PersonRef,
  made: { assignmentId: string; accountId: string; userName: string; locale: string; postId: string },
): Promise<void> {
  await orProblem(
    sql`select waymark.invite_person(${regionId}, ${personId}, ${made.assignmentId}, ${made.accountId}, ${made.userName}, ${made.locale},
                                     ${made.postId})`.execute(tx),
  );
}

/** How many were ended. Problems: not-found, people-not-kept. */
export async function endOwnAccounts(tx: Tx, { regionId, personId }: PersonRef): Promise<number> {
  const { rows } = await orProblem(sql<{ n: number }>`select waymark.end_own_accounts(${regionId}, ${personId}) as n`.execute(tx));
  return rows[0]?.n ?? 0;
}

/** The record whose account this is; null where it is nobody's any more. */
export async function findOwnRecord(tx: Tx): Promise<PersonRef | null> {
  const { rows } = await sql<PersonRef>`
    select region_id as "regionId", person_id as "personId" from waymark.own_record()`.execute(tx);
  return rows[0] ?? null;
}
