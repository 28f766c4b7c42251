// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { FilePreview, ImportForm, ImportList, ImportStarted, ImportState, type ImportProblem } from '../domain/imports-api.ts';
import { ImportJobs, type Job } from './import-jobs.ts';
import { previewFile } from './import-preview.ts';
import type { ImportKind } from './import-types.ts';
import { findBatch, listBatches, lockBatch, markUndone, reachesBeyond, type BatchRow } from './queries-batch.ts';

export interface ImportsSetup {
  /** Kinds in the order they are offered; rooms above bring their own. */
  readonly kinds: readonly ImportKind[];
  /** The restricted role's connections: an import runs after its request has been answered. */
  readonly db: Kysely<unknown>;
  /** A private folder, on the disk of the gate's own uploads. Keeps the lists of rejected rows. */
  readonly folder: string;
  /** Give one to stop running imports when the server ends. */
  readonly jobs?: ImportJobs;
}

const ById = Type.Object({ batchId: Type.String({ format: 'uuid' }) });
const PageQuery = Type.Object({ after: Type.Optional(Type.String({ format: 'uuid' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) });
/** Refused before a byte of a file is taken; which of the two a kind of import needs, the handler asks. */
const rule = { may: 'places.import', or: ['statistics.import'] } as const;
const largest = 8 * 1024 * 1024 * 1024;

/** Everything under /api/imports. Which rights an import needs is its kind's to say: the gate knows who, the handler asks what. */
export function importEndpoints(setup: ImportsSetup): Endpoint[] {
  const desk = new Desk(setup);
  return [startEndpoint(desk), ...lookingEndpoints(desk), ...stoppingEndpoints(desk)];
}

/** What the endpoints share. */
class Desk {
  readonly setup: ImportsSetup;
  readonly jobs: ImportJobs;

  constructor(setup: ImportsSetup) {
    this.setup = setup;
    this.jobs = setup.jobs ?? new ImportJobs();
  }

  rejectedFile(batchId: string): string {
    return join(this.setup.folder, `${batchId}.rejected.csv`);
  }

  visible(actor: Actor): ImportKind[] {
    return this.setup.kinds.filter(({ right }) => actor.rights.has(right));
  }

  kindFor(actor: Actor, name: string): ImportKind {
    return this.visible(actor).find(({ kind }) => kind === name) ?? refuse();
  }

  must(actor: Actor): void {
    if (this.visible(actor).length === 0) refuse();
  }

  async stateOf(tx: Tx, actor: Actor, batchId: string): Promise<ImportState> {
    const job = this.jobs.get(batchId);
    if (job) return actor.rights.has(job.right) && (!job.dryRun || job.actorId === actor.accountId) ? withUndone(job, await findBatch(tx, batchId)) : refuse();
    this.must(actor);
    const row = await findBatch(tx, batchId);
    if (!row || !this.visible(actor).some(({ kind }) => kind === row.kind)) throw new Problem('not-found', 'There is no such import. What a dry run found is forgotten when Waymark starts anew.');
    return fromRow(row, undefined);
  }
}

function startEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'POST', path: '/api/imports', summary: 'Import files under a mapping; runs on after the answer', tag: 'imports', rule,
    upload: { maxBytes: largest }, body: ImportForm, response: ImportStarted, status: 202, problems: ['bad-mapping', 'unreadable-file', 'too-large', 'not-allowed'],
    async handle(ctx) {
      const kind = desk.kindFor(ctx.actor, ctx.body.kind), mapping = await mappingOf(ctx);
      kind.checkMapping(mapping.text, mapping.name);
      const uploads = ctx.uploads.filter(({ fieldName }) => fieldName !== 'mapping');
      if (uploads.length === 0) throw new Problem('bad-input', 'There is no file to import.');
      const batchId = ctx.newId(), folder = join(desk.setup.folder, batchId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const files = [];
      for (const [i, upload] of uploads.entries()) {
        const path = join(folder, String(i));
        await rename(upload.path, path);
        files.push({ name: upload.fileName, path });
      }
      const dryRun = ctx.body.dryRun === 'true';
      await ctx.audit({ action: dryRun ? 'imports.try' : 'imports.start', subject: batchId, detail: { kind: kind.kind, files: files.length } });
      desk.jobs.start({ db: desk.setup.db, actor: ctx.actor, kind, batchId, files, mappingText: mapping.text, mappingName: mapping.name, dryRun, rejectedFile: desk.rejectedFile(batchId), newId: ctx.newId }, folder);
      return { batchId };
    },
  });
}

