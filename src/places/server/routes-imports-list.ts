// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { ImportList, ImportsAsked, ImportsQuery, type ImportState } from '../domain/imports-api.ts';
import { rule, stateOf, type Desk } from './import-desk.ts';
import { listRuns, type RunsAsked } from './queries-runs.ts';

/** The list of imports, page by page and as a file. Both go through one question and one wall: the row security of import_run. */
export function listEndpoints(desk: Desk): Endpoint[] {
  return [pageEndpoint(desk), fileEndpoint(desk)];
}

/** A file of more is nobody's reading. */
const mostInFile = 20_000;

function readAsked(desk: Desk, actor: Actor, { kind, state, file, sort }: ImportsAsked): RunsAsked {
  desk.must(actor);
  const kinds = desk.visible(actor).map((one) => one.kind);
  return {
    kinds: kind === undefined ? kinds : kinds.filter((one) => one === kind),
    state: state ?? null,
    file: file?.trim() || null,
    oldestFirst: sort === 'oldest',
  };
}

function pageEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/imports',
    summary: 'Imports, newest first unless asked otherwise; dry runs only when asked for',
    tag: 'imports',
    rule,
    query: ImportsQuery,
    response: ImportList,
    async handle({ tx, actor, query }) {
      const limit = query.limit ?? 20,
        rows = await listRuns(tx, readAsked(desk, actor, query), query.after ?? null, limit + 1);
      const page = rows.slice(0, limit);
      return { rows: page.map(stateOf), next: rows.length > limit ? page.at(-1)!.batch_id : null };
    },
  });
}

function fileEndpoint(desk: Desk): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/imports.csv',
    summary: 'The same as a file',
    tag: 'imports',
    rule,
    query: ImportsAsked,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['too-large'],
    async handle({ tx, actor, query, audit }) {
      const rows = await listRuns(tx, readAsked(desk, actor, query), null, mostInFile + 1);
      if (rows.length > mostInFile) throw new Problem('too-large', `There are more than ${mostInFile} imports: ask for fewer.`);
      // Not what was looked for: a file may be called after a person.
      await audit({ action: 'imports.export', detail: { rows: rows.length, kind: query.kind ?? null, state: query.state ?? null } });
      return {
        kind: 'file',
        contentType: 'text/csv',
        fileName: 'imports.csv',
        body: writeCsv([heads, ...rows.map((row) => lineOf(stateOf(row)))]),
      };
    },
  });
}

const heads = [
  'import',
  'kind',
  'file',
  'mapping',
  'state',
  'dry_run',
  'rows',
  'taken',
  'rejected',
  'account',
  'started_at',
  'finished_at',
  'undone_at',
  'problem',
  'detail',
];

function lineOf(one: ImportState): Cell[] {
  const { report, problem } = one;
  return [
    one.batchId,
    one.kind,
    one.fileName,
    one.mappingName,
    one.waiting ? 'waiting' : one.state,
    one.dryRun ? 'yes' : 'no',
    report?.rows ?? null,
    report?.taken ?? null,
    report?.rejected ?? null,
    one.startedBy,
    one.startedAt,
    one.finishedAt,
    one.undoneAt,
    problem?.code ?? null,
    problem?.detail ?? null,
  ];
}
