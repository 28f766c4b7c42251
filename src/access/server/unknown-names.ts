// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { isLocked, lockSeconds } from '../domain/lockout.ts';

const mostKept = 10_000;

/**
 * Failures for user names that do not exist, so that a name which never rests cannot be told from one that does. Kept in memory, by
 * digest, because what people type into the wrong box may be a password.
 */
export class UnknownNames {
  readonly #byDigest = new Map<string, { failures: number; lockedUntil: Date | null }>();

  /** Counts one attempt; true when the name rests and would have been refused whatever the password. */
  attempt(name: string, now: Date): boolean {
    const digest = createHash('sha256').update(name).digest('base64url');
    const known = this.#byDigest.get(digest) ?? { failures: 0, lockedUntil: null };
    if (isLocked(known.lockedUntil, now)) return true;
    const failures = known.failures + 1;
    const seconds = lockSeconds(failures);
    this.#byDigest.delete(digest);
    this.#byDigest.set(digest, { failures, lockedUntil: seconds > 0 ? new Date(now.getTime() + seconds * 1000) : null });
    const oldest = this.#byDigest.keys().next();
    if (this.#byDigest.size > mostKept && !oldest.done) this.#byDigest.delete(oldest.value);
    return false;
  }
}
