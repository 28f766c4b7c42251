// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { followSomeHouseholds } from './queries-follow.ts';

/** A fraction of a second. */
const atOnce = 500;

/** Brings the list of households in line with what was committed before, as waymark_jobs, some households a transaction. Where somebody else is at it, she does it. */
export async function followHouseholds(db: Kysely<unknown>, ended: () => boolean = () => false): Promise<void> {
  while (!ended() && (await db.transaction().execute((tx) => followSomeHouseholds(tx, atOnce))));
}

/** One after the other: while one round is at work, whoever asks is served by the next, which is one for all of them. */
export class OneAfterAnother {
  readonly #work: () => Promise<void>;
  #working: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** `work` never rejects. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves after a round that began after this call. */
  ask(): Promise<void> {
    return (this.#next ??= this.#working.then(() => {
      this.#next = null;
      return (this.#working = this.#work());
    }));
  }

  /** Resolves when nothing is at work and nobody waits. */
  async ended(): Promise<void> {
    await this.#next;
    await this.#working;
  }
}
