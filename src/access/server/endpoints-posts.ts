// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { Account, NewPost } from '../domain/account.ts';
import { HandedOver, HandOver } from '../domain/hand-over.ts';
import { isKeeper } from '../domain/rights.ts';
import type { Access } from './access.ts';
import { getAccountAt, getAccountToChange, Id, manage, viewOf } from './account-endpoint.ts';
import { givePost, keepAnAdministrator } from './accounts.ts';
import { handOver } from './hand-over.ts';
import { endPost, listPosts, lockAdministrators, touchAccount } from './queries.ts';
import { countAssignments } from './queries-hand-over.ts';

const tag = 'accounts';
const PostId = Type.Object({ ...Id.properties, postId: Type.String({ format: 'uuid' }) });

/** Giving, ending and handing over posts. */
export function postEndpoints(access: Access): readonly Endpoint[] {
  return [
    ...handOverEndpoints(access),
    endpoint({
      method: 'POST',
      path: '/api/accounts/:id/posts',
      tag,
      summary: 'Give a role at a place',
      rule: manage,
      params: Id,
      body: NewPost,
      response: Account,
      status: 201,
      problems: ['not-found', 'already-there', 'changed-meanwhile'],
      async handle({ tx, params, body, audit }) {
        const stored = await getAccountAt(tx, params.id, body.version);
        const postId = await givePost(access, tx, stored.accountId, body);
        await touchAccount(tx, stored.accountId);
        await audit({
          action: 'accounts.give-post',
          subject: stored.accountId,
          placeId: body.placeId,
          detail: { postId, role: body.role, organisation: body.organisationId ?? null },
        });
        return viewOf(tx, stored.accountId);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/accounts/:id/posts/:postId',
      tag,
      summary: 'End a post',
      rule: manage,
      params: PostId,
      query: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
      response: Account,
      problems: ['not-found', 'changed-meanwhile'],
      async handle({ tx, params, query, now, audit }) {
        const stored = await getAccountAt(tx, params.id, query.version);
        await lockAdministrators(tx);
        const post = (await listPosts(tx, stored.accountId)).find((each) => each.postId === params.postId);
        if (!post) throw new Problem('not-found', 'There is no such post.');
        if (isKeeper(post.role) && stored.disabledAt === null) await keepAnAdministrator(tx, stored.accountId);
        await endPost(tx, stored.accountId, post.postId, now);
        await touchAccount(tx, stored.accountId);
        await audit({
          action: 'accounts.end-post',
          subject: stored.accountId,
          placeId: post.place?.placeId ?? null,
          detail: { postId: post.postId, role: post.role },
        });
        return viewOf(tx, stored.accountId);
      },
    }),
  ];
}

function handOverEndpoints(access: Access): readonly Endpoint[] {
  const path = '/api/accounts/:id/posts/:postId/hand-over';
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'How many people would go along if a post were handed over with its assignments, and for how many more the care would end',
      rule: manage,
      params: PostId,
      response: Type.Object({ assignments: Type.Integer(), ending: Type.Integer() }),
      problems: ['not-found'],
      async handle({ tx, params }) {
        await getAccountToChange(tx, params.id);
        return countAssignments(tx, params.id);
      },
    }),
    endpoint({
      method: 'POST',
      path,
      tag,
      summary: 'End a post and give the same one to somebody else, in one step',
      rule: manage,
      params: PostId,
      body: HandOver,
      response: HandedOver,
      problems: ['not-found', 'already-there', 'changed-meanwhile'],
      handle: (ctx) => handOver(access, ctx, { accountId: ctx.params.id, postId: ctx.params.postId, ...ctx.body }),
    }),
  ];
}
