// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { BlindCode } from './blind-codes.ts';
import type { MasterKey } from './master-key.ts';
import { countFrequentCodes, type PersonKey } from './queries-vault.ts';

// As the owner: changing the master key and examining the vault are work at the machine, for nobody in particular.

export interface KeyRow extends PersonKey {
  readonly masterKeyId: string;
  readonly wrapped: Buffer;
  readonly sealed: Buffer | null;
}

export async function addComingKey(owner: Kysely<unknown>, key: MasterKey): Promise<void> {
  await sql`insert into waymark.vault_key (key_id, check_value, state) values (${key.id}, ${key.checkValue}, 'coming')`.execute(owner);
}

export async function countUnder(owner: Kysely<unknown>, keyId: string): Promise<number> {
  const {
    rows: [row],
  } = await sql<{ n: number }>`select count(*) as n from waymark.identity_key where master_key_id = ${keyId}`.execute(owner);
  return row?.n ?? 0;
}

/** The next of those under a key, held until the end of the transaction. */
export async function keysUnder(tx: Tx, keyId: string, after: PersonKey | null, limit: number): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`
    select k.region_id as "regionId", k.person_id as "personId", k.master_key_id as "masterKeyId", k.wrapped, i.sealed
    from waymark.identity_key k left join waymark.identity i using (region_id, person_id)
    where (k.region_id, k.person_id) > (${after?.regionId ?? -1}, ${after?.personId ?? '00000000-0000-0000-0000-000000000000'}::uuid)
      and k.master_key_id = ${keyId}
    order by k.region_id, k.person_id limit ${limit} for update of k`.execute(tx);
  return rows;
}

export async function rewriteKeys(
  tx: Tx,
  keyId: string,
  rows: readonly (PersonKey & { readonly wrapped: Buffer; readonly codes: readonly BlindCode[] })[],
): Promise<void> {
  if (rows.length === 0) return;
  const [regions, people] = [rows.map((r) => r.regionId), rows.map((r) => r.personId)];
  await sql`
    update waymark.identity_key k set master_key_id = ${keyId}, wrapped = x.wrapped
    from unnest(${regions}::integer[], ${people}::uuid[], ${rows.map((r) => r.wrapped)}::bytea[]) x(region_id, person_id, wrapped)
    where k.region_id = x.region_id and k.person_id = x.person_id`.execute(tx);
  await sql`
    update waymark.identity i set kinds = string_to_array(x.kinds, ',')::smallint[], codes = string_to_array(x.codes, ',')::bigint[]
    from unnest(${regions}::integer[], ${people}::uuid[], ${rows.map((r) => r.codes.map((c) => c.kind).join(','))}::text[],
      ${rows.map((r) => r.codes.map((c) => c.code).join(','))}::text[]) x(region_id, person_id, kinds, codes)
    where i.region_id = x.region_id and i.person_id = x.person_id`.execute(tx);
}

/** Waits for everybody who is writing an identity, and lets nobody begin until the end of the transaction. */
export async function holdKeys(tx: Tx): Promise<void> {
  await sql`select from waymark.vault_key where state <> 'gone' order by key_id for update`.execute(tx);
}

export async function swapKeys(tx: Tx, from: string, to: string): Promise<void> {
  await sql`update waymark.vault_key set state = 'gone' where key_id = ${from}`.execute(tx);
  await sql`update waymark.vault_key set state = 'current' where key_id = ${to}`.execute(tx);
}

/** What was wrapped under the old key leaves the database's files, too; and searches learn which of the new codes are frequent. */
export async function cleanUpAfterRotation(owner: Kysely<unknown>): Promise<void> {
  await sql`vacuum (analyze) waymark.identity_key, waymark.identity, waymark.own_id_key`.execute(owner);
  await countFrequentCodes(owner);
}

export interface VaultCounts {
  readonly identities: number;
  /** Keys without an identity. */
  readonly bare: number;
  /** Under a key that is neither current nor coming. */
  readonly lost: number;
  /** Under the key that is being left. */
  readonly left: number;
}

export async function countVault(owner: Kysely<unknown>): Promise<VaultCounts> {
  const {
    rows: [row],
  } = await sql<VaultCounts>`
    select count(i.person_id) as identities, count(*) filter (where i.person_id is null) as bare,
      count(*) filter (where v.state is null or v.state = 'gone') as lost,
      count(*) filter (where v.state = 'current' and exists (select from waymark.vault_key c where c.state = 'coming')) as "left"
    from waymark.identity_key k left join waymark.identity i using (region_id, person_id)
    left join waymark.vault_key v on v.key_id = k.master_key_id`.execute(owner);
  return row ?? { identities: 0, bare: 0, lost: 0, left: 0 };
}

export interface SampledIdentity extends PersonKey {
  readonly masterKeyId: string;
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
  readonly codes: readonly string[];
}

/** Some identities: the oldest, the newest, and by chance about `percent` of those between; each with its codes as `kind:code`. */
export async function sampleIdentities(owner: Kysely<unknown>, most: number, percent: number): Promise<SampledIdentity[]> {
  const { rows } = await sql<SampledIdentity>`
    with looked as (
      (select * from waymark.identity order by region_id, person_id limit ${most}::integer)
      union (select * from waymark.identity order by region_id desc, person_id desc limit ${most}::integer)
      union (select * from waymark.identity tablesample system (${percent}::real) limit ${most}::integer)
    )
    select s.region_id as "regionId", s.person_id as "personId", k.master_key_id as "masterKeyId", k.wrapped, s.sealed,
      (select coalesce(array_agg(x.kind || ':' || x.code), '{}') from unnest(s.kinds, s.codes) x(kind, code)) as codes
    from looked s join waymark.identity_key k using (region_id, person_id)`.execute(owner);
  return rows;
}