function lookingEndpoints(desk: Desk): Endpoint[] {
  return [
    endpoint({
      method: 'POST', path: '/api/imports/preview', summary: 'Columns and first rows of a file', tag: 'imports', rule,
      upload: { maxBytes: largest }, body: Type.Object({ encoding: Type.Optional(Type.String()) }), response: FilePreview, problems: ['unreadable-file', 'not-allowed'],
      async handle(ctx) {
        desk.must(ctx.actor);
        const [upload] = ctx.uploads;
        if (!upload) throw new Problem('bad-input', 'There is no file to look into.');
        return previewFile({ name: upload.fileName, path: upload.path }, ctx.body.encoding);
      },
    }),
    endpoint({
      method: 'GET', path: '/api/imports', summary: 'Imports, newest first', tag: 'imports', rule, query: PageQuery, response: ImportList,
      async handle({ tx, actor, query }) {
        desk.must(actor);
        const limit = query.limit ?? 20, rows = await listBatches(tx, desk.visible(actor).map(({ kind }) => kind), query.after ?? null, limit + 1);
        const page = rows.slice(0, limit);
        return { rows: page.map((row) => fromRow(row, desk.jobs.get(row.batch_id))), next: rows.length > limit ? page.at(-1)!.batch_id : null };
      },
    }),
    endpoint({
      method: 'GET', path: '/api/imports/:batchId', summary: 'How far an import is, and what it found', tag: 'imports', rule, params: ById, response: ImportState,
      handle: async ({ tx, actor, params }) => desk.stateOf(tx, actor, params.batchId),
    }),
    endpoint({
      method: 'GET', path: '/api/imports/:batchId/rejected.csv', summary: 'Every row that was not taken, with its reason', tag: 'imports', rule, params: ById,
      response: Type.String(), files: ['text/csv'], problems: ['not-found'],
      async handle({ tx, actor, params }) {
        await desk.stateOf(tx, actor, params.batchId);
        const path = desk.rejectedFile(params.batchId);
        if (!await stat(path).catch(() => null)) throw new Problem('not-found', 'No row was rejected.');
        return { kind: 'file', contentType: 'text/csv; charset=utf-8', fileName: 'rejected.csv', body: createReadStream(path) };
      },
    }),
  ];
}

function stoppingEndpoints(desk: Desk): Endpoint[] {
  return [
    endpoint({
      method: 'POST', path: '/api/imports/:batchId/cancel', summary: 'Stop a running import; nothing of it is kept', tag: 'imports', rule, params: ById, response: ImportState,
      async handle(ctx) {
        const job = desk.jobs.get(ctx.params.batchId);
        if (!job) return desk.stateOf(ctx.tx, ctx.actor, ctx.params.batchId);
        if (!ctx.actor.rights.has(job.right) || !mayStop(ctx.actor, job)) refuse();
        await ctx.audit({ action: 'imports.cancel', subject: job.batchId });
        job.stop.abort();
        return fromJob(job);
      },
    }),
    endpoint({
      method: 'POST', path: '/api/imports/:batchId/undo', summary: 'Take back what an import brought', tag: 'imports', rule, params: ById, response: ImportState,
      problems: ['changed-meanwhile', 'not-found', 'outside-your-area'],
      async handle(ctx) {
        const { batchId } = ctx.params, batch = await lockBatch(ctx.tx, batchId);
        if (!batch) throw new Problem('not-found');
        const kind = desk.kindFor(ctx.actor, batch.kind);
        await undoLocked(ctx.tx, ctx.actor, kind, batch, ctx);
        await ctx.audit({ action: 'imports.undo', subject: batchId, detail: { kind: batch.kind } });
        return fromRow((await findBatch(ctx.tx, batchId))!, undefined);
      },
    }),
  ];
}

