// SPDX-License-Identifier: AGPL-3.0-or-later
import { rm } from 'node:fs/promises';
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportReport } from '../domain/import-report.ts';
import type { ImportProgress } from './import-types.ts';
import { problemOf, runImport, type ImportRequest } from './import-runner.ts';

export interface Job {
  readonly batchId: string;
  readonly kind: string;
  readonly right: string;
  readonly actorId: string;
  readonly fileName: string;
  readonly mappingName: string;
  readonly dryRun: boolean;
  readonly startedAt: Date;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  progress: ImportProgress;
  report: ImportReport | null;
  problem: ReturnType<typeof problemOf> | null;
  finishedAt: Date | null;
}

const keepEnded = 50;
/** Each import holds a connection from beginning to end. More at once would only wait for each other in the database, and leave none for anybody else. */
const atOnce = 2;

/**
 * The imports of this process, running and lately ended. What they took stands in the database; how far they are, and what a dry run
 * found, stands here only and goes with the process.
 */
export class ImportJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  get(batchId: string): Job | undefined {
    return this.#jobs.get(batchId);
  }

  /** Starts and answers at once. The uploaded files in `folder` are removed at the end; the list of rejected rows stays beside it. */
  start(request: Omit<ImportRequest, 'signal' | 'onProgress'>, folder: string): Job {
    const stop = new AbortController();
    let end = (): void => {};
    const job: Job = {
      batchId: request.batchId, kind: request.kind.kind, right: request.kind.right, actorId: request.actor.accountId, fileName: request.files.map(({ name }) => name).join(', '),
      mappingName: request.mappingName, dryRun: request.dryRun, startedAt: new Date(), stop, ended: new Promise((resolve) => { end = resolve; }),
      state: 'running', progress: { done: 0, total: 0, phase: 'Starting' }, report: null, problem: null, finishedAt: null,
    };
    this.#jobs.set(job.batchId, job);
    void this.#run(job, request, folder).finally(end);
    return job;
  }

  async #run(job: Job, request: Omit<ImportRequest, 'signal' | 'onProgress'>, folder: string): Promise<void> {
    await this.#turn(job);
    try {
      job.report = await runImport({ ...request, signal: job.stop.signal, onProgress: (progress) => { job.progress = progress; } });
      job.state = 'done';
    } catch (error) {
      job.problem = problemOf(error instanceof Problem ? error : new Problem('internal', undefined, { cause: error }));
      job.state = job.problem.code === 'cancelled' ? 'cancelled' : 'failed';
    }
    this.#running--;
    if (this.#running < atOnce) this.#waiting.shift()?.();
    job.finishedAt = new Date();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    this.#forget();
  }

  /** Resolves when it is this import's turn, or at once when it has been stopped: then it ends without doing anything. */
  async #turn(job: Job): Promise<void> {
    if (this.#running >= atOnce && !job.stop.signal.aborted) {
      job.progress = { done: 0, total: 0, phase: 'Waiting for another import to end' };
      await new Promise<void>((go) => {
        this.#waiting.push(go);
        job.stop.signal.addEventListener('abort', () => {
          const at = this.#waiting.indexOf(go);
          if (at >= 0) this.#waiting.splice(at, 1);
          go();
        }, { once: true });
      });
    }
    this.#running++;
  }

  /** Asks every running import to stop and waits for it: nothing of them is kept. */
  async stopAll(): Promise<void> {
    const running = [...this.#jobs.values()].filter(({ state }) => state === 'running');
    for (const job of running) job.stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  #forget(): void {
    const ended = [...this.#jobs.values()].filter(({ state }) => state !== 'running');
    for (const job of ended.slice(0, Math.max(0, ended.length - keepEnded))) this.#jobs.delete(job.batchId);
  }
}
