// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint, type Tx, type Upload } from '../../platform/server/endpoint.ts';
import type { JobQueue } from '../../platform/server/jobs.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { FilePreview, ImportForm, ImportList, ImportStarted, ImportState, PreviewForm, type ImportProblem } from '../domain/imports-api.ts';
import { previewFile } from './import-preview.ts';
import type { ImportKind, ImportProgress } from './import-types.ts';
import { knock, type ImportWork } from './import-work.ts';
import { lockBatch, markUndone, reachesBeyond, type BatchRow } from './queries-batch.ts';
import { askToStop, findRun, insertRun, listRuns, type RunRow } from './queries-runs.ts';

export interface ImportsSetup {
  /** Kinds in the order they are offered; rooms above bring their own. */
  readonly kinds: readonly ImportKind[];
  readonly work: ImportWork;
  readonly queue: JobQueue;
}

const ById = Type.Object({ batchId: Type.String({ format: 'uuid' }) });
const PageQuery = Type.Object({
  after: Type.Optional(Type.String({ format: 'uuid' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});
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

  constructor(setup: ImportsSetup) {
    this.setup = setup;
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

  /** The row security of import_run says whose imports somebody sees: her own, and those of people who can write nowhere else than she. */
  async find(tx: Tx, actor: Actor, batchId: string): Promise<RunRow> {
    this.must(actor);
    return (await findRun(tx, batchId)) ?? unknown();
  }
}

function startEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/imports',
    summary: 'Import files under a mapping; runs on after the answer',
    tag: 'imports',
    rule,
    upload: { maxBytes: largest },
    body: ImportForm,
    response: ImportStarted,
    status: 202,
    problems: ['bad-mapping', 'unreadable-file', 'too-large', 'not-allowed'],
    async handle(ctx) {
      const kind = desk.kindFor(ctx.actor, ctx.body.kind),
        mapping = await mappingOf(ctx);
      kind.checkMapping(mapping.text, mapping.name);
      const uploads = ctx.uploads.filter(({ fieldName }) => fieldName !== 'mapping');
      if (uploads.length === 0) throw new Problem('bad-input', 'There is no file to import.');
      const batchId = ctx.newId(),
        dryRun = ctx.body.dryRun === 'true',
        files = uploads.map(({ fileName }) => fileName);
      await insertRun(
        ctx.tx,
        { batchId, kind: kind.kind, dryRun, files, mappingName: mapping.name, mappingText: mapping.text, actor: ctx.actor },
        'waiting',
      );
      await ctx.audit({
        action: dryRun ? 'imports.try' : 'imports.start',
        subject: batchId,
        detail: { kind: kind.kind, files: files.length },
      });
      await keepFor(desk.setup.work.folderOf(batchId), uploads, () => desk.setup.queue.enqueue(knock, { batchId }, { key: batchId }));
      return { batchId };
    },
  });
}

/** Moves uploads to where their run will look for them; gone again when `then` fails. */
async function keepFor(folder: string, uploads: readonly Upload[], then: () => Promise<void>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [i, upload] of uploads.entries()) await rename(upload.path, join(folder, String(i)));
    await then();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function lookingEndpoints(desk: Desk): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/imports/preview',
      summary: 'Columns and first rows of a file, and what a mapping makes of them',
      tag: 'imports',
      rule,
      upload: { maxBytes: largest },
      body: PreviewForm,
      response: FilePreview,
      problems: ['unreadable-file', 'bad-mapping', 'not-allowed'],
      async handle(ctx) {
        desk.must(ctx.actor);
        const [upload] = ctx.uploads;
        if (!upload) throw new Problem('bad-input', 'There is no file to look into.');
        const { kind, mapping, mappingName, encoding } = ctx.body;
        const wanted =
          kind !== undefined && mapping !== undefined
            ? { kind: desk.kindFor(ctx.actor, kind), ...sane({ text: mapping, name: mappingName ?? 'mapping' }) }
            : null;
        return previewFile(
          { name: upload.fileName, path: upload.path },
          encoding,
          wanted?.kind.trial?.(wanted.text, wanted.name, upload.fileName) ?? null,
        );
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/imports',
      summary: 'Imports, newest first',
      tag: 'imports',
      rule,
      query: PageQuery,
      response: ImportList,
      async handle({ tx, actor, query }) {
        desk.must(actor);
        const limit = query.limit ?? 20,
          rows = await listRuns(
            tx,
            desk.visible(actor).map(({ kind }) => kind),
            query.after ?? null,
            limit + 1,
          );
        const page = rows.slice(0, limit);
        return { rows: page.map(stateOf), next: rows.length > limit ? page.at(-1)!.batch_id : null };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/imports/:batchId',
      summary: 'How far an import is, and what it found',
      tag: 'imports',
      rule,
      params: ById,
      response: ImportState,
      handle: async ({ tx, actor, params }) => stateOf(await desk.find(tx, actor, params.batchId)),
    }),
    endpoint({
      method: 'GET',
      path: '/api/imports/:batchId/rejected.csv',
      summary: 'Every row that was not taken, with its reason',
      tag: 'imports',
      rule,
      params: ById,
      response: Type.String(),
      files: ['text/csv'],
      problems: ['not-found'],
      async handle({ tx, actor, params }) {
        await desk.find(tx, actor, params.batchId);
        const path = desk.setup.work.rejectedFile(params.batchId);
        if (!(await stat(path).catch(() => null))) throw new Problem('not-found', 'No row was rejected.');
        return { kind: 'file', contentType: 'text/csv; charset=utf-8', fileName: 'rejected.csv', body: createReadStream(path) };
      },
    }),
  ];
}

