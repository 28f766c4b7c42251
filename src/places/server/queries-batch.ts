// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export type BatchState = 'running' | 'done' | 'failed' | 'cancelled' | 'undone';
export interface BatchRow {
  readonly batch_id: string;
  readonly kind: string;
  readonly file_name: string;
  readonly mapping_name: string;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly state: BatchState;
  readonly report: Readonly<Record<string, unknown>>;
  readonly actor_id: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly undone_at: Date | null;
}
export interface NewBatch {
  readonly batchId: string;
  readonly kind: string;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly mappingName: string;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly mappingSha256: string;
  readonly actorId: string;
  /** How far whoever imports can write (queries-runs.ts reachOf). */
  readonly reach: string;
}

/** Puts a batch down as running; one that a killed server left behind is taken up again. */
export async function insertBatch(tx: Tx, b: NewBatch): Promise<void> {
  await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, reach)
    values (${b.batchId}, ${b.kind}, ${b.fileName}, ${b.fileSha256}, ${b.mappingName}, ${JSON.stringify(b.mapping)}::jsonb, ${b.mappingSha256}, 'running', ${b.actorId}, ${b.reach})
    on conflict (batch_id) do update set state = 'running', report = '{}', finished_at = null, reach = excluded.reach
      where import_batch.state in ('failed', 'cancelled') and import_batch.actor_id = excluded.actor_id`.execute(tx);
}

/** The batch that took the same files under the same mapping for the same area and still stands. */
export async function findSame(tx: Tx, kind: string, fileSha256: string, mappingSha256: string, reach: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch
    where kind = ${kind} and file_sha256 = ${fileSha256} and mapping_sha256 = ${mappingSha256} and reach = ${reach} and state = 'done'`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/** False where it was not running any more: somebody else has said that it ended. */
export async function finishBatch(tx: Tx, batchId: string, state: BatchState, report: unknown): Promise<boolean> {
  const done =
    await sql`update waymark.import_batch set state = ${state}, report = ${JSON.stringify(report)}::jsonb, finished_at = now() where batch_id = ${batchId} and state = 'running'`.execute(
      tx,
    );
  return Number(done.numAffectedRows ?? 0) === 1;
}

export async function findBatch(tx: Tx, batchId: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch where batch_id = ${batchId}`.execute(tx);
  return rows[0] ?? null;
}

/** Locks the batch, so that two people do not undo it at once. */
export async function lockBatch(tx: Tx, batchId: string): Promise<BatchRow | null> {
  const { rows } = await sql<BatchRow>`select * from waymark.import_batch where batch_id = ${batchId} for update`.execute(tx);
  return rows[0] ?? null;
}

export async function markUndone(tx: Tx, batchId: string, actorId: string): Promise<void> {
  await sql`update waymark.import_batch set state = 'undone', undone_at = now(), undone_by = ${actorId} where batch_id = ${batchId}`.execute(
    tx,
  );
}

/** Whether the batch wrote to places outside the asker's area: undoing it is a write there too. */
export async function reachesBeyond(tx: Tx, batchId: string): Promise<boolean> {
  const { rows } = await sql<{ beyond: boolean }>`select waymark.batch_beyond_scope(${batchId}::uuid) as beyond`.execute(tx);
  return rows[0]?.beyond ?? true;
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
