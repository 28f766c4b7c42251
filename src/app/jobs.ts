// SPDX-License-Identifier: AGPL-3.0-or-later
import { Logger, parseCronItems, run, type Runner, type TaskList } from 'graphile-worker';
import type { Kysely } from 'kysely';
import type { Logger as Log } from 'pino';
import { openPool } from '../platform/server/db.ts';
import type { JobContext, JobHandler, JobQueue } from '../platform/server/jobs.ts';

export interface JobsOptions {
  readonly url: string;
  /** As waymark_jobs. */
  readonly db: Kysely<unknown>;
  readonly handlers: readonly JobHandler[];
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Log;
}

export interface Jobs extends JobQueue {
  /** Lets running work come to a safe point, a few seconds at most, and gives back what it did not finish. */
  close(): Promise<void>;
}

const secondsToFinish = 10;

/**
 * Starts the queue in the database's schema graphile_worker. Work survives a crash of this process and runs once among several
 * servers. A failing job is logged and tried again with growing pauses.
 */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  // Ours, because the queue's own would outlive its stop, and the end of the database would then end this process with an error.
  const pool = openPool(options.url, { max: 4, applicationName: 'waymark queue' });
  const runner: Runner = await run({
    pgPool: pool,
    schema: 'graphile_worker',
    concurrency: 2,
    pollInterval: 2000,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: secondsToFinish * 1000,
    taskList: tasksOf(options),
    parsedCronItems: parseCronItems(options.handlers.flatMap(({ name, cron }) => cron === undefined ? [] : [{
      task: name, match: cron, options: { backfillPeriod: 0, queueName: name, jobKey: name, jobKeyMode: 'replace' as const, maxAttempts: 1 },
    }])),
    logger: quietLogger(options.log),
  });
  // A queue that breaks down is a fault of the whole server: the log has it, and /healthz asks the database itself.
  runner.promise.catch((error: unknown) => options.log.error({ err: error }, 'the job queue stopped'));
  const attempts = new Map(options.handlers.map(({ name, attempts: most }) => [name, most ?? 5]));
  return {
    async enqueue(name, payload, { key } = {}) {
      const maxAttempts = attempts.get(name);
      if (maxAttempts === undefined) throw new Error(`There is no job called ${name}.`);
      await runner.addJob(name, payload, { maxAttempts, ...(key === undefined ? {} : { jobKey: `${name}:${key}`, jobKeyMode: 'preserve_run_at' as const }) });
    },
    async close() {
      await runner.stop();
      await pool.end();
    },
  };
}

function tasksOf(options: JobsOptions): TaskList {
  return Object.fromEntries(options.handlers.map((handler) => [handler.name, async (payload: unknown, helpers: { abortSignal: AbortSignal }) => {
    const context: JobContext = { db: options.db, now: options.now, newId: options.newId, signal: helpers.abortSignal };
    try {
      await handler.handle(payload, context);
    } catch (error) {
      options.log.error({ err: error, job: handler.name }, 'job failed');
      throw error;
    }
  }]));
}

/** The queue speaks of every job it takes; only what is wrong is worth a line, and never the payload. */
function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ from: 'jobs' }, message);
    else if (level === 'warning') log.warn({ from: 'jobs' }, message);
  });
}
