// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Kysely } from 'kysely';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { setActor, withActor } from '../../platform/server/db.ts';
import type { ImportReport } from '../domain/import-report.ts';
import type { ImportFile, ImportKind, ImportProgress } from './import-types.ts';
import { failRunning, findSame, finishBatch, insertBatch } from './queries-batch.ts';

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
  const hashes = { file: await fileHash(request.files, request.signal), mapping: createHash('sha256').update(request.mappingText).digest('hex') };
  const same = await withActor(db, actor, (tx) => findSame(tx, kind.kind, hashes.file, hashes.mapping));
  if (same) return { ...(same.report as unknown as ImportReport), dryRun: request.dryRun, sameAs: same.batch_id };
  const batch = {
    batchId, kind: kind.kind, fileName: request.files.map(({ name }) => name).join(', '), fileSha256: hashes.file,
    mappingName: request.mappingName, mapping, mappingSha256: hashes.mapping, actorId: actor.accountId,
  };
  if (request.dryRun) return rehearse(request, batch);
  await withActor(db, actor, (tx) => insertBatch(tx, batch));
  try {
    return await withActor(db, actor, async (tx) => {
      const report = await kind.run({ ...request, tx, now: new Date() });
      if (request.signal.aborted) throw new Problem('cancelled'); // the last moment to
      await finishBatch(tx, batchId, 'done', report);
      return report;
    });
  } catch (error) {
    const problem = asProblem(error);
    await withActor(db, actor, (tx) => finishBatch(tx, batchId, problem.code === 'cancelled' ? 'cancelled' : 'failed', { problem: problemOf(problem) })).catch(() => {});
    throw problem;
  }
}

async function rehearse(request: ImportRequest, batch: Parameters<typeof insertBatch>[1]): Promise<ImportReport> {
  try {
    return await withActor(request.db, request.actor, async (tx): Promise<ImportReport> => {
      await insertBatch(tx, batch);
      throw new Rehearsed(await request.kind.run({ ...request, tx, now: new Date() }));
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
  if (code === '23505') return new Problem('already-there', 'The same import was finished by somebody else a moment ago.', { cause: error });
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
      throw new Problem('unreadable-file', `It cannot be opened (${(error as NodeJS.ErrnoException).code}).`, { at: { file: file.name }, cause: error });
    }
    all.update(`${file.name}\0${one.digest('hex')}\0`);
  }
  return all.digest('hex');
}

/** To be called once at start: batches that were running when Waymark stopped took nothing and say so. Answers with how many. */
export async function failStoppedImports(db: Kysely<unknown>): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await setActor(tx, { accountId: 'system', scopes: [], posts: [], rights: new Set(['places.import', 'statistics.import']) });
    return failRunning(tx);
  });
}
