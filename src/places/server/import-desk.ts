// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { JobQueue } from '../../platform/server/jobs.ts';
import type { ImportReport } from '../domain/import-report.ts';
import type { ImportProblem, ImportState } from '../domain/imports-api.ts';
import type { ImportKind, ImportProgress } from './import-types.ts';
import type { ImportWork } from './import-work.ts';
import { findRun, type RunRow } from './queries-runs.ts';
import type { ReadersWords } from './rejected-file.ts';

export interface ImportsSetup {
  /** Kinds in the order they are offered; rooms above bring their own. */
  readonly kinds: readonly ImportKind[];
  readonly work: ImportWork;
  readonly queue: JobQueue;
  /** What the server says in English, in the languages that have words for it. */
  readonly words: ReadersWords;
}

export const ById = Type.Object({ batchId: Type.String({ format: 'uuid' }) });
/** Refused before a byte of a file is taken; which of the two a kind of import needs, the handler asks. */
export const rule = { may: 'places.import', or: ['statistics.import', 'people.import'] } as const;

/** What the endpoints of imports share: which rights an import needs is its kind's to say. */
export class Desk {
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

function refuse(): never {
  throw new Problem('not-allowed');
}

export function unknown(): never {
  throw new Problem('not-found', 'There is no such import among those that you may see.');
}

/** What waits is a running import that has not begun. */
export function stateOf(run: RunRow): ImportState {
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
    waiting: run.state === 'waiting',
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
