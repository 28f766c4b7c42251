// SPDX-License-Identifier: AGPL-3.0-or-later
import { isRole, reachOf } from './roles.ts';

/** Somebody who reads her own record may do so on a phone that others take up. */
export const idleMinutes = 15,
  longestMinutes = 60;
/** How often such a session notes that it is in use; what is noted of others' sessions is coarser. */
export const notedAfterMinutes = 1;

export const isShort = (roles: readonly string[]): boolean => roles.some((role) => isRole(role) && reachOf(role) === 'self');

/** Whether a session of somebody with these roles is over: an hour after signing in, or a quarter of an hour after the last page. */
export function hasRunOut(
  { roles, signedInAt, seenAt }: { readonly roles: readonly string[]; readonly signedInAt: Date; readonly seenAt: Date | null },
  now: number,
): boolean {
  if (!isShort(roles)) return false;
  const minutes = (since: Date): number => (now - since.getTime()) / 60_000;
  return minutes(signedInAt) >= longestMinutes || minutes(seenAt ?? signedInAt) >= idleMinutes;
}
