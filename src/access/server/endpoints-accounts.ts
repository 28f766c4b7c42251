// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt } from 'node:crypto';
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { Account, AccountChange, AccountWithPassword, NewAccount, NewPost } from '../domain/account.ts';
import { makePassword } from '../domain/password.ts';
import type { Access } from './access.ts';
import { accountsIn, accountView, changeAccount, givePost, keepAnAdministrator, makeAccount } from './accounts.ts';
import { accountsCsv } from './accounts-file.ts';
import { hashPassword } from './library.ts';
import { endPost, findAccountToChange, listPosts, lockAdministrators, touchAccount, unlockAccount, type StoredAccount } from './queries.ts';
import { deleteSessions, setPasswordHash } from './queries-sign-in.ts';
import { record } from './sign-in.ts';

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
  return [...listEndpoints(), ...changeEndpoints(access), passwordEndpoint(access), ...postEndpoints(access)];
}

function listEndpoints(): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/accounts',
      tag,
      summary: 'Everybody who can sign in',
      rule: manage,
      response: Type.Object({ rows: Type.Array(Account) }),
      handle: async ({ tx }) => ({ rows: await accountsIn(tx) }),
    }),
    endpoint({
      method: 'GET',
      path: '/api/accounts.csv',
      tag,
      summary: 'The same as a file, a line for each post',
      rule: manage,
      response: Type.Any(),
      files: ['text/csv'],
      async handle({ tx, audit }) {
        const accounts = await accountsIn(tx);
        await audit({ action: 'accounts.export', detail: { accounts: accounts.length } });
        return { kind: 'file', contentType: 'text/csv', fileName: 'accounts.csv', body: accountsCsv(accounts) };
      },
    }),
  ];
}

function changeEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/accounts',
      tag,
      summary: 'Make an account; its password is in this answer and nowhere else',
      rule: manage,
      body: NewAccount,
      response: AccountWithPassword,
      status: 201,
      problems: ['already-there', 'not-found'],
      async handle({ tx, body, audit }) {
        const { accountId, password } = await makeAccount(access, tx, body);
        await audit({ action: 'accounts.create', subject: accountId, placeId: body.placeId ?? null, detail: { role: body.role ?? null } });
        return { account: await viewOf(tx, accountId), password };
      },
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/accounts/:id',
      tag,
      summary: 'Rename, disable or enable an account',
      rule: manage,
      params: Id,
      body: AccountChange,
      response: Account,
      problems: ['not-found', 'changed-meanwhile'],
      async handle({ tx, params, body, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        if (stored.version !== body.version) throw new Problem('changed-meanwhile');
        await changeAccount(access, tx, stored, body);
        const action = body.disabled === undefined ? 'accounts.rename' : body.disabled ? 'accounts.disable' : 'accounts.enable';
        await audit({ action, subject: params.id });
        return viewOf(tx, params.id);
      },
    }),
  ];
}

function passwordEndpoint(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/accounts/:id/password',
    tag,
    summary: 'Make a new password and sign the account out everywhere',
    rule: manage,
    params: Id,
    response: AccountWithPassword,
    problems: ['not-found'],
    async handle({ tx, params, actor }) {
      const stored = await getAccountToChange(tx, params.id);
      const password = makePassword(randomInt);
      await unlockAccount(tx, stored.accountId);
      const view = await viewOf(tx, stored.accountId);
      const passwordHash = await hashPassword(password);
      // The login that keeps passwords commits first: nothing of what follows can leave a new password without its row in the record.
      await access.auth.transaction().execute(async (auth) => {
        await setPasswordHash(auth, stored.accountId, passwordHash);
        await deleteSessions(auth, stored.accountId);
        await record(access, auth, actor.accountId, { action: 'accounts.new-password', subject: stored.accountId });
      });
      access.failures.forget(stored.userName);
      access.failures.forget('from within', stored.accountId);
      return { account: view, password };
    },
  });
}

function postEndpoints(access: Access): readonly Endpoint[] {
  return [
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
      problems: ['not-found', 'already-there'],
      async handle({ tx, params, body, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        const postId = await givePost(access, tx, stored.accountId, body);
        await touchAccount(tx, stored.accountId);
        await audit({
          action: 'accounts.give-post',
          subject: stored.accountId,
          placeId: body.placeId,
          detail: { postId, role: body.role },
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
      params: Type.Object({ ...Id.properties, postId: Type.String({ format: 'uuid' }) }),
      response: Account,
      problems: ['not-found'],
      async handle({ tx, params, now, audit }) {
        const stored = await getAccountToChange(tx, params.id);
        await lockAdministrators(tx);
        const post = (await listPosts(tx, stored.accountId)).find((each) => each.postId === params.postId);
        if (!post) throw new Problem('not-found', 'There is no such post.');
        if (post.role === 'administrator' && stored.disabledAt === null) await keepAnAdministrator(tx, stored.accountId);
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
