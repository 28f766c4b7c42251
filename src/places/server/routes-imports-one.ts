// SPDX-License-Identifier: AGPL-3.0-or-later
import { rm, stat } from 'node:fs/promises';
import { Type } from 'typebox';
import { parse, stringify } from 'yaml';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { ImportState } from '../domain/imports-api.ts';
import { ById, rule, stateOf, unknown, type Desk } from './import-desk.ts';
import type { ImportKind } from './import-types.ts';
import { findBatch, lockBatch, markUndone, reachesBeyond, type BatchRow } from './queries-batch.ts';
import { askToStop } from './queries-runs.ts';
import { rejectedRowsIn } from './rejected-file.ts';

const InLanguage = Type.Object({
  language: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9-]{2,20}$',
      description: 'of heads and reasons, such as th; English where there are no words in it',
    }),
  ),
});

/** One import that was asked for: how far it is, what it found, and how it is stopped or taken back. */
export function oneImportEndpoints(desk: Desk): Endpoint[] {
  return [stateEndpoint(desk), mappingEndpoint(desk), rejectedEndpoint(desk), cancelEndpoint(desk), undoEndpoint(desk)];
}

function stateEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/imports/:batchId',
    summary: 'How far an import is, and what it found',
    tag: 'imports',
    rule,
    params: ById,
    response: ImportState,
    handle: async ({ tx, actor, params }) => stateOf(await desk.find(tx, actor, params.batchId)),
  });
}

function mappingEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/imports/:batchId/mapping.yaml',
    summary: 'The mapping an import was made with, to use it again',
    tag: 'imports',
    rule,
    params: ById,
    response: Type.String(),
    files: ['application/yaml'],
    problems: ['not-found'],
    async handle({ tx, actor, params }) {
      const run = await desk.find(tx, actor, params.batchId);
      // At the command line nobody waits in a queue, and the text lies with whoever ran it; what it said is kept with the batch.
      const kept = run.mapping_text === null ? ((await findBatch(tx, params.batchId))?.mapping ?? unknown()) : null;
      const text = run.mapping_text ?? stringify(kept);
      const forOthers = run.actor_id === actor.accountId ? undefined : desk.kindFor(actor, run.kind).mappingForOthers;
      const body = forOthers ? await forOthers(tx, kept ?? parse(text)) : text;
      return { kind: 'file', contentType: 'application/yaml; charset=utf-8', fileName: 'mapping.yaml', body };
    },
  });
}

function rejectedEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/imports/:batchId/rejected.csv',
    summary: 'Every row that was not taken, with its reason',
    tag: 'imports',
    rule,
    params: ById,
    query: InLanguage,
    response: Type.String(),
    files: ['text/csv'],
    problems: ['not-found'],
    async handle({ tx, actor, params, query }) {
      await desk.find(tx, actor, params.batchId);
      const path = desk.setup.work.rejectedFile(params.batchId);
      if (!(await stat(path).catch(() => null))) throw new Problem('not-found', 'No row was rejected.');
      const body = await rejectedRowsIn(path, query.language ?? 'en', desk.setup.words);
      return { kind: 'file', contentType: 'text/csv; charset=utf-8', fileName: 'rejected.csv', body };
    },
  });
}

function cancelEndpoint(desk: Desk): Endpoint {
  return endpoint({
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
  });
}

function undoEndpoint(desk: Desk): Endpoint {
  return endpoint({
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
      const tookBack = await undoLocked(ctx.tx, ctx.actor, kind, batch, ctx);
      await ctx.audit({ action: 'imports.undo', subject: batchId, detail: { kind: batch.kind } });
      return { ...stateOf(await desk.find(ctx.tx, ctx.actor, batchId)), tookBack };
    },
  });
}

/** Undoes a batch that the caller has locked, and answers with counts. For the endpoint and the command line. Throws `outside-your-area` where it wrote beyond the actor's. */
export async function undoLocked(
  tx: Tx,
  actor: Actor,
  kind: ImportKind,
  batch: BatchRow,
  made: { readonly now: Date; readonly newId: () => string },
): Promise<Record<string, number>> {
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
  const counts = await kind.undo({ tx, actor, batchId: batch.batch_id, now: made.now, newId: made.newId });
  await markUndone(tx, batch.batch_id, actor.accountId);
  return counts;
}
