// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tx } from '../../platform/server/endpoint.ts';
import { followHouseholds, OneAfterAnother } from './follow-households.ts';
import { findPeopleToFollow, findPlaceToFollow, noteFollowed, takeToFollow, type Portion } from './queries-follow.ts';
import { many, planForFew, planForMany } from './queries-plan.ts';
import { lockSubjects, rescoreAffected, rescorePersons, type Subject } from './queries.ts';

/** About a third of a second of work: whoever saves an answer about one person waits for no more of a whole province. */
const atOnce: Portion = { answers: 400, people: 1000 };

export interface FollowOptions {
  /** As waymark_jobs. */
  readonly db: Kysely<unknown>;
  readonly now: () => Date;
  readonly log: Pick<Logger, 'error'>;
  /** How long somebody who saved an answer waits for figures that an import holds; then the answer stands and figures come later. */
  readonly patienceMs?: number;
  readonly restMs?: number;
  /** From how many people on an answer about a place is followed some of them at a time, and how many. */
  readonly peopleAtOnce?: number;
}

/**
 * Brings standings and figures in line with some saved answers, as waymark_jobs, in this transaction; answers about places of many people are left to
 * `followPlace`. Returns how many there were, and whether others may wait.
 */
export async function followSome(jobsTx: Tx, now: Date, most: Partial<Portion> = {}): Promise<{ taken: number; more: boolean }> {
  const { taken, more, subjects } = await takeToFollow(jobsTx, { ...atOnce, ...most });
  const byCode = new Map<string, Map<string, Subject>>();
  for (const { code, ...subject } of subjects) {
    const group = byCode.get(code) ?? new Map<string, Subject>();
    byCode.set(code, group.set(`${subject.subjectKind} ${subject.regionId} ${subject.subjectId}`, subject));
  }
  for (const [code, group] of [...byCode].sort(([x], [y]) => (x < y ? -1 : 1))) {
    await lockSubjects(jobsTx, code, [...group.values()]);
    const few = group.size < many && ![...group.values()].some(({ subjectKind }) => subjectKind === 'place');
    await (few ? planForFew : planForMany)(jobsTx);
    await rescoreAffected(jobsTx, code, 'person', [...group.values()], now);
  }
  return { taken, more };
}

/**
 * Brings some of the people in line with the oldest answer about a place of many, as waymark_jobs, in this transaction; it goes on where it was left.
 * Each is scored from all her answers, so that it does not matter which of several answers is followed first. Returns whether there was one.
 */
export async function followPlace(jobsTx: Tx, now: Date, most = atOnce.people): Promise<boolean> {
  const line = await findPlaceToFollow(jobsTx, most);
  if (!line) return false;
  const { code, placeId, regionId } = line;
  if (code === null) {
    await noteFollowed(jobsTx, line, null);
    return true;
  }
  // Whoever was scored before the answer was saved is written by now; whoever is scored from now on is scored with it.
  await lockSubjects(jobsTx, code, [{ subjectKind: 'place', regionId, subjectId: placeId }]);
  const people = await findPeopleToFollow(jobsTx, line, most);
  if (people.length > 0) {
    await planForMany(jobsTx);
    await rescorePersons(jobsTx, code, people, now);
  }
  await noteFollowed(jobsTx, line, people.length < most ? null : people.at(-1)!);
  return true;
}

/**
 * Follows what is saved, as soon as it is saved: while one round is at work whatever arrives gathers for the next, so that a hundred answers
 * at once cost little more than one. Whoever saved waits for the round that follows hers. Between rounds some of the people are counted again whom an
 * answer about a large place concerns, and nobody waits for all of them.
 */
export class FollowAnswers {
  readonly #options: FollowOptions;
  #working: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #again: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #most: Portion;
  readonly #households: OneAfterAnother;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#households = new OneAfterAnother(() => this.#list());
    this.#most = { ...atOnce, people: options.peopleAtOnce ?? atOnce.people };
  }

  /** Resolves when everything committed before this call is followed, or after the patience of the one who waits. Never rejects. */
  async followed(): Promise<void> {
    await this.#patiently(() => Promise.all([this.#ask(), this.#households.ask()]));
  }

  /** The same of what was written about people and households and leaves no answer to follow: only the list of households. */
  async listed(): Promise<void> {
    await this.#patiently(() => this.#households.ask());
  }

  async #patiently(ask: () => Promise<unknown>): Promise<void> {
    if (this.#closed) return;
    const done = ask();
    let patience: NodeJS.Timeout | undefined;
    const tired = new Promise<void>((rest) => {
      patience = setTimeout(rest, this.#options.patienceMs ?? 3000);
    });
    await Promise.race([done, tired]);
    clearTimeout(patience);
  }

  /** Ends after the round at work; what waits is followed at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    await this.#working;
    await this.#next;
    await this.#households.ended();
  }

  #ask(): Promise<void> {
    return (this.#next ??= this.#after(this.#working));
  }

  async #after(before: Promise<void>): Promise<void> {
    await before;
    const round = this.#closed ? Promise.resolve(true) : this.#round();
    this.#working = round.then((well) => (well ? this.#someOfAPlace() : undefined));
    this.#next = null;
    await round;
  }

  /** What is said of somebody alone waits for no import, so it does not stand in one line with answers. */
  async #list(): Promise<void> {
    if (!this.#closed) await this.#try(() => followHouseholds(this.#options.db, () => this.#closed));
  }

  async #round(): Promise<boolean> {
    const { db, now } = this.#options;
    return this.#try(async () => {
      while ((await db.transaction().execute((tx) => followSome(tx, now(), this.#most))).more && !this.#closed);
      await this.#households.ask();
    });
  }

  /** Then whatever was saved meanwhile has its turn, and after it the next of them. */
  async #someOfAPlace(): Promise<void> {
    if (this.#closed) return;
    const { db, now } = this.#options;
    await this.#try(async () => {
      if ((await db.transaction().execute((tx) => followPlace(tx, now(), this.#most.people))) && !this.#closed) void this.#ask();
    });
  }

  /** Whether it went well; if not, all is tried again after a rest. */
  async #try(work: () => Promise<void>): Promise<boolean> {
    const { log, restMs } = this.#options;
    try {
      await work();
      return true;
    } catch (error) {
      log.error({ err: error }, 'saved answers could not be followed; trying again');
      clearTimeout(this.#again);
      this.#again = setTimeout(() => void this.followed(), restMs ?? 2000).unref();
      return false;
    }
  }
}
