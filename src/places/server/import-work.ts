// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { JobHandler } from '../../platform/server/jobs.ts';
import { lostDatabase, problemOf, runImport } from './import-runner.ts';
import type { ImportKind, ImportProgress } from './import-types.ts';
import {
  backToWaiting,
  claimRun,
  findRun,
  finishRun,
  forgetDryRuns,
  reachOf,
  releaseRun,
  reviveDead,
  setReach,
  stillNeeded,
  tellProgress,
  type RunRow,
} from './queries-runs.ts';

export interface ImportWorkSetup {
  readonly kinds: readonly ImportKind[];
  /** As waymark_app: what an import writes is bound by its account's rights. */
  readonly db: Kysely<unknown>;
  /** As waymark_jobs: which imports wait, and how far they are. */
  readonly jobs: Kysely<unknown>;
  /** Keeps uploaded files while their import waits or runs, and lists of rejected rows. */
  readonly folder: string;
  /** The account's rights and area as they are now; null when it is disabled or gone. */
  findActor(accountId: string): Promise<Actor | null>;
  readonly newId: () => string;
}

/** Each import holds two connections from beginning to end. More at once would only wait for each other, and leave none for anybody else. */
const atOnce = 2;
const tellEvery = 500;
const dryRunDays = 30;
/** What an upload leaves for its run is not swept before the run can be seen. */
const youngMilliseconds = 10 * 60_000;

/**
 * Runs imports that were asked for over HTTP. The table import_run says what waits; the job queue only knocks. So an import survives this
 * process: what waited is run by the next, what ran was taken whole or not at all and is run again.
 */
export class ImportWork {
  readonly #setup: ImportWorkSetup;
  readonly #stopping = new AbortController();
  readonly #lanes = new Set<Promise<void>>();
  #knocked = false;

  constructor(setup: ImportWorkSetup) {
    this.#setup = setup;
  }

