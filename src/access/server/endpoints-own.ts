// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt } from 'node:crypto';
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import type { Slip } from '../domain/invitation.ts';
import { InvitePerson, OwnAccounts, OwnAccountWithSlip, quietUserName, type OwnAccount } from '../domain/own-account.ts';
import type { Access } from './access.ts';
import { issueSlips } from './codes.ts';
import { listNamesLike } from './queries-codes.ts';
import { endOwnAccounts, findOwnRecord, invitePerson, isInMyCare, listOwnAccounts, type PersonRef } from './queries-own.ts';
import { deleteSessions, insertLogin } from './queries-sign-in.ts';

const tag = 'People';
const rule = { may: 'own.invite' } as const;
const path = '/api/people/:regionId/:personId/account';
const params = Type.Object({ regionId: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }), personId: Type.String({ format: 'uuid' }) });

/** The account of a person for her own record: given, renewed and ended by whoever accompanies her, and ended by herself. */
export const ownEndpoints = (access: Access): readonly Endpoint[] => [reading, inviting(access), renewing(access), ending, endingMine];

const notInCare = 'There is no such person, or this person is not in your care.';

async function viewOf(tx: Tx, person: PersonRef): Promise<OwnAccount[]> {
  const stored = await listOwnAccounts(tx, person);
  return stored.map(({ codeKind, codeUntil, givenAt, ...rest }) => ({
    ...rest,
    givenAt: givenAt.toISOString(),
    code: codeKind && codeUntil ? { kind: codeKind, expiresAt: codeUntil.toISOString() } : null,
  }));
}

const reading = endpoint({
  method: 'GET',
  path,
  tag,
  summary: 'Whether a person in my care has an account for her own record',
  rule,
  params,
  response: OwnAccounts,
  problems: ['not-found'],
  async handle({ tx, params: person }) {
    if (!(await isInMyCare(tx, person))) throw new Problem('not-found', notInCare);
    return viewOf(tx, person);
  },
});

async function freeName(access: Access): Promise<string> {
  for (;;) {
    const userName = quietUserName(randomInt);
    if (!(await listNamesLike(access.auth, userName)).has(userName)) return userName;
  }
}

function inviting(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path,
    tag,
    summary: 'Give a person in my care an account for her own record; the code is in this answer and nowhere else',
    rule,
    params,
    body: InvitePerson,
    response: OwnAccountWithSlip,
    status: 201,
    problems: ['not-found', 'already-there', 'no-consent', 'people-not-kept'],
    async handle({ tx, params: person, body, newId, audit }) {
      const accountId = newId();
      const userName = await freeName(access);
      await invitePerson(tx, person, { assignmentId: newId(), accountId, userName, locale: body.locale ?? 'en', postId: newId() });
      const [slip] = await issueSlips(access, tx, [{ accountId, userName, displayName: userName }]);
      if (!slip) throw new Error('No code was issued.');
      await audit({ action: 'people.own-account', subject: person.personId, detail: { accountId } });
      const accounts = await viewOf(tx, person);
      await access.auth.transaction().execute((auth) => insertLogin(auth, { accountId, userName, passwordHash: null }));
      return { accounts, slip };
    },
  });
}

function renewing(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: `${path}/code`,
    tag,
    summary: 'Give a person in my care a new way into her account; a code that was issued before is void',
    rule,
    params,
    body: Type.Object({ accountId: Type.String({ maxLength: 64 }), phoneIsSafe: Type.Literal(true) }, { additionalProperties: false }),
    response: OwnAccountWithSlip,
    status: 201,
    problems: ['not-found', 'people-not-kept'],
    async handle({ tx, params: person, body, audit }) {
      const found = (await listOwnAccounts(tx, person)).find(({ accountId }) => accountId === body.accountId);
      if (!found || found.disabled) throw new Problem('not-found', 'There is no such account, or an administrator shut it.');
      const { accountId, userName } = found;
      const [slip]: Slip[] = await issueSlips(access, tx, [{ accountId, userName, displayName: userName }]);
      if (!slip) throw new Error('No code was issued.');
      await audit({ action: 'people.own-code', subject: person.personId, detail: { accountId, kind: slip.kind } });
      const accounts = await viewOf(tx, person);
      // Whoever sits in it goes now, not when she comes back; all other ways in end when the code is used.
      await deleteSessions(access.auth, accountId);
      return { accounts, slip };
    },
  });
}

// That an account ended, by whomever and for whatever reason, the database writes into the record of use itself (0041).
const ending = endpoint({
  method: 'DELETE',
  path,
  tag,
  summary: 'End the account of a person in my care: she is signed out at once, and nobody comes in with it any more',
  rule,
  params,
  response: OwnAccounts,
  problems: ['not-found', 'people-not-kept'],
  async handle({ tx, params: person }) {
    if ((await endOwnAccounts(tx, person)) === 0) throw new Problem('not-found', 'There is no such account.');
    return viewOf(tx, person);
  },
});

const endingMine = endpoint({
  method: 'DELETE',
  path: '/api/own/account',
  tag,
  summary: 'End my own account; my record stays',
  rule: { may: 'own.speak' },
  response: Type.Null(),
  status: 204,
  problems: ['not-found', 'people-not-kept'],
  async handle({ tx }) {
    const mine = await findOwnRecord(tx);
    if (!mine) throw new Problem('not-found');
    await endOwnAccounts(tx, mine);
    return null;
  },
});
