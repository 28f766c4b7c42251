// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Ctx, Tx } from '../../platform/server/endpoint.ts';
import type { HandedOver, HandOver, Successor } from '../domain/hand-over.ts';
import type { Slip } from '../domain/invitation.ts';
import { isAssignedPeople, isKeeper } from '../domain/rights.ts';
import type { Role } from '../domain/roles.ts';
import type { Access } from './access.ts';
import { getAccountAt, viewOf } from './account-endpoint.ts';
import { givePost, keepAnAdministrator, makeInvited } from './accounts.ts';
import { endPost, findAccountToChange, listPosts, lockAdministrators, touchAccount, type StoredPost } from './queries.ts';
import { handOverAssignments } from './queries-hand-over.ts';

interface Wanted extends HandOver {
  readonly accountId: string;
  readonly postId: string;
}

/**
 * One post from one account to another: it ends for the one and begins for the other in the same transaction, both at the version that
 * was on the screen. Throws Problem `not-found`, `changed-meanwhile`, `already-there` or `bad-input`.
 */
export async function handOver(access: Access, { tx, now, audit }: Pick<Ctx, 'tx' | 'now' | 'audit'>, wanted: Wanted): Promise<HandedOver> {
  const { accountId, postId, to } = wanted;
  await lockAdministrators(tx);
  await lockBoth(tx, accountId, to);
  const from = await getAccountAt(tx, accountId, wanted.version);
  const post = (await listPosts(tx, accountId)).find((each) => each.postId === postId);
  if (!post) throw new Problem('not-found', 'There is no such post.');
  if (wanted.withAssignments && !isAssignedPeople(post.role))
    throw new Problem('bad-input', 'Only people assigned to a case worker go along.');
  const found = await successor(access, tx, accountId, to);
  // Somebody who has not come in yet manages nothing so far.
  if (isKeeper(post.role) && from.disabledAt === null && found.invited) await keepAnAdministrator(tx, accountId);
  await endPost(tx, accountId, postId, now);
  const newPostId = await givePost(access, tx, found.accountId, postInput(post));
  const care = wanted.withAssignments ? await handOverAssignments(tx, accountId, found.accountId) : { moved: 0, ended: 0 };
  await touchAccount(tx, accountId);
  await touchAccount(tx, found.accountId);
  await audit({
    action: 'accounts.hand-over',
    subject: accountId,
    placeId: post.place?.placeId ?? null,
    detail: { to: found.accountId, role: post.role, postId, newPostId, assignments: care.moved, assignmentsEnded: care.ended },
  });
  return {
    from: await viewOf(tx, accountId),
    to: await viewOf(tx, found.accountId),
    assignments: care.moved,
    assignmentsEnded: care.ended,
    slip: found.slip,
  };
}

const postInput = (post: StoredPost) => ({
  role: post.role as Role,
  placeId: post.place?.placeId ?? null,
  organisationId: post.organisation?.organisationId ?? null,
});

/** In one order, so that two who hand over to each other wait instead of standing in each other's way for ever. */
async function lockBoth(tx: Tx, accountId: string, to: Successor): Promise<void> {
  const ids = 'accountId' in to ? [accountId, to.accountId] : [accountId];
  for (const id of ids.sort()) await findAccountToChange(tx, id);
}

interface Found {
  readonly accountId: string;
  readonly slip: Slip | null;
  readonly invited: boolean;
}

async function successor(access: Access, tx: Tx, fromId: string, to: Successor): Promise<Found> {
  if (!('accountId' in to)) {
    const slip = await makeInvited(access, tx, { ...to, ...(to.locale === undefined ? {} : { locale: to.locale }) });
    return { accountId: slip.accountId, slip, invited: true };
  }
  if (to.accountId === fromId) throw new Problem('bad-input', 'This is the account that holds the post already.');
  const stored = await getAccountAt(tx, to.accountId, to.version);
  if (stored.disabledAt !== null) throw new Problem('bad-input', 'This account is disabled. Let the person in again first.');
  return { accountId: stored.accountId, slip: null, invited: stored.code?.kind === 'invitation' };
}
