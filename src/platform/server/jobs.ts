// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';

/** Work that goes on behind an answer. Rooms declare handlers and ask for runs; `app/` owns the queue. */
export interface JobContext {
  /** As waymark_jobs. A handler that acts for a person opens its own transaction as that person. */
  readonly db: Kysely<unknown>;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Fires when the server shuts down: stop at a safe point, the job is run again. */
  readonly signal: AbortSignal;
}

export interface JobHandler {
  /** `room.verb`, such as `places.import`. */
  readonly name: string;
  /** How often a failing job is tried again before it is left for a person; 1 = never again. */
  readonly attempts?: number;
  /** Five fields of cron in UTC, when the clock asks for it. */
  readonly cron?: string;
  handle(payload: unknown, context: JobContext): Promise<void>;
}

export interface JobQueue {
  /** Stored before the promise resolves; runs once, soon. The same `key` twice before it has run is one job. */
  enqueue(name: string, payload: Readonly<Record<string, unknown>>, options?: { readonly key?: string }): Promise<void>;
}
