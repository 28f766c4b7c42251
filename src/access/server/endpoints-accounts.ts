// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt } from 'node:crypto';
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { Account, AccountChange, AccountWithPassword, NewAccount } from '../domain/account.ts';
import { makePassword } from '../domain/password.ts';
import type { Access } from './access.ts';
import { accountsIn, changeAccount, makeAccount } from './accounts.ts';
import { accountsCsv } from './accounts-file.ts';
import { hashPassword } from './library.ts';
import { getAccountToChange, Id, manage, viewOf } from './account-endpoint.ts';
import { postEndpoints } from './endpoints-posts.ts';
import { unlockAccount } from './queries.ts';
import { voidCodes } from './queries-codes.ts';
import { deleteSessions, setPasswordHash } from './queries-sign-in.ts';
import { refuseOwnAccount } from './refuse-own-account.ts';
import { record } from './sign-in.ts';

const tag = 'accounts';

/** What somebody looked for and how she sorted it is not told in words: her page says which accounts are left. */
function narrowed(accounts: readonly Account[], wanted: readonly string[] | undefined): readonly Account[] {
  if (wanted === undefined) return accounts;
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  return [...new Set(wanted)].flatMap((id) => byId.get(id) ?? []);
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
      method: 'POST',
      path: '/api/accounts.csv',
      tag,
      summary: 'All of them, or those named, in their order, as a file with a line for each post',
      rule: manage,
      body: Type.Object({ accountIds: Type.Optional(Type.Array(Id.properties.id, { maxItems: 20_000 })) }),
      response: Type.Any(),
      files: ['text/csv'],
      async handle({ tx, body, audit }) {
        const accounts = narrowed(await accountsIn(tx), body.accountIds);
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
      await refuseOwnAccount(access.auth, params.id);
      const password = makePassword(randomInt);
      await unlockAccount(tx, stored.accountId);
      await voidCodes(tx, stored.accountId);
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