  folderOf(batchId: string): string {
    return join(this.#setup.folder, batchId);
  }

  rejectedFile(batchId: string): string {
    return join(this.#setup.folder, `${batchId}.rejected.csv`);
  }

  /**
   * What the queue calls. It only knocks: an import takes hours where a file is large, and no job of the queue should. The clock sees to what
   * was left by a process or a database that was killed.
   */
  handlers(): readonly JobHandler[] {
    const begin = (): void => {
      this.drain().catch(() => {});
    }; // without the database: the clock knocks again
    return [
      {
        name: knock,
        attempts: 3,
        handle: async (payload) => {
          await this.#seen((payload as { batchId?: string }).batchId);
          begin();
        },
      },
      {
        name: 'places:look-after-imports',
        cron: '* * * * *',
        handle: async () => {
          await this.sweep();
          begin();
        },
      },
    ];
  }

  /** Runs what waits until nothing does; at once where as many run as may, for these go on with whatever waits. */
  async drain(): Promise<void> {
    this.#knocked = true;
    if (this.#lanes.size >= atOnce || this.#stopping.signal.aborted) return;
    const lane = this.#lane();
    this.#lanes.add(lane);
    await lane.finally(() => this.#lanes.delete(lane));
  }

  async #lane(): Promise<void> {
    while (this.#knocked && !this.#stopping.signal.aborted) {
      this.#knocked = false;
      while (!this.#stopping.signal.aborted && (await this.#next())) {
        /* one after the other */
      }
    }
  }

  /** The queue knocks before the transaction that asked has ended; a moment later the run is there, or never. */
  async #seen(batchId: string | undefined): Promise<void> {
    if (batchId === undefined) return;
    for (let tries = 0; tries < 100 && !(await findRun(this.#setup.jobs, batchId)); tries++) await pause(50);
  }

  /** Ends running imports: nothing of them is kept, and they wait for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#lanes);
  }

  /** Finds runs whose process or database was killed, and files that nobody needs any more. */
  async sweep(): Promise<void> {
    const { jobs, folder } = this.#setup;
    await reviveDead(jobs);
    await forgetDryRuns(jobs, dryRunDays);
    const found = (await readdir(folder).catch(() => [])).flatMap((name) => {
      const id = /^([0-9a-f-]{36})(\.rejected\.csv)?$/.exec(name);
      return id ? [{ name, id: id[1]!, list: id[2] !== undefined }] : [];
    });
    const { open, known } = await stillNeeded(
      jobs,
      found.map(({ id }) => id),
    );
    for (const { name, id, list } of found) {
      if (list ? known.has(id) : open.has(id)) continue;
      const age = Date.now() - ((await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? Date.now());
      if (known.has(id) || age > youngMilliseconds) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** The database went away and is brought back by whoever runs it: look for it every second, for two minutes; then the clock does. */
  async #recover(): Promise<void> {
    for (let tries = 0; tries < 120 && !this.#stopping.signal.aborted; tries++) {
      await pause(1000, undefined, { signal: this.#stopping.signal }).catch(() => {});
      const back = await this.sweep().then(
        () => true,
        () => false,
      );
      if (back) return this.drain().catch(() => {});
    }
  }

  async #next(): Promise<boolean> {
    return this.#setup.jobs.connection().execute(async (line) => {
      const run = await claimRun(line);
      if (!run) return false;
      try {
        await this.#run(line, run);
      } finally {
        await releaseRun(line, run.batch_id).catch(() => {});
      }
      return true;
    });
  }

  async #run(line: Kysely<unknown>, run: RunRow): Promise<void> {
    const teller = new Teller(line, run.batch_id, this.#stopping.signal);
    let taken = false;
    try {
      const report = await this.#import(line, run, teller);
      taken = !run.dry_run && report.sameAs === null;
      if (!taken && !(await finishRun(line, run.batch_id, 'done', { report }))) throw new Problem('cancelled');
      await this.#forget(run.batch_id, report.rejectedFile === null);
    } catch (error) {
      await teller.end();
      if (taken) return; // it stands, whatever went wrong with its files; the sweep sees to them
      if (teller.lost || lostDatabase(error)) {
        void this.#recover();
        return;
      } // its lifeline went too: a sweep finds it
      if (this.#stopping.signal.aborted && !teller.asked) return backToWaiting(line, run.batch_id);
      const problem = problemOf(error instanceof Problem ? error : new Problem('internal', undefined, { cause: error }));
      await finishRun(line, run.batch_id, problem.code === 'cancelled' ? 'cancelled' : 'failed', { problem });
      await this.#forget(run.batch_id, true);
    } finally {
      await teller.end();
    }
  }

  /** As the account may now, not as it might when it asked. */
  async #import(line: Kysely<unknown>, run: RunRow, teller: Teller): ReturnType<typeof runImport> {
    const kind = this.#setup.kinds.find((one) => one.kind === run.kind),
      actor = await this.#setup.findActor(run.actor_id);
    if (!actor) throw new Problem('not-allowed', 'The account that asked for this import is not in use any more; nothing was taken.');
    if (!kind || !actor.rights.has(kind.right))
      throw new Problem('not-allowed', 'The account that asked for this import may not import any more; nothing was taken.');
    await setReach(line, run.batch_id, reachOf(actor));
    const files = run.files.map((name, i) => ({ name, path: join(this.folderOf(run.batch_id), String(i)) }));
    for (const { name, path } of files) {
      if (!(await stat(path).catch(() => null)))
        throw new Problem('unreadable-file', 'The uploaded file is not on this server any more. Upload it again.', { at: { file: name } });
    }
    return runImport({
      db: this.#setup.db,
      actor,
      kind,
      batchId: run.batch_id,
      files,
      mappingText: run.mapping_text ?? '',
      mappingName: run.mapping_name,
      dryRun: run.dry_run,
      queued: true,
      rejectedFile: this.rejectedFile(run.batch_id),
      newId: this.#setup.newId,
      signal: teller.signal,
      onProgress: (progress) => {
        teller.progress = progress;
      },
    });
  }

  async #forget(batchId: string, withList: boolean): Promise<void> {
    await rm(this.folderOf(batchId), { recursive: true, force: true });
    if (withList) await rm(this.rejectedFile(batchId), { force: true });
  }
}

/** The name under which the queue knows that an import waits. */
export const knock = 'places:import';

/** Twice a second says how far an import is, and asks whether it is to stop. */
class Teller {
  progress: ImportProgress = { done: 0, total: 0, phase: 'Starting' };
  /** Somebody wants it stopped; the server ends; the database went away. */
  asked = false;
  lost = false;
  readonly #stop = new AbortController();
  readonly #ending: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #line: Kysely<unknown>;
  readonly #batchId: string;
  readonly #halt = (): void => this.#stop.abort();
  #telling: Promise<void> | null = null;

  constructor(line: Kysely<unknown>, batchId: string, ending: AbortSignal) {
    this.#line = line;
    this.#batchId = batchId;
    this.#ending = ending;
    if (ending.aborted) this.#halt();
    ending.addEventListener('abort', this.#halt, { once: true });
    this.#timer = setInterval(() => {
      this.#telling ??= this.#tell().finally(() => {
        this.#telling = null;
      });
    }, tellEvery);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async #tell(): Promise<void> {
    try {
      this.asked ||= await tellProgress(this.#line, this.#batchId, this.progress);
    } catch {
      this.lost = true;
    }
    if (this.asked || this.lost) this.#halt();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.removeEventListener('abort', this.#halt);
    await this.#telling;
  }
}
