// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { failuresBeforeRest, networkOf, rests } from '../../domain/lockout.ts';
import type { Access } from '../access.ts';
import { findForSignIn, setFailures } from '../queries-sign-in.ts';
import { countNetwork, record } from '../sign-in.ts';

export interface Prover {
  readonly accountId: string;
  readonly userName: string;
  readonly address: string;
}

type Outcome<T> = { readonly kind: 'proved'; readonly value: T } | { readonly kind: 'wrong' | 'rests' };

/**
 * Judges one guess at a second proof, counted as guesses at a password are: five wrong ones in a row let the account rest for the network
 * that guessed, and for everybody only when twenty networks did. What `check` wrote stays only where it answers something; null is a
 * wrong guess. A right password wipes away no guess at the second proof. Throws Problem `wrong-proof` or `account-locked`.
 */
export async function judgeProof<T>(
  access: Access,
  who: Prover,
  check: (tx: Tx) => Promise<T | null>,
  what: 'second proof' | 'password' = 'second proof',
): Promise<T> {
  const key = [what, who.accountId, networkOf(who.address)];
  const outcome = await access.turns.take(JSON.stringify(key), async (): Promise<Outcome<T>> => {
    if (access.failures.resting(key, access.now())) return { kind: 'rests' };
    return access.attempts.transaction().execute(async (tx) => {
      const known = await findForSignIn(tx, who.userName);
      if (!known || known.disabled || known.accountId !== who.accountId) return { kind: 'wrong' };
      if (rests(known.lockedUntil, access.now())) return { kind: 'rests' };
      const value = await check(tx);
      if (value !== null) {
        if (what === 'second proof') await setFailures(tx, who.accountId, 0, null);
        return { kind: 'proved', value };
      }
      if (access.failures.failed(key, access.now()) === failuresBeforeRest)
        await countNetwork(access, tx, who.userName, known, access.now());
      await record(access, tx, who.accountId, { action: 'access.second-proof-refused', subject: who.accountId });
      return { kind: 'wrong' };
    });
  });
  if (outcome.kind === 'proved') {
    access.failures.forget(...key);
    return outcome.value;
  }
  throw new Problem(outcome.kind === 'rests' ? 'account-locked' : 'wrong-proof');
}
