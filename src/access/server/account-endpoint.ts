// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Account } from '../domain/account.ts';
import { accountView } from './accounts.ts';
import { findAccountToChange, listPosts, type StoredAccount } from './queries.ts';

/** What endpoints about one account have in common. */
export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const manage = { may: 'accounts.manage' } as const;

export async function getAccountToChange(tx: Tx, id: string): Promise<StoredAccount> {
  const stored = await findAccountToChange(tx, id);
  if (!stored) throw new Problem('not-found', 'There is no such account.');
  return stored;
}

export async function viewOf(tx: Tx, id: string): Promise<Account> {
  return accountView(await getAccountToChange(tx, id), await listPosts(tx, id));
}

/** The account at the version that was on the screen. Throws Problem `not-found` or `changed-meanwhile`. */
export async function getAccountAt(tx: Tx, id: string, version: number): Promise<StoredAccount> {
  const stored = await getAccountToChange(tx, id);
  if (stored.version !== version) throw new Problem('changed-meanwhile');
  return stored;
}
