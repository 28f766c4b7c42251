// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Seal, SealedEntry } from '../domain/seal.ts';

const moment = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
const sealColumns = sql`seal_no as "sealNo", encode(previous, 'hex') as previous, encode(digest, 'hex') as digest, ${moment('sealed_at')} as "sealedAt",
  entry_ids::text[] as "entryIds"`;
const entryColumns = sql`entry_id as "entryId", actor_id as "actorId", action, place_id as "placeId", subject`;

/** True for one transaction of one server at a time: two sealers would make two chains. */
export async function lockChain(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(hashtext('waymark.seal')) as mine`.execute(tx);
  return rows[0]?.mine ?? false;
}

/** Out of the queue for good once this transaction is committed. Oldest first; that order is the order in the seal. */
export async function takeUnsealed(tx: Tx, most: number): Promise<SealedEntry[]> {
  return (await sql<SealedEntry>`select ${entryColumns}, at, detail from waymark.take_unsealed(${most}::integer)`.execute(tx)).rows;
}

export async function findLastSeal(tx: Tx): Promise<Seal | null> {
  return (await sql<Seal>`select ${sealColumns} from waymark.audit_seal order by seal_no desc limit 1`.execute(tx)).rows[0] ?? null;
}

/** Nothing waits and the chain ends where it is known to end: the look of a server at rest, one short statement. */
export async function readChainEnd(tx: Tx): Promise<{ sealNo: number; digest: string; now: string; database: string }> {
  const { rows } = await sql<{ sealNo: number; digest: string; now: string; database: string }>`
    select coalesce(s.seal_no, 0) as "sealNo", coalesce(encode(s.digest, 'hex'), repeat('0', 64)) as digest, ${moment('clock_timestamp()')} as now,
           (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database()) as database
    from (values (1)) one left join (select seal_no, digest from waymark.audit_seal order by seal_no desc limit 1) s on true`.execute(tx);
  if (!rows[0]) throw new Error('The chain of the record of use cannot be read.');
  return rows[0];
}

export async function insertSeal(tx: Tx, seal: Seal): Promise<void> {
  await sql`insert into waymark.audit_seal (seal_no, entry_ids, digest, previous, sealed_at)
    values (${seal.sealNo}, ${seal.entryIds}::uuid[], decode(${seal.digest}, 'hex'), decode(${seal.previous}, 'hex'), ${seal.sealedAt}::timestamptz)`.execute(
    tx,
  );
}

/** For examinations, as the owner. */
export async function listSealsAfter(db: Tx, sealNo: number, most: number): Promise<Seal[]> {
  return (
    await sql<Seal>`select ${sealColumns} from waymark.audit_seal where seal_no > ${sealNo} order by seal_no limit ${most}`.execute(db)
  ).rows;
}

export async function findEntries(db: Tx, ids: readonly string[]): Promise<SealedEntry[]> {
  return (
    await sql<SealedEntry>`select ${entryColumns}, ${moment('at')} as at, detail::text as detail from waymark.audit_entry where entry_id = any (${ids}::uuid[])`.execute(
      db,
    )
  ).rows;
}

export interface Loose {
  readonly kind: 'neither' | 'twice' | 'queued-gone';
  readonly entryId: string;
}

/** Entries that are neither sealed nor waiting, kept twice, or waiting though they are gone. The database joins; nothing is held here. */
export async function findLooseEntries(db: Tx, most: number): Promise<Loose[]> {
  return (
    await sql<Loose>`
    with known as (
      select id, count(*) as times, bool_or(queued) as queued from (
        select unnest(entry_ids) as id, false as queued from waymark.audit_seal union all select entry_id, true from waymark.audit_unsealed) each
      group by id
    )
    select case when k.id is null then 'neither' when e.entry_id is null then 'queued-gone' else 'twice' end as kind, coalesce(e.entry_id, k.id) as "entryId"
    from waymark.audit_entry e full join known k on k.id = e.entry_id
    where k.id is null or k.times > 1 or (e.entry_id is null and k.queued)
    limit ${most}`.execute(db)
  ).rows;
}

export async function readTail(db: Tx): Promise<{ waiting: number; ageSeconds: number | null }> {
  const { rows } = await sql<{ waiting: number; ageSeconds: number | null }>`
    select count(*)::integer as waiting, extract(epoch from clock_timestamp() - min(a.at))::float8 as "ageSeconds"
    from waymark.audit_unsealed left join waymark.audit_entry a using (entry_id)`.execute(db);
  return rows[0] ?? { waiting: 0, ageSeconds: null };
}

export interface SealState {
  readonly sealNo: number | null;
  readonly sealedAt: Date | null;
  readonly waiting: number;
  readonly oldest: Date | null;
}

export async function readSealState(tx: Tx): Promise<SealState> {
  const { rows } =
    await sql<SealState>`select seal_no as "sealNo", sealed_at as "sealedAt", waiting, oldest from waymark.seal_state()`.execute(tx);
  return rows[0] ?? { sealNo: null, sealedAt: null, waiting: 0, oldest: null };
}
