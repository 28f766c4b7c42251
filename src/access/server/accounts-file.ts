// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import type { Account } from '../domain/account.ts';
import { opensArea } from '../domain/roles.ts';

/** A line for each post, so that posts can be sorted and counted; somebody without a post has one line too. */
export function accountsCsv(accounts: readonly Account[]): string {
  const lines = accounts.flatMap((account): Cell[][] => {
    const about = [account.userName, account.displayName, stateOf(account), account.createdAt.slice(0, 10)];
    if (account.posts.length === 0) return [[...about, null, null, null, null]];
    return account.posts.map((post) => [
      ...about,
      post.role,
      post.place?.code ?? null,
      post.place?.name ?? placeless(post),
      post.organisation?.name ?? null,
    ]);
  });
  return writeCsv([['user_name', 'name', 'state', 'made_on', 'role', 'place_code', 'place', 'organisation'], ...lines]);
}

const placeless = (post: Account['posts'][number]): string | null => (opensArea(post.role) ? 'everywhere' : null);

const stateOf = ({ disabled, code }: Account): string => (disabled ? 'disabled' : code?.kind === 'invitation' ? 'invited' : 'active');