/** One's own, or anybody's for those whose post reaches the whole installation. */
function mayStop(actor: Actor, job: Job): boolean {
  return job.actorId === actor.accountId || actor.posts.some(({ placeId }) => placeId === null);
}

/** Undoes a batch that the caller has locked. For the endpoint and the command line. Throws `outside-your-area` where it wrote beyond the actor's. */
export async function undoLocked(tx: Tx, actor: Actor, kind: ImportKind, batch: BatchRow, made: { readonly now: Date; readonly newId: () => string }): Promise<void> {
  if (batch.state !== 'done') throw new Problem('changed-meanwhile', batch.state === 'undone' ? 'This import has been undone already.' : 'This import took nothing, so there is nothing to undo.');
  if (await reachesBeyond(tx, batch.batch_id)) throw new Problem('outside-your-area', 'This import reached places outside the area you work in. Ask whoever brought it in, or an administrator, to undo it.');
  await kind.undo({ tx, actor, batchId: batch.batch_id, now: made.now, newId: made.newId });
  await markUndone(tx, batch.batch_id, actor.accountId);
}

function refuse(): never {
  throw new Problem('not-allowed');
}

/** A mapping of a country has a few hundred parts. Reading one takes time that grows with the square of them, and all that time the server does nothing else. */
const longestMapping = 100_000, mostParts = 4_000;

function sane(mapping: { text: string; name: string }): { text: string; name: string } {
  if (mapping.text.length > longestMapping) throw new Problem('too-large', `A mapping has at most ${longestMapping} characters.`, { at: { file: mapping.name } });
  if ((mapping.text.match(/[,\n\r[{]|[-?] /g)?.length ?? 0) > mostParts) throw new Problem('too-large', 'This mapping has too many parts to be one.', { at: { file: mapping.name } });
  return mapping;
}

async function mappingOf(ctx: Ctx<unknown, unknown, { mapping?: string; mappingName?: string }>): Promise<{ text: string; name: string }> {
  const upload = ctx.uploads.find(({ fieldName }) => fieldName === 'mapping');
  if (upload) {
    if (upload.bytes > 4 * longestMapping) throw new Problem('too-large', `A mapping has at most ${longestMapping} characters.`, { at: { file: upload.fileName } });
    return sane({ text: await readFile(upload.path, 'utf8'), name: upload.fileName });
  }
  if (ctx.body.mapping === undefined) throw new Problem('bad-input', 'The mapping is missing.');
  return sane({ text: ctx.body.mapping, name: ctx.body.mappingName ?? 'mapping' });
}

function fromJob(job: Job): ImportState {
  return {
    batchId: job.batchId, kind: job.kind, fileName: job.fileName, mappingName: job.mappingName, dryRun: job.dryRun, state: job.state,
    progress: job.state === 'running' ? { ...job.progress } : null, report: publicReport(job.report), problem: job.problem as ImportProblem | null,
    startedBy: job.actorId, startedAt: job.startedAt.toISOString(), finishedAt: job.finishedAt?.toISOString() ?? null, undoneAt: null,
  };
}

function withUndone(job: Job, row: BatchRow | null): ImportState {
  return row?.state === 'undone' ? fromRow(row, undefined) : fromJob(job);
}

function fromRow(row: BatchRow, job: Job | undefined): ImportState {
  if (job?.state === 'running') return fromJob(job);
  const { problem } = row.report as { problem?: ImportProblem };
  return {
    batchId: row.batch_id, kind: row.kind, fileName: row.file_name, mappingName: row.mapping_name, dryRun: false, state: row.state,
    progress: row.state === 'running' ? { done: 0, total: 0, phase: 'Running' } : null,
    report: 'rows' in row.report ? publicReport(row.report as unknown as ImportReport) : null, problem: problem ? { ...problem, at: problem.at ?? null } : null,
    startedBy: row.actor_id, startedAt: row.started_at.toISOString(), finishedAt: row.finished_at?.toISOString() ?? null, undoneAt: row.undone_at?.toISOString() ?? null,
  };
}

/** Folders of the server are nobody's business in a browser: the list is fetched by its address. */
function publicReport(report: ImportReport | null): ImportReport | null {
  return report && { ...report, rejectedFile: report.rejectedFile === null ? null : 'rejected.csv' };
}
