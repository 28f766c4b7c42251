// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { Problem } from '../../platform/domain/problem.ts';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { CodeKind } from '../domain/codes.ts';
import type { CodeTimes } from '../domain/invitation.ts';
import { accountColumns, placeRef, type StoredAccount } from './queries.ts';

/** Statements on codes and on the accounts that officers look after (db/migrations/0029). */

export interface NewCode {
  readonly codeId: string;
  readonly accountId: string;
  readonly hash: string;
}
export interface IssuedCode {
  readonly accountId: string;
  readonly kind: CodeKind;
  readonly expiresAt: Date;
}

/** One good code for each of these accounts; what they had before is void. */
export async function issueCodes(tx: Tx, codes: readonly NewCode[], phoneLost: boolean): Promise<IssuedCode[]> {
  const { rows } = await sql<IssuedCode>`
    select account_id as "accountId", kind, expires_at as "expiresAt"
    from waymark.issue_codes(${codes.map((code) => code.codeId)}::uuid[], ${codes.map((code) => code.accountId)}::text[],
                             ${codes.map((code) => code.hash)}::text[], ${phoneLost})`.execute(tx);
  return rows;
}

export async function voidCodes(tx: Tx, accountId: string): Promise<void> {
  await sql`select waymark.void_codes(${accountId})`.execute(tx);
}

export interface GoodCode {
  readonly codeId: string;
  readonly kind: CodeKind;
  readonly hash: string;
  readonly phoneLost: boolean;
}

/** As waymark_auth, with the account's row held: the code that would open it now. */
export async function findGoodCode(auth: Tx, accountId: string): Promise<GoodCode | null> {
  const { rows } = await sql<GoodCode>`
    select code_id as "codeId", kind, hash, phone_lost as "phoneLost" from waymark.access_code
    where account_id = ${accountId} and used_at is null and voided_at is null and expires_at > now() for update`.execute(auth);
  return rows[0] ?? null;
}

/** Whether this code opened the account before, and whether only minutes ago: the newest that did. */
export async function findUsedCode(auth: Tx, accountId: string, hash: string): Promise<{ justNow: boolean } | null> {
  const { rows } = await sql<{ justNow: boolean }>`
    select used_at > now() - interval '10 minutes' as "justNow" from waymark.access_code
    where account_id = ${accountId} and hash = ${hash} and used_at is not null`.execute(auth);
  return rows[0] ?? null;
}

export async function markCodeUsed(auth: Tx, codeId: string): Promise<void> {
  await sql`update waymark.access_code set used_at = now() where code_id = ${codeId}`.execute(auth);
}

/**
 * As the owner, after a restore: a code that was open when the backup was made may have been used or taken back since, and nobody is signed
 * in. Accounts for the own record end: one that ended since, because the phone came into other hands, must not open again. Answers how many
 * codes are void now and how many such accounts ended.
 */
export async function closeAccessOfBackup(owner: Kysely<unknown>): Promise<{ codes: number; ownAccounts: number }> {
  await sql`delete from auth.session`.execute(owner);
  const own = await sql`update waymark.assignment set ended_at = now(), ended_by = 'restore', version = version + 1
    where kind = 'self' and ended_at is null returning assignment_id`.execute(owner);
  const { rows } = await sql`update waymark.access_code set voided_at = now()
    where used_at is null and voided_at is null and expires_at > now() returning code_id`.execute(owner);
  return { codes: rows.length, ownAccounts: own.rows.length };
}

/** As the gate: whether it is, or was, the account of a person in the register. */
export async function isStoredOwnAccount(auth: Tx, accountId: string): Promise<boolean> {
  const { rows } = await sql<{ own: boolean }>`select waymark.is_own_account(${accountId}) as own`.execute(auth);
  return rows[0]?.own ?? false;
}

export async function setLocale(auth: Tx, accountId: string, locale: string): Promise<void> {
  await sql`update waymark.account set locale = ${locale} where account_id = ${accountId}`.execute(auth);
}

/** As the gate, which sees every name: those that begin like this one. */
export async function listNamesLike(auth: Tx, beginning: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select user_name as name from waymark.account where starts_with(user_name, ${beginning})`.execute(auth);
  return new Set(rows.map(({ name }) => name));
}

export async function findAccount(tx: Tx, accountId: string): Promise<StoredAccount | null> {
  const { rows } = await sql<StoredAccount>`select ${accountColumns} from waymark.account where account_id = ${accountId}`.execute(tx);
  return rows[0] ?? null;
}

export interface PostPath {
  readonly role: string;
  readonly placeId: string | null;
  readonly path: string | null;
  readonly organisationId: string | null;
}

export async function listPostPaths(tx: Tx, accountId: string): Promise<PostPath[]> {
  const { rows } = await sql<PostPath>`
    select o.role, o.place_id as "placeId", p.path::text as path, o.organisation_id as "organisationId"
    from waymark.post o left join waymark.place p using (place_id) where o.account_id = ${accountId} and o.ended_at is null`.execute(tx);
  return rows;
}

export interface StoredVolunteer {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly places: PlaceRef[];
  readonly disabled: boolean;
  readonly code: StoredAccount['code'];
  readonly version: number;
}

/** The volunteers of whoever asks, or the one. */
export async function listVolunteers(tx: Tx, accountId: string | null): Promise<StoredVolunteer[]> {
  const { rows } = await sql<StoredVolunteer>`
    select v.account_id as "accountId", v.user_name as "userName", v.display_name as "displayName", v.disabled_at is not null as disabled,
           v.version, jsonb_agg(${placeRef('p')} order by p.path) as places,
           case when v.code_kind is not null then jsonb_build_object('kind', v.code_kind, 'expiresAt', v.code_until) end as code
    from waymark.volunteers_of_mine() v join waymark.place p on p.place_id = any (v.places)
    where ${accountId === null ? sql`true` : sql`v.account_id = ${accountId}`}
    group by v.account_id, v.user_name, v.display_name, v.disabled_at, v.version, v.code_kind, v.code_until
    order by v.display_name, v.user_name`.execute(tx);
  return rows;
}

export async function inviteVolunteer(
  tx: Tx,
  given: { accountId: string; userName: string; displayName: string; locale: string; postId: string; placeId: string },
): Promise<void> {
  await sql`select waymark.invite_volunteer(${given.accountId}, ${given.userName}, ${given.displayName}, ${given.locale},
                                            ${given.postId}, ${given.placeId})`.execute(tx);
}

/** False where the account has another version by now. Problem `not-allowed` for whom an administrator shut out (db/migrations/0037). */
export async function setVolunteerDisabled(tx: Tx, accountId: string, disabled: boolean, version: number): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select waymark.set_volunteer_disabled(${accountId}, ${disabled}, ${version}) as done`
    .execute(tx)
    .catch((cause: { code?: string }) => {
      if (cause.code !== 'WM010') throw cause;
      throw new Problem('not-allowed', 'An administrator shut this person out; ask an administrator to let the person in again.', {
        cause,
      });
    });
  return rows[0]?.done ?? false;
}

export async function getCodeTimes(tx: Tx): Promise<CodeTimes> {
  const { rows } = await sql<CodeTimes>`
    select invitation_days::integer as "invitationDays", recovery_hours::integer as "recoveryHours" from waymark.installation`.execute(tx);
  if (!rows[0]) throw new Error('There is no installation.');
  return rows[0];
}

export async function setCodeTimes(tx: Tx, times: CodeTimes): Promise<void> {
  await sql`select waymark.set_code_times(${times.invitationDays}, ${times.recoveryHours})`.execute(tx);
}
