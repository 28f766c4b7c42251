// SPDX-License-Identifier: AGPL-3.0-or-later
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { verify } from '@node-rs/argon2';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { failuresBeforeRest, networkOf } from '../domain/lockout.ts';
import type { Welcome } from '../domain/invitation.ts';
import { checkPassword } from '../domain/password.ts';
import type { Access } from './access.ts';
import { codeDigest, guessKey } from './codes.ts';
import { hashPassword } from './library.ts';
import { findGoodCode, findUsedCode, isStoredOwnAccount, markCodeUsed, setLocale, type GoodCode } from './queries-codes.ts';
import { deleteSessions, findForSignIn, findPasswordHash, setFailures, setPasswordHash, type LockState } from './queries-sign-in.ts';
import { resetFactors, resetOwnAccount } from './reset-factors.ts';
import { record } from './sign-in.ts';

type Outcome = 'in' | 'wrong' | 'used' | 'rests';
const told = { wrong: 'wrong-access-code', used: 'access-code-used', rests: 'account-locked' } as const;

/** As for signing in: the time a refusal takes tells nothing about the name. */
const refusalMilliseconds = 100;

/**
 * A password of her own for whoever holds a code. It is used up, every session ends, and a rest after failed sign-ins is lifted, with
 * the row that says so, in one transaction. Guesses are counted as those at a password are (domain/lockout.ts): five in a row from one
 * network, then that name rests for that network. Sent again within minutes, because its answer was lost, it says once more that she is in and
 * changes nothing. Throws Problem `weak-password`, which tells nothing of accounts, `wrong-access-code`, `access-code-used` or `account-locked`.
 */
export async function redeemCode(access: Access, given: Welcome & { readonly address: string }): Promise<void> {
  const userName = given.userName.trim().toLowerCase();
  if (userName === '') throw new Problem('wrong-access-code');
  checkPassword(given.password, userName);
  const key = guessKey(userName, networkOf(given.address));
  const outcome = await access.turns.take(JSON.stringify(key), async () => {
    const resting = access.failures.resting(key, access.now());
    if (resting) return atLeast(() => refuseResting(access, resting.first));
    return access.turns.take(JSON.stringify(guessKey(userName)), () => atLeast(() => judge(access, userName, key, given)));
  });
  if (outcome !== 'in') throw new Problem(told[outcome]);
}

async function atLeast(judged: () => Promise<Outcome>): Promise<Outcome> {
  const began = performance.now(),
    outcome = await judged();
  if (outcome !== 'in') await sleep(Math.max(0, refusalMilliseconds - (performance.now() - began)));
  return outcome;
}

/** A flood against a resting name is written down once a rest. */
async function refuseResting(access: Access, first: boolean): Promise<Outcome> {
  if (first) await record(access, access.auth, 'nobody', { action: 'access.code-refused', detail: { reason: 'locked' } });
  return 'rests';
}

async function judge(access: Access, userName: string, key: readonly string[], given: Welcome): Promise<Outcome> {
  const passwordHash = await hashPassword(given.password);
  return access.attempts.transaction().execute(async (tx) => {
    const now = access.now();
    const known = await findForSignIn(tx, userName);
    const refuse = async (outcome: Outcome, reason: string): Promise<Outcome> => {
      await record(access, tx, 'nobody', { action: 'access.code-refused', subject: known?.accountId ?? null, detail: { reason } });
      return outcome;
    };
    if (access.unknownNames.resting(guessKey(userName), now)) return refuse('rests', 'locked');
    const good = await findMatching(access, tx, known, given.code);
    if (!known || !good) {
      const used = await judgeUsed(access, tx, known, given);
      if (used === 'in') return 'in';
      if (access.failures.failed(key, now) === failuresBeforeRest) access.unknownNames.failed(guessKey(userName), now);
      return refuse(used, known ? (known.disabled ? 'disabled' : used) : 'unknown');
    }
    await letIn(access, tx, known.accountId, good, { passwordHash, locale: given.locale });
    access.failures.forget(...guessKey(userName));
    access.unknownNames.forget(...guessKey(userName));
    access.failures.forget(userName);
    access.failures.forget('from within', known.accountId);
    return 'in';
  });
}

async function findMatching(access: Access, tx: Tx, known: LockState | null, typed: string): Promise<GoodCode | null> {
  const offered = await codeDigest(access, known?.accountId ?? 'nobody', typed);
  const good = known && !known.disabled ? await findGoodCode(tx, known.accountId) : null;
  const wanted = good ? Buffer.from(good.hash, 'base64url') : Buffer.alloc(offered.length);
  return wanted.length === offered.length && timingSafeEqual(wanted, offered) ? good : null;
}

/**
 * Of a code that opens nothing now: whether it did before, which is told to whoever holds it and to nobody who guesses. With the very password
 * that was chosen by it minutes ago it is the same press, sent again.
 */
async function judgeUsed(access: Access, tx: Tx, known: LockState | null, given: Welcome): Promise<'in' | 'used' | 'wrong'> {
  if (!known || known.disabled) return 'wrong';
  const offered = await codeDigest(access, known.accountId, given.code);
  const used = await findUsedCode(tx, known.accountId, offered.toString('base64url'));
  if (!used) return 'wrong';
  const chosen = used.justNow ? await findPasswordHash(tx, known.accountId) : null;
  return chosen !== null && (await verify(chosen, given.password)) ? 'in' : 'used';
}

async function letIn(
  access: Access,
  tx: Tx,
  accountId: string,
  { codeId, kind, phoneLost }: GoodCode,
  { passwordHash, locale }: { readonly passwordHash: string; readonly locale: string | undefined },
): Promise<void> {
  await setPasswordHash(tx, accountId, passwordHash);
  await deleteSessions(tx, accountId);
  await setFailures(tx, accountId, 0, null);
  await markCodeUsed(tx, codeId);
  if (locale !== undefined) await setLocale(tx, accountId, locale);
  if (await isStoredOwnAccount(tx, accountId)) await resetOwnAccount(tx, accountId);
  else if (phoneLost) await resetFactors(tx, accountId);
  await record(access, tx, accountId, { action: 'access.code-used', subject: accountId, detail: { codeId, kind, phoneLost } });
}
