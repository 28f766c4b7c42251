// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { HeadLine } from '../domain/head.ts';
import { sealAfter, type Hash } from '../domain/seal.ts';
import type { HeadLog } from './head-log.ts';
import { findLastSeal, insertSeal, lockChain, readChainEnd, takeUnsealed } from './queries-seal.ts';

export const sha256: Hash = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

const mostInSeal = 2000;
const restMs = 400;
const secondsToFinish = 5;

export interface SealerOptions {
  /** As waymark_jobs. */
  readonly db: Kysely<unknown>;
  readonly headLog: HeadLog;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  readonly restMs?: number;
  /** Tests stop the sealer between any two of its steps. */
  readonly onStep?: (step: SealStep) => void;
}
export type SealStep = 'taken' | 'made' | 'inserted' | 'committed' | 'noted';

/**
 * Seals what was committed since the last look, and notes the chain's end outside the database. Entries leave the queue in the transaction that
 * seals them, so a crash at any moment leaves each entry either waiting or sealed, once. A note that a crash kept from being written is
 * written at the next look.
 */
export class Sealer {
  readonly #options: SealerOptions;
  #noted: Pick<HeadLine, 'seal' | 'digest'> | null | undefined;
  #toldOf = '';

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  /** Everything that waits now. Returns how many entries were sealed by this process. */
  async sealWaiting(signal?: AbortSignal): Promise<number> {
    let all = 0;
    for (;;) {
      const sealed = await this.#sealBatch();
      all += sealed;
      await this.#noteEnd();
      if (sealed < mostInSeal || signal?.aborted) return all;
    }
  }

  async #sealBatch(): Promise<number> {
    const { db, onStep } = this.#options;
    const sealed = await db.transaction().execute(async (tx) => {
      if (!(await lockChain(tx))) return 0; // another server is at it
      const entries = await takeUnsealed(tx, mostInSeal);
      if (entries.length === 0) return 0;
      onStep?.('taken');
      const { now } = await readChainEnd(tx);
      const seal = sealAfter(sha256, await findLastSeal(tx), now, entries);
      onStep?.('made');
      await insertSeal(tx, seal);
      onStep?.('inserted');
      return entries.length;
    });
    if (sealed > 0) onStep?.('committed');
    return sealed;
  }

  /** Appends the chain's end if it has grown beyond what this server has noted. A chain that became shorter or another is left for `doctor`. */
  async #noteEnd(): Promise<void> {
    const { db, headLog, log, onStep } = this.#options;
    if (this.#noted === undefined) {
      const { lines } = await headLog.read();
      // A restore may have brought back less than was noted before it.
      const since = lines.slice(
        Math.max(
          0,
          lines.findLastIndex(({ kind }) => kind === 'restored'),
        ),
      );
      this.#noted = since.reduce<HeadLine | null>((most, line) => (most && most.seal > line.seal ? most : line), null);
    }
    const end = await readChainEnd(db);
    if (end.sealNo > (this.#noted?.seal ?? 0)) {
      const kind = this.#noted === null && end.sealNo > 1 ? 'begun' : 'sealed';
      await headLog.append({ kind, seal: end.sealNo, digest: end.digest, at: end.now, database: end.database });
      this.#noted = { seal: end.sealNo, digest: end.digest };
      onStep?.('noted');
    } else if (this.#noted && (end.sealNo < this.#noted.seal || end.digest !== this.#noted.digest)) {
      const told = `${end.sealNo} ${end.digest}`;
      if (told !== this.#toldOf)
        log.error({ sealed: end.sealNo, noted: this.#noted.seal }, 'the record of use is not the one that was sealed: run doctor');
      this.#toldOf = told;
    }
  }
}

/** Looks at least once a second, for as long as the server runs. `close` seals what waits and returns. */
export function runSealer(options: SealerOptions): { close(): Promise<void> } {
  const sealer = new Sealer(options);
  const closing = new AbortController();
  const running = (async () => {
    let failed = false;
    while (!closing.signal.aborted) {
      try {
        await sealer.sealWaiting(closing.signal);
        failed = false;
      } catch (error) {
        // Entries go on waiting in their queue. Said once, not twice a second for as long as the database or the disk is away.
        if (!failed) options.log.error({ err: error }, 'the record of use could not be sealed; tried again until it can');
        failed = true;
      }
      await pause(options.restMs ?? restMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
      await sealer.sealWaiting(AbortSignal.timeout(secondsToFinish * 1000)).catch(() => {}); // what is left the next start seals
    },
  };
}
