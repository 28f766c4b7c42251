// SPDX-License-Identifier: AGPL-3.0-or-later

/** Sign-in failures in a row before an account rests. */
export const failuresBeforeLock = 5;
const firstLockSeconds = 30;
const longestLockSeconds = 15 * 60;

/**
 * How long an account rests after its n-th failure in a row, in seconds: 0 for the first four, then 30, 60, 120 ... 900.
 * Short at first, because most failures are a tired person; never for ever, because a lock is also a way to shut somebody out.
 */
export function lockSeconds(failures: number): number {
  if (failures < failuresBeforeLock) return 0;
  return Math.min(longestLockSeconds, firstLockSeconds * 2 ** (failures - failuresBeforeLock));
}

export function isLocked(lockedUntil: Date | null, now: Date): boolean {
  return lockedUntil !== null && lockedUntil.getTime() > now.getTime();
}
