// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt } from 'node:crypto';
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { Account, AccountChange, AccountWithPassword, NewAccount, NewPost } from '../domain/account.ts';
import { makePassword } from '../domain/password.ts';
import type { Access } from './access.ts';
import { accountsIn, accountView, changeAccount, givePost, keepAnAdministrator, makeAccount } from './accounts.ts';
import { hashPassword } from './library.ts';
import { endPost, findAccountToChange, listPosts, lockAdministrators, touchAccount, unlockAccount, type StoredAccount } from './queries.ts';
import { deleteSessions, setPasswordHash } from './queries-sign-in.ts';

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const manage = { may: 'accounts.manage' } as const;
const tag = 'accounts';

async function getAccountToChange(tx: Tx, id: string): Promise<StoredAccount> {
  const stored = await findAccountToChange(tx, id);
  if (!stored) throw new Problem('not-found', 'There is no such account.');
  return stored;
}

async function viewOf(tx: Tx, id: string): Promise<Account> {
  return accountView(await getAccountToChange(tx, id), await listPosts(tx, id));
}

/** The administrator's side of accounts. She sees who works here and what they may do, and no record of anybody they help. */
export function accountEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET', path: '/api/accounts', tag, summary: 'Everybody who can sign in', rule: manage,
      response: Type.Object({ rows: Type.Array(Account) }),
      handle: async ({ tx }) => ({ rows: await accountsIn(tx) }),
    }),
    endpoint({
      method: 'POST', path: '/api/accounts', tag, summary: 'Make an account; its password is in this answer and nowhere else', rule: manage,
      body: NewAccount, response: AccountWithPassword, status: 201, problems: ['already-there', 'not-found'],
      async handle({ tx, body, audit }) {
        const { accountId, password } = await makeAccount(access, tx, body);
        await audit({ action: 'accounts.create', subject: accountId, placeId: body.placeId ?? null, detail: { role: body.role ?? null } });
        return { account: await viewOf(tx, accountId), password };
      },
    }),
    endpoint({
      method: 'PATCH', path: '/api/accounts/:id', tag, summary: 'Rename, disable or enable an account', rule: manage,
      params: Id, body: AccountChange, response: Account, problems: ['not-found', 'changed-meanwhile'],
      async handle({ tx, params, body, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        if (stored.version !== body.version) throw new Problem('changed-meanwhile');
        await changeAccount(access, tx, stored, body);
        const action = body.disabled === undefined ? 'accounts.rename' : body.disabled ? 'accounts.disable' : 'accounts.enable';
        await audit({ action, subject: params.id });
        return viewOf(tx, params.id);
      },
    }),
    endpoint({
      method: 'POST', path: '/api/accounts/:id/password', tag, summary: 'Make a new password and sign the account out everywhere', rule: manage,
      params: Id, response: AccountWithPassword, problems: ['not-found'],
      async handle({ tx, params, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        const password = makePassword(randomInt);
        await unlockAccount(tx, stored.accountId);
        await audit({ action: 'accounts.new-password', subject: stored.accountId });
        const view = await viewOf(tx, stored.accountId);
        await setPasswordHash(access.auth, stored.accountId, await hashPassword(password));
        await deleteSessions(access.auth, stored.accountId);
        return { account: view, password };
      },
    }),
    ...postEndpoints(access),
  ];
}

function postEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST', path: '/api/accounts/:id/posts', tag, summary: 'Give a role at a place', rule: manage,
      params: Id, body: NewPost, response: Account, status: 201, problems: ['not-found', 'already-there'],
      async handle({ tx, params, body, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        const postId = await givePost(access, tx, stored.accountId, body);
        await touchAccount(tx, stored.accountId);
        await audit({ action: 'accounts.give-post', subject: stored.accountId, placeId: body.placeId, detail: { postId, role: body.role } });
        return viewOf(tx, stored.accountId);
      },
    }),
    endpoint({
      method: 'DELETE', path: '/api/accounts/:id/posts/:postId', tag, summary: 'End a post', rule: manage,
      params: Type.Object({ ...Id.properties, postId: Type.String({ format: 'uuid' }) }), response: Account, problems: ['not-found'],
      async handle({ tx, params, now, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        await lockAdministrators(tx);
        const post = (await listPosts(tx, stored.accountId)).find((each) => each.postId === params.postId);
        if (!post) throw new Problem('not-found', 'There is no such post.');
        if (post.role === 'administrator' && stored.disabledAt === null) await keepAnAdministrator(tx, stored.accountId);
        await endPost(tx, stored.accountId, post.postId, now);
        await touchAccount(tx, stored.accountId);
        await audit({ action: 'accounts.end-post', subject: stored.accountId, placeId: post.place?.placeId ?? null, detail: { postId: post.postId, role: post.role } });
        return viewOf(tx, stored.accountId);
      },
    }),
  ];
}
