// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export type BatchState = 'running' | 'done' | 'failed' | 'cancelled' | 'undone';
export interface BatchRow {
  readonly batch_id: string; readonly kind: string; readonly file_name: string; readonly mapping_name: string; readonly state: BatchState;
  readonly report: Readonly<Record<string, unknown>>; readonly actor_id: string; readonly started_at: Date; readonly finished_at: Date | null; readonly undone_at: Date | null;
}
export interface NewBatch {
  readonly batchId: string; readonly kind: string; readonly fileName: string; readonly fileSha256: string;
  readonly mappingName: string; readonly mapping: Readonly<Record<string, unknown>>; readonly mappingSha256: string; readonly actorId: string;
}

export async function insertBatch(tx: Tx, b: NewBatch): Promise<void> {
  await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
    values (${b.batchId}, ${b.kind}, ${b.fileName}, ${b.fileSha256}, ${b.mappingName}, ${JSON.stringify(b.mapping)}::jsonb, ${b.mappingSha256}, 'running', ${b.actorId})`.execute(tx);
}

/** The batch that took the same files under the same mapping and still stands. */
export async function findSame(tx: Tx, kind: string, fileSha256: string, mappingSha256: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch
    where kind = ${kind} and file_sha256 = ${fileSha256} and mapping_sha256 = ${mappingSha256} and state = 'done'`.execute(tx);
  return rows[0] ?? null;
}

export async function finishBatch(tx: Tx, batchId: string, state: BatchState, report: unknown): Promise<void> {
  await sql`update waymark.import_batch set state = ${state}, report = ${JSON.stringify(report)}::jsonb, finished_at = now() where batch_id = ${batchId} and state = 'running'`.execute(tx);
}

/** Locks the batch, so that two people do not undo it at once. */
export async function lockBatch(tx: Tx, batchId: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch where batch_id = ${batchId} for update`.execute(tx);
  return rows[0] ?? null;
}

export async function markUndone(tx: Tx, batchId: string, actorId: string): Promise<void> {
  await sql`update waymark.import_batch set state = 'undone', undone_at = now(), undone_by = ${actorId} where batch_id = ${batchId}`.execute(tx);
}

export async function findBatch(tx: Tx, batchId: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch where batch_id = ${batchId}`.execute(tx);
  return rows[0] ?? null;
}

/** Newest first; `after` is the last id of the page before (ids are made in order of time). */
export async function listBatches(tx: Tx, kinds: readonly string[], after: string | null, limit: number): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch where kind = any (${kinds}) ${after ? sql`and batch_id < ${after}::uuid` : sql``}
    order by batch_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Whether the batch wrote to places outside the asker's area: undoing it is a write there too. */
export async function reachesBeyond(tx: Tx, batchId: string): Promise<boolean> {
  const { rows } = await sql<{ beyond: boolean }>`select waymark.batch_beyond_scope(${batchId}::uuid) as beyond`.execute(tx);
  return rows[0]?.beyond ?? true;
}

/** After a restart nothing can be running any more: its transaction died with the process. */
export async function failRunning(tx: Tx): Promise<number> {
  const done = await sql`update waymark.import_batch set state = 'failed', finished_at = now(),
      report = jsonb_build_object('problem', jsonb_build_object('code', 'cancelled', 'detail', 'It stopped half-way when Waymark stopped; nothing was taken. Start it again.'))
    where state = 'running'`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

/** One import at a time writes places or statistics; the next waits here. */
export async function waitForTurn(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
}

/**
 * An import asks about sets whose size no statistics know yet, for they came in this very transaction: the planner takes them for a
 * handful and loops over thousands within thousands. Told not to, it hashes. Gone with the transaction.
 */
export async function planForSets(tx: Tx): Promise<void> {
  await sql`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`.execute(tx);
}
