// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint, type Upload } from '../../platform/server/endpoint.ts';
import { FilePreview, ImportForm, ImportStarted, PreviewForm } from '../domain/imports-api.ts';
import { Desk, rule, type ImportsSetup } from './import-desk.ts';
import { previewFile } from './import-preview.ts';
import { knock } from './import-work.ts';
import { insertRun } from './queries-runs.ts';
import { listEndpoints } from './routes-imports-list.ts';
import { oneImportEndpoints } from './routes-imports-one.ts';

const largest = 8 * 1024 * 1024 * 1024;

/** Everything under /api/imports. Which rights an import needs is its kind's to say: the gate knows who, the handler asks what. */
export function importEndpoints(setup: ImportsSetup): Endpoint[] {
  const desk = new Desk(setup);
  return [startEndpoint(desk), previewEndpoint(desk), ...listEndpoints(desk), ...oneImportEndpoints(desk)];
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
    problems: ['bad-mapping', 'unreadable-file', 'too-large', 'not-allowed', 'people-not-kept'],
    async handle(ctx) {
      const kind = desk.kindFor(ctx.actor, ctx.body.kind);
      await kind.admits?.(ctx.tx);
      const mapping = await mappingOf(ctx);
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

function previewEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/imports/preview',
    summary: 'Columns and first rows of a file, and what a mapping makes of them',
    tag: 'imports',
    rule,
    upload: { maxBytes: largest },
    body: PreviewForm,
    response: FilePreview,
    problems: ['unreadable-file', 'bad-mapping', 'not-allowed', 'people-not-kept'],
    async handle(ctx) {
      desk.must(ctx.actor);
      const [upload] = ctx.uploads;
      if (!upload) throw new Problem('bad-input', 'There is no file to look into.');
      const { kind, mapping, mappingName, encoding } = ctx.body;
      const wanted =
        kind !== undefined && mapping !== undefined
          ? { kind: desk.kindFor(ctx.actor, kind), ...sane({ text: mapping, name: mappingName ?? 'mapping' }) }
          : null;
      await wanted?.kind.admits?.(ctx.tx);
      return previewFile(
        { name: upload.fileName, path: upload.path },
        encoding,
        wanted?.kind.trial?.(wanted.text, wanted.name, upload.fileName) ?? null,
      );
    },
  });
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
