// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { withLeanHeap } from '../../platform/server/lean-heap.ts';
import type { ImportReport } from '../domain/import-report.ts';
import type { ImportFile, ImportKind, ImportProgress } from './import-types.ts';
import { findSame, finishBatch, insertBatch, type BatchRow, type NewBatch } from './queries-batch.ts';
import { finishRun, holdLifeline, insertRun, reachOf } from './queries-runs.ts';

export interface ImportRequest {
  readonly db: Kysely<unknown>;
  readonly actor: Actor;
  readonly kind: ImportKind;
  readonly batchId: string;
  readonly files: readonly ImportFile[];
  readonly mappingText: string;
  readonly mappingName: string;
  readonly dryRun: boolean;
  readonly rejectedFile: string;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  /** Asked for over HTTP: whoever runs the queue says how it ended, unless it was taken. */
  readonly queued?: boolean;
  onProgress(progress: ImportProgress): void;
}

/** Carries the report of a dry run out of the transaction that it must not leave behind. */
class Rehearsed extends Error {
  readonly report: ImportReport;
  constructor(report: ImportReport) {
    super('dry run');
    this.report = report;
  }
}

/**
 * Runs one import from files to committed batch, for the command line and the browser alike. What the batch did and that it is done
 * become true in one moment. A dry run does everything and leaves nothing. The same files under the same mapping are taken once:
 * the report then names that batch in `sameAs`. Throws the Problem that stopped it; the batch says so too.
 */
export async function runImport(request: ImportRequest): Promise<ImportReport> {
  const { db, actor, kind, batchId } = request;
  if (!actor.rights.has(kind.right)) throw new Problem('not-allowed');
  const mapping = kind.checkMapping(request.mappingText, request.mappingName);
  request.onProgress({ done: 0, total: 0, phase: 'Reading the files once to know them again' });
  const hashes = {
    file: await fileHash(request.files, request.signal),
    mapping: createHash('sha256').update(request.mappingText).digest('hex'),
  };
  const same = await withActor(db, actor, async (tx) => {
    await kind.admits?.(tx);
    return findSame(tx, kind.kind, hashes.file, hashes.mapping, reachOf(actor));
  });
  if (same) return takenBefore(request, same);
  const batch: NewBatch = {
    batchId,
    kind: kind.kind,
    fileName: request.files.map(({ name }) => name).join(', '),
    fileSha256: hashes.file,
    mappingName: request.mappingName,
    mapping,
    mappingSha256: hashes.mapping,
    actorId: actor.accountId,
    reach: reachOf(actor),
  };
  return request.dryRun ? rehearse(request, batch) : carryOut(request, batch);
}

function takenBefore({ dryRun }: ImportRequest, same: BatchRow): ImportReport {
  return { rejectedRows: [], notes: [], ...(same.report as object), dryRun, sameAs: same.batch_id } as unknown as ImportReport;
}

/** The import itself: all of it in one transaction, with the word that it is done. */
async function carryOut(request: ImportRequest, batch: NewBatch): Promise<ImportReport> {
  const { db, actor, batchId } = request;
  try {
    return await withActor(db, actor, async (tx) => {
      // First the lifeline, then a second connection says that it runs: at no moment does it say so and look dead.
      await holdLifeline(tx, batchId);
      await withActor(db, actor, (teller) => sayItRuns(teller, request, batch));
      const report = await runWithin(request, tx);
      if (request.signal.aborted) throw new Problem('cancelled'); // the last moment to
      if (!(await finishBatch(tx, batchId, 'done', figuresOf(report))))
        throw new Problem('changed-meanwhile', 'Waymark was started anew while this import ran; nothing was taken. Start it again.');
      if (!(await finishRun(tx, batchId, 'done', { report }))) throw new Problem('cancelled');
      return report;
    });
  } catch (error) {
    const problem = asProblem(error);
    if (!lostDatabase(error)) await withActor(db, actor, (tx) => endBatch(tx, request, problem)).catch(() => {});
    throw problem;
  }
}

