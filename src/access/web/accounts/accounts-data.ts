// SPDX-License-Identifier: AGPL-3.0-or-later
import { api } from '../../../platform/web/api.ts';
import { named } from '../../../platform/web/format.ts';
import type { Sort } from '../../../platform/web/ui/table.tsx';
import type { Account } from '../../domain/account.ts';
import { roleName } from '../role-words.ts';

export const listAccounts = async (signal: AbortSignal): Promise<Account[]> =>
  (await api.get<{ rows: Account[] }>('/accounts', undefined, { signal })).rows;

/** Where an account is changed. */
export const accountPath = (account: Account): string => `/accounts/${encodeURIComponent(account.accountId)}`;

export function isLocked(account: Account, now: Date): boolean {
  return account.lockedUntil !== null && new Date(account.lockedUntil) > now;
}

/** "District officer, Thung Saeng" for each post. */
export function postWords(account: Account, everywhere: string): string[] {
  return account.posts.map((post) => `${roleName(post.role)}, ${post.place ? named(post.place) : everywhere}`);
}

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those whose name, user name, role or place holds every word typed, in the order asked. */
export function arrange(accounts: readonly Account[], text: string, sort: Sort): Account[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  const found = accounts.filter((account) => {
    const all = folded([account.displayName, account.userName, ...postWords(account, '')].join(' '));
    return words.every((word) => all.includes(word));
  });
  const by = (account: Account): string =>
    sort.key === 'created'
      ? account.createdAt
      : sort.key === 'user'
        ? account.userName
        : sort.key === 'posts'
          ? postWords(account, '').join()
          : account.displayName;
  return found.sort((a, b) => (sort.down ? -1 : 1) * (by(a).localeCompare(by(b)) || a.userName.localeCompare(b.userName)));
}
