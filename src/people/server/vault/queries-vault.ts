// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem } from '../../../platform/domain/problem.ts';
import { bytes } from '../../../platform/server/arrays.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { AskedCode, BlindCode } from './blind-codes.ts';
import type { MasterKey } from './master-key.ts';
import type { SealedBlock } from './sealing-thread.ts';
import type { SealedIdentity } from './vault.ts';

export interface PersonKey {
  readonly regionId: number;
  readonly personId: string;
}

export interface KnownKey {
  readonly keyId: string;
  readonly checkValue: Buffer;
  readonly state: 'current' | 'coming' | 'gone';
  /** Whether anything is kept that is lost with the master key: identities, and digests by which lists know people. */
  readonly anybody: boolean;
}

/** Every master key this database ever knew, oldest first. */
export async function knownKeys(tx: Tx): Promise<KnownKey[]> {
  const { rows } = await sql<KnownKey>`
    select key_id as "keyId", check_value as "checkValue", state, anybody from waymark.vault_keys()`.execute(tx);
  return rows;
}

/** Keeps the check value of the first key. Two who come at once: the first one's stays, and the other has to hold it. */
export async function beginVault(tx: Tx, key: MasterKey): Promise<void> {
  await sql`select waymark.begin_vault(${key.id}, ${key.checkValue})`.execute(tx);
}

export interface IdentityRow extends SealedIdentity {
  readonly codes: readonly BlindCode[];
  /** What the writer had before her; 0 for somebody new. */
  readonly basedOn: number;
}

/** How many were written: all, or the caller takes everything back. Problems: 'outside-your-area', 'vault-closed' (the key is gone). */
export async function insertIdentities(tx: Tx, keyId: string, rows: readonly IdentityRow[]): Promise<number> {
  const joined = (codes: readonly BlindCode[], of: (code: BlindCode) => string | number): string => codes.map(of).join(',');
  const {
    rows: [written],
  } = await refused(
    sql<{ n: number }>`
      select waymark.put_identities(${keyId}, ${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.personId)}::uuid[],
        ${bytes(rows.map((r) => r.wrapped))}::bytea[], ${bytes(rows.map((r) => r.sealed))}::bytea[],
        ${rows.map((r) => joined(r.codes, ({ kind }) => kind))}::text[], ${rows.map((r) => joined(r.codes, ({ code }) => code))}::text[],
        ${rows.map((r) => r.basedOn)}::integer[]) as n`.execute(tx),
  );
  return written?.n ?? 0;
}

/** Of people whom an import brings, none of whom has one yet: all or none. Problems as above. */
export async function insertImported(tx: Tx, batchId: string, keyId: string, block: SealedBlock): Promise<void> {
  await refused(
    sql`select waymark.import_identities(${batchId}::uuid, ${keyId}, ${block.regions}::integer[], ${block.persons}::uuid[],
      ${block.wrapped}::bytea[], ${block.sealed}::bytea[], ${block.kinds}::text[], ${block.codes}::text[])`.execute(tx),
  );
}

async function refused<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === '42501') throw new Problem('outside-your-area', undefined, { cause });
    if (code === '55000') throw new Problem('vault-closed', undefined, { cause });
    throw cause;
  }
}

export interface StoredIdentity extends SealedIdentity {
  readonly version: number;
}

/** Those of the people asked for that the asker may know; the database leaves the others out. */
export async function sealedIdentities(tx: Tx, keys: readonly PersonKey[]): Promise<StoredIdentity[]> {
  const { rows } = await sql<StoredIdentity>`
    select region_id as "regionId", person_id as "personId", master_key_id as "masterKeyId", wrapped, sealed, version
    from waymark.sealed_identities(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[])`.execute(tx);
  return rows;
}

/** Which of these have not agreed to be called or written to, of those whoever asks may see (db/migrations/0047). By whole id. */
export async function findNotToContact(tx: Tx, keys: readonly PersonKey[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ personId: string }>`
    select person_id as "personId" from waymark.not_to_contact(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[], false)`.execute(
    tx,
  );
  return new Set(rows.map(({ personId }) => personId));
}

export interface FoundPerson extends PersonKey {
  /** How many of the codes asked for are hers, and how many of these are not only of the sound. */
  readonly shared: number;
  readonly exact: number;
}

/** Problems: 'outside-your-area'. */
export async function findByCodes(tx: Tx, placeId: string | null, asked: readonly AskedCode[], limit: number): Promise<FoundPerson[]> {
  try {
    const { rows } = await sql<FoundPerson>`
      select region_id as "regionId", person_id as "personId", shared, exact
      from waymark.find_by_codes(${placeId}::uuid, ${asked.map((a) => a.regionId)}::integer[], ${asked.map((a) => a.kind)}::smallint[],
        ${asked.map((a) => a.code)}::bigint[], ${asked.map((a) => a.nth)}::smallint[], ${limit}::integer)`.execute(tx);
    return rows;
  } catch (cause) {
    if ((cause as { code?: string }).code === '42501') throw new Problem('outside-your-area', undefined, { cause });
    throw cause;
  }
}

/** Counts which codes many people share, so that a search knows what is rare. As waymark_jobs or the owner. */
export async function countFrequentCodes(tx: Tx): Promise<void> {
  await sql`select waymark.count_frequent_codes()`.execute(tx);
}

/** Every region in which somebody can have been registered. */
export async function regionsOfRegistration(tx: Tx): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select distinct region_id as id from waymark.place where level = 1 order by 1`.execute(tx);
  return rows.map(({ id }) => id);
}

/** How many had an identity. */
export async function deleteIdentityKeys(tx: Tx, keys: readonly PersonKey[]): Promise<number> {
  const {
    rows: [gone],
  } = await sql<{ n: number }>`
    select waymark.destroy_identities(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[]) as n`.execute(tx);
  return gone?.n ?? 0;
}