function stoppingEndpoints(desk: Desk): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/imports/:batchId/cancel',
      summary: 'Stop a running import; nothing of it is kept',
      tag: 'imports',
      rule,
      params: ById,
      response: ImportState,
      async handle(ctx) {
        const { batchId } = ctx.params;
        await desk.find(ctx.tx, ctx.actor, batchId);
        const stopped = await askToStop(ctx.tx, batchId);
        if (stopped) await ctx.audit({ action: 'imports.cancel', subject: batchId });
        if (stopped === 'cancelled') await rm(desk.setup.work.folderOf(batchId), { recursive: true, force: true });
        return stateOf(await desk.find(ctx.tx, ctx.actor, batchId));
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/imports/:batchId/undo',
      summary: 'Take back what an import brought',
      tag: 'imports',
      rule,
      params: ById,
      response: ImportState,
      problems: ['changed-meanwhile', 'not-found', 'outside-your-area'],
      async handle(ctx) {
        const { batchId } = ctx.params,
          run = await desk.find(ctx.tx, ctx.actor, batchId);
        if (run.dry_run) throw new Problem('changed-meanwhile', 'A dry run leaves nothing, so there is nothing to undo.');
        const batch = (await lockBatch(ctx.tx, batchId)) ?? unknown();
        const kind = desk.kindFor(ctx.actor, batch.kind);
        await undoLocked(ctx.tx, ctx.actor, kind, batch, ctx);
        await ctx.audit({ action: 'imports.undo', subject: batchId, detail: { kind: batch.kind } });
        return stateOf(await desk.find(ctx.tx, ctx.actor, batchId));
      },
    }),
  ];
}

/** Undoes a batch that the caller has locked. For the endpoint and the command line. Throws `outside-your-area` where it wrote beyond the actor's. */
export async function undoLocked(
  tx: Tx,
  actor: Actor,
  kind: ImportKind,
  batch: BatchRow,
  made: { readonly now: Date; readonly newId: () => string },
): Promise<void> {
  if (batch.state !== 'done')
    throw new Problem(
      'changed-meanwhile',
      batch.state === 'undone' ? 'This import has been undone already.' : 'This import took nothing, so there is nothing to undo.',
    );
  if (await reachesBeyond(tx, batch.batch_id))
    throw new Problem(
      'outside-your-area',
      'This import reached places outside the area you work in. Ask whoever brought it in, or an administrator, to undo it.',
    );
  await kind.undo({ tx, actor, batchId: batch.batch_id, now: made.now, newId: made.newId });
  await markUndone(tx, batch.batch_id, actor.accountId);
}

function refuse(): never {
  throw new Problem('not-allowed');
}

function unknown(): never {
  throw new Problem('not-found', 'There is no such import among those that you may see.');
}

/** A mapping of a country has a few hundred parts. Reading one takes time that grows with the square of them, and all that time the server does nothing else. */
const longestMapping = 100_000,
  mostParts = 4_000;

function sane(mapping: { text: string; name: string }): { text: string; name: string } {
  if (mapping.text.length > longestMapping)
    throw new Problem('too-large', `A mapping has at most ${longestMapping} characters.`, { at: { file: mapping.name } });
  if ((mapping.text.match(/[,\n\r[{]|[-?] /g)?.length ?? 0) > mostParts)
    throw new Problem('too-large', 'This mapping has too many parts to be one.', { at: { file: mapping.name } });
  return mapping;
}

async function mappingOf(ctx: Ctx<unknown, unknown, { mapping?: string; mappingName?: string }>): Promise<{ text: string; name: string }> {
  const upload = ctx.uploads.find(({ fieldName }) => fieldName === 'mapping');
  if (upload) {
    if (upload.bytes > 4 * longestMapping)
      throw new Problem('too-large', `A mapping has at most ${longestMapping} characters.`, { at: { file: upload.fileName } });
    return sane({ text: await readFile(upload.path, 'utf8'), name: upload.fileName });
  }
  if (ctx.body.mapping === undefined) throw new Problem('bad-input', 'The mapping is missing.');
  return sane({ text: ctx.body.mapping, name: ctx.body.mappingName ?? 'mapping' });
}

/** Waiting is shown as running that has not begun. */
function stateOf(run: RunRow): ImportState {
  const open = run.state === 'waiting' || run.state === 'running';
  const begun = (run.progress as ImportProgress | null) ?? {
    done: 0,
    total: 0,
    phase: run.state === 'waiting' ? 'Waiting for another import to end' : 'Starting',
  };
  return {
    batchId: run.batch_id,
    kind: run.kind,
    fileName: run.file_name,
    mappingName: run.mapping_name,
    dryRun: run.dry_run,
    state: open ? 'running' : run.batch_state === 'undone' ? 'undone' : (run.state as 'done' | 'failed' | 'cancelled'),
    progress: open ? begun : null,
    report: publicReport(run.report as ImportReport | null),
    problem: run.problem as ImportProblem | null,
    startedBy: run.actor_id,
    startedAt: run.asked_at.toISOString(),
    finishedAt: run.finished_at?.toISOString() ?? null,
    undoneAt: run.undone_at?.toISOString() ?? null,
  };
}

/** Folders of the server are nobody's business in a browser: the list is fetched by its address. */
function publicReport(report: ImportReport | null): ImportReport | null {
  return report && { ...report, rejectedFile: report.rejectedFile === null ? null : 'rejected.csv' };
}
