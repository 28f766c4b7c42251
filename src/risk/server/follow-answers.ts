// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tx } from '../../platform/server/endpoint.ts';
import { takeToFollow } from './queries-follow.ts';
import { many, planForFew, planForMany } from './queries-plan.ts';
import { lockSubjects, rescoreAffected, type Subject } from './queries.ts';

const mostAtOnce = 400;

export interface FollowOptions {
  /** As waymark_jobs. */
  readonly db: Kysely<unknown>;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'error'>;
  /** How long somebody who saved an answer waits for figures that an import holds; then the answer stands and figures come later. */
  readonly patienceMs?: number;
  readonly restMs?: number;
}

/** Brings standings and figures in line with up to `most` saved answers, as waymark_jobs, in this transaction. Returns how many there were. */
export async function followSome(jobsTx: Tx, now: Date, most = mostAtOnce): Promise<number> {
  const { taken, subjects } = await takeToFollow(jobsTx, most);
  const byCode = new Map<string, Map<string, Subject>>();
  for (const { code, ...subject } of subjects) {
    const group = byCode.get(code) ?? new Map<string, Subject>();
    byCode.set(code, group.set(`${subject.subjectKind} ${subject.regionId} ${subject.subjectId}`, subject));
  }
  for (const [code, group] of [...byCode].sort(([x], [y]) => (x < y ? -1 : 1))) {
    await lockSubjects(jobsTx, code, [...group.values()]);
    await (group.size < many ? planForFew : planForMany)(jobsTx);
    await rescoreAffected(jobsTx, code, 'person', [...group.values()], now);
  }
  return taken;
}

/**
 * Follows what is saved, as soon as it is saved: while one round is at work whatever arrives gathers for the next, so that a hundred answers
 * at once cost little more than one. Whoever saved waits for the round that follows hers.
 */
export class FollowAnswers {
  readonly #options: FollowOptions;
  #working: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** Resolves when everything committed before this call is followed, or after the patience of the one who waits. Never rejects. */
  async followed(): Promise<void> {
    if (this.#closed) return;
    this.#next ??= this.#after(this.#working);
    let patience: NodeJS.Timeout | undefined;
    const tired = new Promise<void>((done) => {
      patience = setTimeout(done, this.#options.patienceMs ?? 3000);
    });
    await Promise.race([this.#next, tired]);
    clearTimeout(patience);
  }

  /** Ends after the round at work; what waits is followed at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    await this.#working;
    await this.#next;
  }

  async #after(before: Promise<void>): Promise<void> {
    await before;
    const round = this.#closed ? Promise.resolve() : this.#round();
    this.#working = round;
    this.#next = null;
    await round;
  }

  async #round(): Promise<void> {
    const { db, now, log, restMs } = this.#options;
    try {
      while ((await db.transaction().execute((tx) => followSome(tx, now()))) === mostAtOnce && !this.#closed);
    } catch (error) {
      log.error({ err: error }, 'saved answers could not be followed; trying again');
      clearTimeout(this.#again);
      this.#again = setTimeout(() => void this.followed(), restMs ?? 2000).unref();
    }
  }
}
