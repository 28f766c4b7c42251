// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** Statements on the sign-in library's own tables (schema auth) and on the counters of failures; all run as waymark_auth. */

export interface LockState {
  readonly accountId: string;
  /** Networks that came to rest over this name since somebody last signed in with it (domain/lockout.ts). */
  readonly failures: number;
  readonly lockedUntil: Date | null;
  readonly disabled: boolean;
}

/** Holds the account's row until the attempt is judged: ten guesses at once are ten guesses one after another. */
export async function findForSignIn(auth: Tx, userName: string): Promise<LockState | null> {
  const { rows } = await sql<LockState>`
    select account_id as "accountId", failed_sign_ins as failures, locked_until as "lockedUntil", disabled_at is not null as disabled
    from waymark.account where user_name = ${userName} for update`.execute(auth);
  return rows[0] ?? null;
}

export async function findAccountId(auth: Tx, userName: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`select account_id as id from waymark.account where user_name = ${userName}`.execute(auth);
  return rows[0]?.id ?? null;
}

export async function setFailures(auth: Tx, accountId: string, failures: number, lockedUntil: Date | null): Promise<void> {
  await sql`update waymark.account set failed_sign_ins = ${Math.min(failures, 30_000)}, locked_until = ${lockedUntil}
            where account_id = ${accountId}`.execute(auth);
}

/**
 * The library's half of an account: a user and her password, or none while she is invited. A user left by an attempt that failed between the two halves has no
 * account row and is cleared away first.
 */
export async function insertLogin(auth: Tx, login: { accountId: string; userName: string; passwordHash: string | null }): Promise<void> {
  await sql`delete from auth."user" u where (u.username = ${login.userName} or u.id = ${login.accountId})
            and not exists (select from waymark.account a where a.account_id = u.id)`.execute(auth);
  await sql`insert into auth."user" ("id", "name", "email", "username", "displayUsername")
            values (${login.accountId}, ${login.userName}, ${`${login.accountId}@accounts.invalid`}, ${login.userName}, ${login.userName})`.execute(
    auth,
  );
  await sql`insert into auth."account" ("id", "accountId", "providerId", "userId", "password")
            values (${login.accountId}, ${login.accountId}, 'credential', ${login.accountId}, ${login.passwordHash})`.execute(auth);
}

export async function setPasswordHash(auth: Tx, accountId: string, passwordHash: string): Promise<void> {
  await sql`update auth."account" set "password" = ${passwordHash}, "updatedAt" = now()
            where "userId" = ${accountId} and "providerId" = 'credential'`.execute(auth);
}

export async function findPasswordHash(auth: Tx, accountId: string): Promise<string | null> {
  const { rows } = await sql<{ password: string | null }>`
    select "password" from auth."account" where "userId" = ${accountId} and "providerId" = 'credential'`.execute(auth);
  return rows[0]?.password ?? null;
}

/** Signs the account out everywhere. */
export async function deleteSessions(auth: Tx, accountId: string): Promise<void> {
  await sql`delete from auth."session" where "userId" = ${accountId}`.execute(auth);
}

export async function deleteExpiredSessions(auth: Tx, now: Date): Promise<void> {
  await sql`delete from auth."session" where "expiresAt" < ${now}`.execute(auth);
}
