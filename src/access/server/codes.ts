// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, randomInt } from 'node:crypto';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { plainCode } from '../domain/codes.ts';
import type { Slip } from '../domain/invitation.ts';
import { makePassword } from '../domain/password.ts';
import type { Access } from './access.ts';
import { issueCodes } from './queries-codes.ts';

interface Named {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
}

/**
 * What is kept of a code. It has 79 bits of chance in it, so nobody guesses it from its digest, and a digest is quick enough for five
 * thousand at once; the key keeps whoever reads the database alone from proving a code that she found elsewhere.
 */
export async function codeDigest(access: Access, accountId: string, typed: string): Promise<Buffer> {
  const { secret } = await access.library.$context;
  return createHmac('sha256', secret)
    .update(`access code\0${accountId}\0${plainCode(typed)}`)
    .digest();
}

/** A code for each of these accounts, to be handed over on paper. It stands in the answer alone. */
export async function issueSlips(access: Access, tx: Tx, accounts: readonly Named[], phoneLost = false): Promise<Slip[]> {
  const made = await Promise.all(
    accounts.map(async (account) => {
      const code = makePassword(randomInt);
      const hash = (await codeDigest(access, account.accountId, code)).toString('base64url');
      return { account, code, stored: { codeId: access.newId(), accountId: account.accountId, hash } };
    }),
  );
  const issued = await issueCodes(
    tx,
    made.map(({ stored }) => stored),
    phoneLost,
  );
  const byAccount = new Map(issued.map((each) => [each.accountId, each]));
  return made.map(({ account: { accountId, userName, displayName }, code }) => {
    const found = byAccount.get(accountId);
    if (!found) throw new Problem('not-found', 'There is no such account.');
    forgetGuesses(access, userName);
    return { accountId, userName, displayName, kind: found.kind, code, expiresAt: found.expiresAt.toISOString() };
  });
}

/** Under which guesses at codes of this name are counted, from one network or from all. */
export const guessKey = (userName: string, ...network: readonly string[]): readonly string[] => ['a code of', userName, ...network];

/** A new code is a clean slate, as a new password is. */
function forgetGuesses(access: Access, userName: string): void {
  access.failures.forget(...guessKey(userName));
  access.unknownNames.forget(...guessKey(userName));
}
