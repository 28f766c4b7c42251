// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { writeAudit } from '../../audit/server/index.ts';
import { failuresBeforeRest, networkOf, networksBeforeRest, restSeconds, rests } from '../domain/lockout.ts';
import type { Access } from './access.ts';
import { hashPassword } from './library.ts';
import { missingProof } from '../domain/second-proof.ts';
import { findBehindSessionId, noteOpened } from './queries-sessions.ts';
import { findAccountId, findForSignIn, setFailures, type LockState } from './queries-sign-in.ts';

export interface SignedIn {
  readonly accountId: string;
  /** Of the session that the password opened; it may be half a one (domain/second-proof.ts). */
  readonly sessionId: string;
  readonly setCookies: readonly string[];
}
export interface Attempt {
  readonly username: string;
  readonly password: string;
  readonly headers: Headers;
  readonly address: string;
}

type Outcome = { readonly kind: 'in'; readonly signedIn: SignedIn } | { readonly kind: 'wrong' | 'rests' };

/** No refusal comes sooner than this, which is several times what judging takes: the time tells nothing about the name. */
const refusalMilliseconds = 100;

/**
 * Proves a password and opens a session. Throws Problem `wrong-credentials` or, while the name rests after too many failures,
 * `account-locked`; what is answered, how it is counted and how long it takes are the same for names that exist and names that do
 * not. A name rests for the network that failed, and for everybody only when many networks did (domain/lockout.ts).
 */
export async function signIn(access: Access, attempt: Attempt): Promise<SignedIn> {
  const userName = attempt.username.trim().toLowerCase(),
    key = [userName, networkOf(attempt.address)];
  // Attempts of one network wait for each other, and only then for the name: however many one sends, others wait for one of them.
  const outcome = await access.turns.take(JSON.stringify(key), async () => {
    const resting = access.failures.resting(key, access.now());
    if (resting) return atLeast(() => refuseResting(access, userName, attempt.password, resting.first));
    return access.turns.take(userName, () =>
      atLeast(() => access.attempts.transaction().execute((tx) => judge(access, tx, userName, key, attempt))),
    );
  });
  if (outcome.kind === 'in') return outcome.signedIn;
  throw new Problem(outcome.kind === 'rests' ? 'account-locked' : 'wrong-credentials');
}

async function atLeast(refused: () => Promise<Outcome>): Promise<Outcome> {
  const began = performance.now(),
    outcome = await refused();
  if (outcome.kind !== 'in') await sleep(Math.max(0, refusalMilliseconds - (performance.now() - began)));
  return outcome;
}

/** A flood against a resting name is written down once a rest. */
async function refuseResting(access: Access, userName: string, password: string, first: boolean): Promise<Outcome> {
  await hashPassword(password); // as slow as a real check
  if (first) {
    const known = await findAccountId(access.auth, userName);
    await record(access, access.auth, 'nobody', { action: 'access.sign-in-refused', subject: known, detail: { reason: 'locked' } });
  }
  return { kind: 'rests' };
}

/** Holds the account's row meanwhile, because another server may be judging as well. Counts and the row in the record stand together. */
async function judge(access: Access, tx: Tx, userName: string, key: readonly string[], { password, headers }: Attempt): Promise<Outcome> {
  const now = access.now();
  const known = await findForSignIn(tx, userName);
  const able = known && !known.disabled ? known : null;
  const refuse = async (kind: 'wrong' | 'rests', reason: string): Promise<Outcome> => {
    await record(access, tx, 'nobody', { action: 'access.sign-in-refused', subject: known?.accountId ?? null, detail: { reason } });
    return { kind };
  };
  if (able ? rests(able.lockedUntil, now) : access.unknownNames.resting([userName], now)) {
    await hashPassword(password);
    return refuse('rests', 'locked');
  }
  if (able) {
    const response = await access.library.api.signInUsername({ body: { username: userName, password }, headers, asResponse: true });
    if (response.status >= 500) throw new Error(`The sign-in library answered ${response.status}.`);
    if (response.ok) {
      access.failures.forget(...key);
      access.failures.forget('from within', able.accountId);
      const sessionId = await opened(access, tx, able, (await response.json()) as { token: string });
      return { kind: 'in', signedIn: { accountId: able.accountId, sessionId, setCookies: response.headers.getSetCookie() } };
    }
  } else {
    await hashPassword(password);
  }
  if (access.failures.failed(key, now) === failuresBeforeRest) await countNetwork(access, tx, userName, able, now);
  return refuse('wrong', known ? (known.disabled ? 'disabled' : 'wrong') : 'unknown');
}

/** Guesses at the second proof stay counted until it is given: a known password must not wipe them away. */
async function opened(access: Access, tx: Tx, able: LockState, { token }: { token: string }): Promise<string> {
  const opening = { through: 'password', passwordAt: access.now(), provedAt: null, how: null } as const;
  const sessionId = (await noteOpened(tx, token, opening)) ?? '';
  const found = await findBehindSessionId(tx, sessionId),
    missing = found && missingProof({ ...found, roles: found.posts.map(({ role }) => role) });
  if (missing !== 'proof') await setFailures(tx, able.accountId, 0, null);
  await record(access, tx, able.accountId, {
    action: 'access.sign-in',
    subject: able.accountId,
    ...(missing ? { detail: { missing } } : {}),
  });
  return sessionId;
}

/** One more network has come to rest over this name. */
export async function countNetwork(access: Access, tx: Tx, userName: string, able: LockState | null, now: Date): Promise<void> {
  if (!able) {
    access.unknownNames.failed([userName], now);
    return;
  }
  const seconds = restSeconds(able.failures + 1, networksBeforeRest);
  await setFailures(tx, able.accountId, able.failures + 1, seconds > 0 ? new Date(now.getTime() + seconds * 1000) : null);
}

export async function signOut(access: Access, actor: Actor | null, headers: Headers): Promise<readonly string[]> {
  const response = await access.library.api.signOut({ headers, asResponse: true });
  if (actor) await record(access, access.auth, actor.accountId, { action: 'access.sign-out', subject: actor.accountId });
  return response.headers.getSetCookie();
}

/** As waymark_auth, who may write rows about signing in and no others (db/migrations/0007). */
export function record(access: Access, tx: Tx, actorId: string, entry: Parameters<typeof writeAudit>[2]): Promise<void> {
  return writeAudit(tx, actorId, entry, access.newId);
}
