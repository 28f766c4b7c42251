// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { failuresBeforeRest, restSeconds, rests } from '../domain/lockout.ts';

/** Kept at once; beyond it the one that was longest not tried is forgotten. A few megabytes at most. */
const mostKept = 10_000;

interface Count {
  failures: number;
  until: Date | null;
  told: boolean;
}

/**
 * Failures in a row, in the memory of this process: by digest, because what people type into the wrong box may be a password, and
 * bounded, whoever types what.
 */
export class Failures {
  readonly #counts = new Map<string, Count>();
  readonly #allowed: number;

  constructor(allowed = failuresBeforeRest) {
    this.#allowed = allowed;
  }

  get size(): number {
    return this.#counts.size;
  }

  /** Rests now; `first` the first time that this is asked of one rest, so that a flood is written down once. */
  resting(key: readonly string[], now: Date): { readonly first: boolean } | null {
    const count = this.#counts.get(digest(key));
    if (!count || !rests(count.until, now)) return null;
    const first = !count.told;
    count.told = true;
    return { first };
  }

  /** One more failure; answers how many there are in a row. */
  failed(key: readonly string[], now: Date): number {
    const id = digest(key),
      failures = (this.#counts.get(id)?.failures ?? 0) + 1,
      seconds = restSeconds(failures, this.#allowed);
    this.#counts.delete(id);
    this.#counts.set(id, { failures, until: seconds > 0 ? new Date(now.getTime() + seconds * 1000) : null, told: false });
    const oldest = this.#counts.keys().next();
    if (this.#counts.size > mostKept && !oldest.done) this.#counts.delete(oldest.value);
    return failures;
  }

  /** Forgets a key, or all that begin with `name`. */
  forget(...key: readonly string[]): void {
    const id = digest(key);
    for (const each of this.#counts.keys()) if (each === id || each.startsWith(`${id} `)) this.#counts.delete(each);
  }
}

/** One after another for each key, so that guesses sent all at once are counted before the next is judged. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, fn: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(fn, fn);
    const settled = mine.catch(() => {});
    this.#last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}

function digest(parts: readonly string[]): string {
  return parts.map((part) => createHash('sha256').update(part).digest('base64url')).join(' ');
}
