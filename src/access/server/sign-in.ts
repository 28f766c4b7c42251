// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { withActor } from '../../platform/server/db.ts';
import type { AuditEntry } from '../../platform/server/endpoint.ts';
import { writeAudit } from '../../audit/server/index.ts';
import { isLocked, lockSeconds } from '../domain/lockout.ts';
import type { Access } from './access.ts';
import { hashPassword } from './library.ts';
import { findForSignIn, setFailures } from './queries-sign-in.ts';

export interface SignedIn { readonly accountId: string; readonly setCookies: readonly string[] }

type Outcome = { readonly kind: 'in'; readonly signedIn: SignedIn } | { readonly kind: 'wrong' | 'locked' | 'disabled' | 'unknown'; readonly accountId: string | null };

/**
 * Proves a password and opens a session. Throws Problem `wrong-credentials` or, while the name rests after too many failures,
 * `account-locked`, both the same for names that exist and names that do not. Every outcome goes into the record.
 */
export async function signIn(access: Access, given: { username: string; password: string }, headers: Headers): Promise<SignedIn> {
  const userName = given.username.trim().toLowerCase();
  const outcome = await access.attempts.transaction().execute((tx) => judge(access, tx, userName, given.password, headers));
  if (outcome.kind === 'in') {
    await record(access, outcome.signedIn.accountId, { action: 'access.sign-in', subject: outcome.signedIn.accountId });
    return outcome.signedIn;
  }
  await record(access, 'nobody', { action: 'access.sign-in-refused', subject: outcome.accountId, detail: { reason: outcome.kind } });
  const locked = outcome.kind === 'locked' || ((outcome.kind === 'unknown' || outcome.kind === 'disabled') && access.unknownNames.attempt(userName, access.now()));
  throw new Problem(locked ? 'account-locked' : 'wrong-credentials');
}

async function judge(access: Access, tx: Access['attempts'], userName: string, password: string, headers: Headers): Promise<Outcome> {
  const now = access.now();
  const known = await findForSignIn(tx, userName);
  if (!known || known.disabled || isLocked(known.lockedUntil, now)) {
    // As slow as a real check, so that time does not tell which names exist.
    await hashPassword(password);
    return known ? { kind: isLocked(known.lockedUntil, now) ? 'locked' : 'disabled', accountId: known.accountId } : { kind: 'unknown', accountId: null };
  }
  const response = await access.library.api.signInUsername({ body: { username: userName, password }, headers, asResponse: true });
  if (response.status >= 500) throw new Error(`The sign-in library answered ${response.status}.`);
  if (response.ok) {
    await setFailures(tx, known.accountId, 0, null);
    return { kind: 'in', signedIn: { accountId: known.accountId, setCookies: response.headers.getSetCookie() } };
  }
  const failures = known.failures + 1;
  const seconds = lockSeconds(failures);
  await setFailures(tx, known.accountId, failures, seconds > 0 ? new Date(now.getTime() + seconds * 1000) : null);
  return { kind: 'wrong', accountId: known.accountId };
}

export async function signOut(access: Access, actor: Actor | null, headers: Headers): Promise<readonly string[]> {
  const response = await access.library.api.signOut({ headers, asResponse: true });
  if (actor) await record(access, actor.accountId, { action: 'access.sign-out', subject: actor.accountId });
  return response.headers.getSetCookie();
}

/** These routes stand beside the gate, so they write their own record. */
async function record(access: Access, actorId: string, entry: AuditEntry): Promise<void> {
  await withActor(access.app, { accountId: actorId, userName: '', displayName: '', locale: 'en', roles: [], rights: new Set(), scopes: [], posts: [] },
    (tx) => writeAudit(tx, actorId, entry, access.newId));
}
