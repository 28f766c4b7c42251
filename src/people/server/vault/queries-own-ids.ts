// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { WrappedOwnIdKey } from './own-ids.ts';

export interface OwnIdKey extends WrappedOwnIdKey {
  /** Of the master key that opens it. */
  readonly checkValue: Buffer;
}

/** Every key of digests there is, the one to write under first. As the owner, the clock, whoever imports people and whoever erases. */
export async function ownIdKeys(tx: Tx): Promise<OwnIdKey[]> {
  const { rows } = await sql<OwnIdKey>`
    select key_id as "keyId", master_key_id as "masterKeyId", check_value as "checkValue", wrapped from waymark.own_id_keys()`.execute(tx);
  return rows;
}

/** Keeps the first key of digests, for an import that runs. Problem 'vault-closed' where its master key is gone by now. */
export async function beginOwnIds(tx: Tx, batchId: string, { keyId, masterKeyId, wrapped }: WrappedOwnIdKey): Promise<void> {
  try {
    await sql`select waymark.begin_own_ids(${batchId}::uuid, ${keyId}, ${masterKeyId}, ${wrapped})`.execute(tx);
  } catch (cause) {
    if ((cause as { code?: string }).code === '55000') throw new Problem('vault-closed', undefined, { cause });
    throw cause;
  }
}

/** As the owner: the keys of digests in which somebody who was erased is kept out of later lists. */
export async function ownIdKeysOfErased(owner: Kysely<unknown>): Promise<OwnIdKey[]> {
  const { rows } = await sql<{ keyId: string }>`select distinct key_id as "keyId" from waymark.erasure_source`.execute(owner);
  const used = new Set(rows.map(({ keyId }) => keyId));
  return used.size === 0 ? [] : (await ownIdKeys(owner)).filter(({ keyId }) => used.has(keyId));
}

/** As the owner, at the end of a change of the master key, who holds the keys (holdKeys): none is added meanwhile. */
export async function rewrapOwnIdKeys(tx: Tx, from: string, to: string, rewrap: (key: WrappedOwnIdKey) => Buffer): Promise<void> {
  for (const key of await ownIdKeys(tx))
    if (key.masterKeyId === from)
      await sql`update waymark.own_id_key set master_key_id = ${to}, wrapped = ${rewrap(key)} where key_id = ${key.keyId}`.execute(tx);
}

/**
 * As the owner, after an older backup: keys of digests of a list of erased people that this database does not have, where their master key is
 * the one in use; where the backup knew of none, it is from now on. Answers with those that are of another.
 */
export async function adoptOwnIdKeys(tx: Tx, keys: readonly OwnIdKey[]): Promise<string[]> {
  const left = new Set<string>();
  const { rows: there } = await sql<{ keyId: string }>`select key_id as "keyId" from waymark.own_id_key`.execute(tx);
  const known = new Set(there.map(({ keyId }) => keyId));
  // The last is the newest: each change of the master key adds a line.
  for (const key of keys.toReversed()) {
    if (known.has(key.keyId)) continue;
    await sql`insert into waymark.vault_key (key_id, check_value, state)
      select ${key.masterKeyId}, ${key.checkValue}, 'current' where not exists (select from waymark.vault_key where state <> 'gone')`.execute(
      tx,
    );
    const { numAffectedRows } = await sql`insert into waymark.own_id_key (key_id, master_key_id, wrapped)
      select ${key.keyId}, ${key.masterKeyId}, ${key.wrapped} from waymark.vault_key
      where key_id = ${key.masterKeyId} and check_value = ${key.checkValue} and state <> 'gone'`.execute(tx);
    if (numAffectedRows === 0n) left.add(key.keyId);
    else known.add(key.keyId);
  }
  return [...left].filter((keyId) => !known.has(keyId));
}

/** As the owner: people known to lists, or kept out of them, by digests whose key is not here. */
export async function countUnknownDigests(owner: Kysely<unknown>): Promise<{ people: number; erased: number }> {
  const {
    rows: [row],
  } = await sql<{ people: number; erased: number }>`
    select (select count(*)::integer from waymark.person_source s where not exists (select from waymark.own_id_key k where k.key_id = s.key_id)) as people,
      (select count(distinct (s.region_id, s.person_id))::integer from waymark.erasure_source s
       where not exists (select from waymark.own_id_key k where k.key_id = s.key_id)) as erased`.execute(owner);
  return row ?? { people: 0, erased: 0 };
}
