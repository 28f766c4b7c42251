// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as pause } from 'node:timers/promises';
import { Logger, parseCronItems, run, runMigrations, type Runner, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Kysely } from 'kysely';
import type { Logger as Log } from 'pino';
import { openPool } from '../platform/server/db.ts';
import type { JobContext, JobHandler, JobQueue } from '../platform/server/jobs.ts';

export interface JobsOptions {
  readonly url: string;
  /** As waymark_jobs. */
  readonly db: Kysely<unknown>;
  readonly handlers: readonly JobHandler[];
  /** False: only what is asked for is done. Default: the clock asks too. */
  readonly clock?: boolean;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Log;
}

export interface Jobs extends JobQueue {
  /** Lets running work come to a safe point, a few seconds at most, and gives back what it did not finish. */
  close(): Promise<void>;
}

const secondsToFinish = 10;
const schema = 'graphile_worker';

/**
 * Starts the queue in the database's schema graphile_worker. Work survives a crash of this process and runs once among several
 * servers. A failing job is logged and tried again with growing pauses. When the database goes away the queue ends, and is begun anew once
 * it is back.
 */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  // Ours, because the queue's own would outlive its stop, and the end of the database would then end this process with an error.
  const pool = openPool(options.url, { max: 8, applicationName: 'waymark queue' });
  const closing = new AbortController();
  let turn = await begin(pool, options);
  const watched = (async () => {
    while (!closing.signal.aborted) {
      await turn.runner.promise.catch((error: unknown) => options.log.error({ err: error }, 'the job queue stopped'));
      turn.guard.release(true);
      for (let again = true; again && !closing.signal.aborted;) {
        await pause(1000, undefined, { signal: closing.signal }).catch(() => {});
        if (!closing.signal.aborted)
          again = await begin(pool, options).then(
            (next) => {
              turn = next;
              return false;
            },
            () => true,
          );
      }
    }
  })();
  const attempts = new Map(options.handlers.map(({ name, attempts: most }) => [name, most ?? 5]));
  return {
    async enqueue(name, payload, { key } = {}) {
      const maxAttempts = attempts.get(name);
      if (maxAttempts === undefined) throw new Error(`There is no job called ${name}.`);
      await turn.runner.addJob(name, payload, {
        maxAttempts,
        ...(key === undefined ? {} : { jobKey: `${name}:${key}`, jobKeyMode: 'preserve_run_at' as const }),
      });
    },
    async close() {
      closing.abort();
      await turn.runner.stop().catch(() => {}); // it had stopped by itself
      await watched;
      await pool.end();
    },
  };
}

async function begin(pool: pg.Pool, options: JobsOptions): Promise<{ runner: Runner; guard: pg.PoolClient }> {
  await runMigrations({ pgPool: pool, schema, logger: quietLogger(options.log) });
  const guard = await freeTheDead(pool);
  try {
    const runner = await run({
      pgPool: pool,
      schema,
      concurrency: 2,
      pollInterval: 2000,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: secondsToFinish * 1000,
      // Batches of one: a job whose end cannot be written down then stops the queue, where it would otherwise end the whole process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: tasksOf(options),
      parsedCronItems: parseCronItems(
        options.handlers.flatMap(({ name, cron }) =>
          cron === undefined || options.clock === false
            ? []
            : [
                {
                  task: name,
                  match: cron,
                  options: { backfillPeriod: 0, queueName: name, jobKey: name, jobKeyMode: 'replace' as const, maxAttempts: 1 },
                },
              ],
        ),
      ),
      logger: quietLogger(options.log),
    });
    return { runner, guard };
  } catch (error) {
    guard.release(true);
    throw error;
  }
}

/**
 * What a killed process had taken stays taken for four hours, and a clock that is one of its jobs stands still so long. Every queue that runs
 * holds a lock; whoever finds it free is alone, and all that is taken was taken by the dead.
 */
async function freeTheDead(pool: pg.Pool): Promise<pg.PoolClient> {
  const guard = await pool.connect();
  try {
    await free(guard);
    return guard;
  } catch (error) {
    guard.release(true);
    throw error;
  }
}

async function free(guard: pg.PoolClient): Promise<void> {
  const {
    rows: [found],
  } = await guard.query<{ alone: boolean }>(`select pg_try_advisory_lock(hashtext('waymark.queue')) as alone`);
  if (found?.alone) {
    await guard.query(`select ${schema}.force_unlock_workers(array(
      select locked_by from ${schema}._private_jobs where locked_by is not null union select locked_by from ${schema}._private_job_queues where locked_by is not null))`);
  }
  await guard.query(`select pg_advisory_lock_shared(hashtext('waymark.queue'))`);
  if (found?.alone) await guard.query(`select pg_advisory_unlock(hashtext('waymark.queue'))`);
}

function tasksOf(options: JobsOptions): TaskList {
  return Object.fromEntries(
    options.handlers.map((handler) => [
      handler.name,
      async (payload: unknown, helpers: { abortSignal: AbortSignal }) => {
        const context: JobContext = { db: options.db, now: options.now, newId: options.newId, signal: helpers.abortSignal };
        try {
          await handler.handle(payload, context);
        } catch (error) {
          options.log.error({ err: error, job: handler.name }, 'job failed');
          throw error;
        }
      },
    ]),
  );
}

/** The queue speaks of every job it takes; only what is wrong is worth a line, and never the payload. */
function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ from: 'jobs' }, message);
    else if (level === 'warning') log.warn({ from: 'jobs' }, message);
  });
}
