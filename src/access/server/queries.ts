// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { CodeKind } from '../domain/codes.ts';
import { rolesWith } from '../domain/rights.ts';

export interface StoredAccount {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly disabledAt: Date | null;
  readonly lockedUntil: Date | null;
  readonly createdAt: Date;
  /** Handed over and not used; a date as JSON writes it. */
  readonly code: { readonly kind: CodeKind; readonly expiresAt: string } | null;
  readonly version: number;
}

export interface StoredPost {
  readonly postId: string;
  readonly accountId: string;
  readonly role: string;
  readonly givenAt: Date;
  readonly place: PlaceRef | null;
  readonly organisation: { readonly organisationId: string; readonly name: string } | null;
}

export const accountColumns = sql`account.account_id as "accountId", user_name as "userName", display_name as "displayName", locale,
  disabled_at as "disabledAt", locked_until as "lockedUntil", created_at as "createdAt", version,
  (select jsonb_build_object('kind', c.kind, 'expiresAt', c.expires_at) from waymark.access_code c
   where c.account_id = account.account_id and c.used_at is null and c.voided_at is null) as code`;

export const placeRef = (alias: string) => sql`case when ${sql.ref(`${alias}.place_id`)} is null then null else jsonb_build_object(
  'placeId', ${sql.ref(`${alias}.place_id`)}, 'country', ${sql.ref(`${alias}.country`)}, 'code', ${sql.ref(`${alias}.code`)},
  'level', ${sql.ref(`${alias}.level`)}, 'name', ${sql.ref(`${alias}.name`)}, 'names', ${sql.ref(`${alias}.names`)}) end`;

export interface SignedIn {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly posts: { role: string; placeId: string | null; organisationId: string | null; paths: string[] }[];
}

/** An account that is not disabled, with the paths of its posts. */
export const signedIn = sql`
  a.account_id as "accountId", a.user_name as "userName", a.display_name as "displayName", a.locale, coalesce((
    select jsonb_agg(jsonb_build_object('role', o.role, 'placeId', o.place_id, 'organisationId', o.organisation_id, 'paths',
      case when o.place_id is null
        then (select coalesce(jsonb_agg(p.path::text order by p.path), '[]') from waymark.place p where p.level = 0)
        else (select coalesce(jsonb_agg(p.path::text), '[]') from waymark.place p where p.place_id = o.place_id) end) order by o.given_at, o.post_id)
    from waymark.post o left join waymark.organisation org using (organisation_id)
    where o.account_id = a.account_id and o.ended_at is null and org.ended_at is null), '[]') as posts`;

export async function findSignedIn(auth: Tx, accountId: string): Promise<SignedIn | null> {
  const { rows } =
    await sql<SignedIn>`select ${signedIn} from waymark.account a where a.account_id = ${accountId} and a.disabled_at is null`.execute(
      auth,
    );
  return rows[0] ?? null;
}

export async function findPlacePosition(auth: Tx, placeId: string): Promise<{ path: string; level: number } | null> {
  const { rows } = await sql<{ path: string; level: number }>`
    select path::text as path, level from waymark.place where place_id = ${placeId}`.execute(auth);
  return rows[0] ?? null;
}

export async function findPlaceRef(tx: Tx, placeId: string): Promise<PlaceRef | null> {
  const { rows } = await sql<{
    place: PlaceRef;
  }>`select ${placeRef('p')} as place from waymark.place p where p.place_id = ${placeId}`.execute(tx);
  return rows[0]?.place ?? null;
}

/** The country, where the installation holds one only. */
export async function findOnlyCountry(tx: Tx): Promise<PlaceRef | null> {
  const { rows } = await sql<{ place: PlaceRef }>`select ${placeRef('p')} as place from waymark.place p where p.level = 0 limit 2`.execute(
    tx,
  );
  return rows.length === 1 ? (rows[0]?.place ?? null) : null;
}

export async function listPosts(tx: Tx, accountId: string | null): Promise<StoredPost[]> {
  const { rows } = await sql<StoredPost>`
    select o.post_id as "postId", o.account_id as "accountId", o.role, o.given_at as "givenAt", ${placeRef('p')} as place,
           case when g.organisation_id is not null then jsonb_build_object('organisationId', g.organisation_id, 'name', g.name) end as organisation
    from waymark.post o left join waymark.place p on p.place_id = o.place_id left join waymark.organisation g using (organisation_id)
    where o.ended_at is null and ${accountId === null ? sql`true` : sql`o.account_id = ${accountId}`}
    order by o.given_at, o.post_id
  `.execute(tx);
  return rows;
}