/** One that was asked for over HTTP has its run already; the second is for the command line. */
async function sayItRuns(tx: Tx, request: ImportRequest, batch: NewBatch): Promise<void> {
  const { batchId, kind, files, mappingName, actor } = request;
  await insertBatch(tx, batch);
  const names = files.map(({ name }) => name);
  await insertRun(tx, { batchId, kind: kind.kind, dryRun: false, files: names, mappingName, mappingText: null, actor }, 'running');
}

const runWithin = (request: ImportRequest, tx: Tx): Promise<ImportReport> =>
  withLeanHeap(() => stoppable(request, tx, () => request.kind.run({ ...request, tx, now: new Date() })));

/**
 * Runs `work` so that a signal also ends the statement it is waiting for: a lock that another import holds, or minutes of scoring. Told
 * again every half second, because between two statements nobody listens; and never beyond the transaction, whose connection others get next.
 */
async function stoppable<T>({ db, signal }: ImportRequest, tx: Tx, work: () => Promise<T>): Promise<T> {
  const {
    rows: [backend],
  } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
  let telling: Promise<unknown> = Promise.resolve();
  const halt = (): void => {
    telling = telling.then(() => sql`select pg_cancel_backend(${backend?.pid ?? 0})`.execute(db)).catch(() => {});
  };
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    halt();
    timer = setInterval(halt, 500);
  };
  if (signal.aborted) throw new Problem('cancelled');
  signal.addEventListener('abort', begin, { once: true });
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? new Problem('cancelled', undefined, { cause: error }) : error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', begin);
    await telling;
  }
}

/** What other rooms and other importers may read of an import: what it did, and none of the rows it quotes. */
function figuresOf(report: ImportReport): Omit<ImportReport, 'rejectedRows' | 'notes'> {
  const { rejectedRows: _rows, notes: _notes, ...figures } = report;
  return figures;
}

/** Says of the batch that it failed; of the run only where nobody else keeps it (an import at the command line). */
async function endBatch(tx: Tx, request: ImportRequest, problem: Problem): Promise<void> {
  const state = problem.code === 'cancelled' ? 'cancelled' : 'failed';
  await finishBatch(tx, request.batchId, state, {});
  if (!request.queued) await finishRun(tx, request.batchId, state, { problem: problemOf(problem) });
}

/** Whether the database went away under the work: then nothing of it was taken, and nothing can be said of it now. */
export function lostDatabase(error: unknown): boolean {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string' && /^(57P0[123]|08\w{3}|ECONNRESET|ECONNREFUSED|EPIPE)$/.test(code)) return true;
    if (
      /Connection terminated|Client has encountered a connection error|connection timeout|timeout exceeded when trying to connect/i.test(
        one.message,
      )
    )
      return true;
  }
  return false;
}

async function rehearse(request: ImportRequest, batch: NewBatch): Promise<ImportReport> {
  try {
    return await withActor(request.db, request.actor, async (tx): Promise<ImportReport> => {
      await insertBatch(tx, batch);
      throw new Rehearsed(await runWithin(request, tx));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.report;
    throw asProblem(error);
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code } = error as { code?: string };
  if (code === 'ENOSPC' || code === '53100') return new Problem('storage-full', undefined, { cause: error });
  if (code === '42501') return new Problem('not-allowed', undefined, { cause: error });
  if (code === '23505')
    return new Problem('already-there', 'The same import was finished by somebody else a moment ago.', { cause: error });
  return new Problem('internal', undefined, { cause: error });
}

export function problemOf(problem: Problem): { code: string; detail: string; at: Problem['at'] | null } {
  return { code: problem.code, detail: problem.detail ?? problem.message, at: problem.at ?? null };
}

/** One digest over all files by name, streamed. */
async function fileHash(files: readonly ImportFile[], signal: AbortSignal): Promise<string> {
  const all = createHash('sha256');
  for (const file of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const one = createHash('sha256');
    try {
      for await (const piece of createReadStream(file.path, { highWaterMark: 1 << 20, signal })) one.update(piece as Buffer);
    } catch (error) {
      if (signal.aborted) throw new Problem('cancelled', undefined, { cause: error });
      throw new Problem('unreadable-file', `It cannot be opened (${(error as NodeJS.ErrnoException).code}).`, {
        at: { file: file.name },
        cause: error,
      });
    }
    all.update(`${file.name}\0${one.digest('hex')}\0`);
  }
  return all.digest('hex');
}
