// SPDX-License-Identifier: AGPL-3.0-or-later
import { verify } from '@node-rs/argon2';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { checkPassword } from '../domain/password.ts';
import { failuresBeforeRest } from '../domain/lockout.ts';
import type { Access } from './access.ts';
import { hashPassword } from './library.ts';
import { deleteSessions, findForSignIn, findPasswordHash, setPasswordHash } from './queries-sign-in.ts';
import { record } from './sign-in.ts';

/**
 * A new password for whoever knows the present one. Password, end of every session and the row in the record are one transaction.
 * Somebody with a stolen session has few guesses: from the fifth wrong one in a row every session of the account ends, hers too, and
 * the account rests from guessing. Throws Problem `wrong-credentials`, `account-locked` or `weak-password`.
 */
export async function changeOwnPassword(access: Access, actor: Actor, given: { current: string; wanted: string }): Promise<null> {
  const key = ['from within', actor.accountId];
  return access.turns.take(JSON.stringify(key), async () => {
    if (access.failures.resting(key, access.now())) throw new Problem('account-locked');
    const stored = await findPasswordHash(access.auth, actor.accountId);
    if (stored === null || !(await verify(stored, given.current))) {
      await refuse(access, actor, access.failures.failed(key, access.now()));
      throw new Problem('wrong-credentials', 'The current password is not right.');
    }
    checkPassword(given.wanted, actor.userName);
    const passwordHash = await hashPassword(given.wanted);
    await access.auth.transaction().execute(async (auth) => {
      // Waits for a sign-in that is being judged by the old password, so that its session ends with the others.
      await findForSignIn(auth, actor.userName);
      await setPasswordHash(auth, actor.accountId, passwordHash);
      await deleteSessions(auth, actor.accountId);
      await record(access, auth, actor.accountId, { action: 'accounts.password', subject: actor.accountId });
    });
    access.failures.forget(...key);
    return null;
  });
}

async function refuse(access: Access, actor: Actor, inARow: number): Promise<void> {
  await access.auth.transaction().execute(async (auth) => {
    if (inARow >= failuresBeforeRest) await deleteSessions(auth, actor.accountId);
    await record(access, auth, actor.accountId, { action: 'accounts.password-refused', subject: actor.accountId, detail: { inARow } });
  });
}