export async function listStoredAccounts(tx: Tx): Promise<StoredAccount[]> {
  const { rows } = await sql<StoredAccount>`select ${accountColumns} from waymark.account order by user_name`.execute(tx);
  return rows;
}

/** Locks the row, so that two administrators cannot both act on what they saw. */
export async function findAccountToChange(tx: Tx, accountId: string): Promise<StoredAccount | null> {
  const { rows } =
    await sql<StoredAccount>`select ${accountColumns} from waymark.account where account_id = ${accountId} for update`.execute(tx);
  return rows[0] ?? null;
}

export async function findAccountByName(tx: Tx, userName: string): Promise<StoredAccount | null> {
  const { rows } = await sql<StoredAccount>`select ${accountColumns} from waymark.account where user_name = ${userName}`.execute(tx);
  return rows[0] ?? null;
}

export async function insertAccount(
  tx: Tx,
  account: { accountId: string; userName: string; displayName: string; locale: string },
): Promise<void> {
  await sql`insert into waymark.account (account_id, user_name, display_name, locale)
            values (${account.accountId}, ${account.userName}, ${account.displayName}, ${account.locale})`.execute(tx);
}

export async function updateAccount(tx: Tx, accountId: string, change: { displayName: string; disabledAt: Date | null }): Promise<void> {
  await sql`update waymark.account set display_name = ${change.displayName}, disabled_at = ${change.disabledAt}, version = version + 1
            where account_id = ${accountId}`.execute(tx);
}

/** A new password, and a clean slate of failures with it. */
export async function unlockAccount(tx: Tx, accountId: string): Promise<void> {
  await sql`update waymark.account set failed_sign_ins = 0, locked_until = null, version = version + 1 where account_id = ${accountId}`.execute(
    tx,
  );
}

export async function touchAccount(tx: Tx, accountId: string): Promise<void> {
  await sql`update waymark.account set version = version + 1 where account_id = ${accountId}`.execute(tx);
}

export async function insertPost(
  tx: Tx,
  post: { postId: string; accountId: string; role: string; placeId: string | null; organisationId: string | null },
): Promise<void> {
  await sql`insert into waymark.post (post_id, account_id, role, place_id, organisation_id)
            values (${post.postId}, ${post.accountId}, ${post.role}, ${post.placeId}, ${post.organisationId})`.execute(tx);
}

/** True when there was such a post to end. */
export async function endPost(tx: Tx, accountId: string, postId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`update waymark.post set ended_at = ${now}
    where post_id = ${postId} and account_id = ${accountId} and ended_at is null returning post_id`.execute(tx);
  return rows.length > 0;
}

/** Waits for any other change to who may manage accounts, so that the last two administrators cannot retire each other. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('waymark.administrators', 0))`.execute(tx);
}

export async function countOtherAdministrators(tx: Tx, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct a.account_id)::integer as n from waymark.account a join waymark.post o using (account_id)
    where o.role = any (${[...rolesWith('accounts.manage')]}::text[]) and o.ended_at is null and a.disabled_at is null and a.account_id <> ${accountId}`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

export async function isAnybodyThere(tx: Tx): Promise<boolean> {
  const { rows } = await sql`select from waymark.account limit 1`.execute(tx);
  return rows.length > 0;
}

export async function isDemo(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ isDemo: boolean }>`select is_demo as "isDemo" from waymark.installation`.execute(tx);
  return rows[0]?.isDemo ?? false;
}

/** The actor's own, through a function that can change nothing else (db/migrations/0006). */
export async function setOwnLocale(tx: Tx, locale: string): Promise<void> {
  await sql`select waymark.set_own_locale(${locale})`.execute(tx);
}

/** One that still exists. */
export async function findOrganisation(tx: Tx, organisationId: string): Promise<{ organisationId: string; name: string } | null> {
  const { rows } = await sql<{ organisationId: string; name: string }>`
    select organisation_id as "organisationId", name from waymark.organisation where organisation_id = ${organisationId} and ended_at is null`.execute(
    tx,
  );
  return rows[0] ?? null;
}
