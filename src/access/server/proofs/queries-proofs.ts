// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';

/** Statements on what proves a second time (db/migrations/0024); all run as waymark_auth. */

export interface StoredApp {
  readonly sealed: Buffer;
  readonly lastStep: number;
  readonly madeAt: Date;
  readonly usedAt: Date | null;
}

export async function findTotp(auth: Tx, accountId: string): Promise<StoredApp | null> {
  const { rows } = await sql<StoredApp>`
    select sealed, last_step::integer as "lastStep", made_at as "madeAt", used_at as "usedAt" from auth.totp where account_id = ${accountId}`.execute(
    auth,
  );
  return rows[0] ?? null;
}

export async function putTotp(auth: Tx, totp: { accountId: string; sealed: Buffer; step: number; now: Date }): Promise<void> {
  await sql`insert into auth.totp (account_id, sealed, last_step, made_at, used_at)
    values (${totp.accountId}, ${totp.sealed}, ${totp.step}, ${totp.now}, ${totp.now})
    on conflict (account_id) do update set sealed = excluded.sealed, last_step = excluded.last_step, made_at = excluded.made_at,
      used_at = excluded.used_at`.execute(auth);
}

/** True the first time for a step; false for this one and all before it ever after. */
export async function spendStep(auth: Tx, accountId: string, step: number, now: Date): Promise<boolean> {
  const { rows } = await sql`update auth.totp set last_step = ${step}, used_at = ${now}
    where account_id = ${accountId} and last_step < ${step} returning account_id`.execute(auth);
  return rows.length > 0;
}

export async function deleteTotp(auth: Tx, accountId: string): Promise<boolean> {
  const { rows } = await sql`delete from auth.totp where account_id = ${accountId} returning account_id`.execute(auth);
  return rows.length > 0;
}

export interface StoredPasskey {
  readonly passkeyId: string;
  readonly accountId: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: string[];
  readonly name: string;
  readonly madeAt: Date;
  readonly usedAt: Date | null;
}

const passkeyColumns = sql`passkey_id as "passkeyId", account_id as "accountId", credential_id as "credentialId", public_key as "publicKey",
  counter, transports, name, made_at as "madeAt", used_at as "usedAt"`;

export async function listPasskeys(auth: Tx, accountId: string): Promise<StoredPasskey[]> {
  const { rows } = await sql<StoredPasskey>`
    select ${passkeyColumns} from auth.passkey where account_id = ${accountId} order by made_at, passkey_id`.execute(auth);
  return rows;
}

export async function findPasskey(auth: Tx, credentialId: string): Promise<StoredPasskey | null> {
  const { rows } =
    await sql<StoredPasskey>`select ${passkeyColumns} from auth.passkey where credential_id = ${credentialId} for update`.execute(auth);
  return rows[0] ?? null;
}

/** False where this very key is registered already, with whatever account. */
export async function insertPasskey(auth: Tx, key: Omit<StoredPasskey, 'usedAt'>): Promise<boolean> {
  const { rows } = await sql`
    insert into auth.passkey (passkey_id, account_id, credential_id, public_key, counter, transports, name, made_at)
    values (${key.passkeyId}, ${key.accountId}, ${key.credentialId}, ${key.publicKey}, ${key.counter}, ${key.transports}, ${key.name}, ${key.madeAt})
    on conflict (credential_id) do nothing returning passkey_id`.execute(auth);
  return rows.length > 0;
}

export async function usePasskey(auth: Tx, passkeyId: string, counter: number, now: Date): Promise<void> {
  await sql`update auth.passkey set counter = ${counter}, used_at = ${now} where passkey_id = ${passkeyId}`.execute(auth);
}

export async function deletePasskey(auth: Tx, accountId: string, passkeyId: string): Promise<boolean> {
  const { rows } =
    await sql`delete from auth.passkey where account_id = ${accountId} and passkey_id = ${passkeyId} returning passkey_id`.execute(auth);
  return rows.length > 0;
}

/** How many there were. */
export async function deletePasskeys(auth: Tx, accountId: string): Promise<number> {
  const { rows } = await sql`delete from auth.passkey where account_id = ${accountId} returning passkey_id`.execute(auth);
  return rows.length;
}

/** A new set ends the one before. */
export async function replaceRecoveryCodes(auth: Tx, accountId: string, digests: readonly Buffer[], now: Date): Promise<void> {
  await sql`delete from auth.recovery_code where account_id = ${accountId}`.execute(auth);
  for (const digest of digests)
    await sql`insert into auth.recovery_code (account_id, digest, made_at) values (${accountId}, ${digest}, ${now})`.execute(auth);
}

/** Whether there is a set that was made at this moment or later, none of it used. */
export async function hasWholeSetSince(auth: Tx, accountId: string, since: Date): Promise<boolean> {
  const { rows } = await sql<{ whole: boolean }>`
    select count(*) > 0 and bool_and(used_at is null and made_at >= ${since}) as whole from auth.recovery_code
    where account_id = ${accountId}`.execute(auth);
  return rows[0]?.whole ?? false;
}

/** True once a code. */
export async function spendRecoveryCode(auth: Tx, accountId: string, digest: Buffer, now: Date): Promise<boolean> {
  const { rows } = await sql`update auth.recovery_code set used_at = ${now}
    where account_id = ${accountId} and digest = ${digest} and used_at is null returning account_id`.execute(auth);
  return rows.length > 0;
}

export async function findRecoveryCodeUse(auth: Tx, accountId: string, digest: Buffer): Promise<Date | null> {
  const { rows } = await sql<{ usedAt: Date | null }>`
    select used_at as "usedAt" from auth.recovery_code where account_id = ${accountId} and digest = ${digest}`.execute(auth);
  return rows[0]?.usedAt ?? null;
}

export async function countRecoveryCodes(auth: Tx, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from auth.recovery_code
    where account_id = ${accountId} and used_at is null`.execute(auth);
  return rows[0]?.n ?? 0;
}

export async function deleteRecoveryCodes(auth: Tx, accountId: string): Promise<void> {
  await sql`delete from auth.recovery_code where account_id = ${accountId}`.execute(auth);
}

export async function insertSpent(auth: Tx, digest: Buffer, until: Date): Promise<boolean> {
  const { rows } = await sql`insert into auth.spent_challenge (digest, until_at) values (${digest}, ${until})
    on conflict do nothing returning digest`.execute(auth);
  return rows.length > 0;
}

export async function deleteSpent(auth: Tx, now: Date): Promise<void> {
  await sql`delete from auth.spent_challenge where until_at < ${now}`.execute(auth);
}

/** What this installation asks of roles, where it says anything of them. */
export async function readPolicy(tx: Tx): Promise<{ demo: boolean; policy: Record<string, boolean> }> {
  const { rows } = await sql<{ demo: boolean; policy: Record<string, boolean> }>`
    select coalesce((select is_demo from waymark.installation), false) as demo,
           coalesce((select jsonb_object_agg(role, second_proof) from waymark.role_policy), '{}') as policy`.execute(tx);
  return rows[0] ?? { demo: false, policy: {} };
}

export async function putPolicy(tx: Tx, role: string, asked: boolean): Promise<void> {
  await sql`insert into waymark.role_policy (role, second_proof) values (${role}, ${asked})
    on conflict (role) do update set second_proof = excluded.second_proof, changed_at = now()`.execute(tx);
}
