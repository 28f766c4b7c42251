// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { timeNow } from '../../../platform/web/clock.ts';
import type { Sort } from '../../../platform/web/ui/table.tsx';
import type { Account } from '../../domain/account.ts';
import { postReach, roleName } from '../role-words.ts';

export const listAccounts = async (signal: AbortSignal): Promise<Account[]> =>
  (await api.get<{ rows: Account[] }>('/accounts', undefined, { signal })).rows;

/** Where an account is changed. */
export const accountPath = (account: Account): string => `/accounts/${encodeURIComponent(account.accountId)}`;

export function isLocked(account: Account, now: Date): boolean {
  return account.lockedUntil !== null && new Date(account.lockedUntil) > now;
}

/** "District officer, Thung Saeng" for each post. */
export function postWords(account: Account, everywhere: string): string[] {
  return account.posts.map((post) => [roleName(post.role), postReach(post, everywhere)].filter(Boolean).join(', '));
}

function stateWord(account: Account): string {
  if (account.disabled) return t`Disabled`;
  if (isLocked(account, timeNow())) return t`Locked`;
  return account.code?.kind === 'invitation' ? t`Invited` : t`Active`;
}

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** A place is found by its code and by its name in every script. */
function allWords(account: Account): string {
  const places = account.posts.flatMap(({ place }) => (place ? [place.code, place.name, ...Object.values(place.names)] : [t`everywhere`]));
  return folded([account.displayName, account.userName, stateWord(account), ...postWords(account, ''), ...places].join(' '));
}

function sortText(account: Account, key: string): string {
  switch (key) {
    case 'created':
      return account.createdAt;
    case 'user':
      return account.userName;
    case 'posts':
      return postWords(account, '').join();
    case 'state':
      return stateWord(account);
    default:
      return account.displayName;
  }
}

/** Those whose name, user name, role, place or state holds every word typed, in the order asked. */
export function arrange(accounts: readonly Account[], text: string, sort: Sort): Account[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return accounts
    .filter((account) => {
      const all = allWords(account);
      return words.every((word) => all.includes(word));
    })
    .sort(
      (a, b) => (sort.down ? -1 : 1) * (sortText(a, sort.key).localeCompare(sortText(b, sort.key)) || a.userName.localeCompare(b.userName)),
    );
}
