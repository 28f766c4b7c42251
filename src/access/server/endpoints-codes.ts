// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint } from '../../platform/server/endpoint.ts';
import { mayIssue } from '../domain/codes.ts';
import { AccountWithSlip, CodeTimes, CodeWish, NewInvitation, Slip } from '../domain/invitation.ts';
import type { Access } from './access.ts';
import { Id, manage, viewOf } from './account-endpoint.ts';
import { makeInvited } from './accounts.ts';
import { issueSlips } from './codes.ts';
import { findAccount, getCodeTimes, listPostPaths, setCodeTimes } from './queries-codes.ts';
import { deleteSessions } from './queries-sign-in.ts';
import { refuseOwnAccount } from './refuse-own-account.ts';

const tag = 'accounts';

/** Codes that are handed over on paper: to come in for the first time, and to come back. */
export function codeEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/accounts/invitations',
      tag,
      summary: 'Make an account with a code, by which its owner chooses her own password; the code is in this answer and nowhere else',
      rule: manage,
      body: NewInvitation,
      response: AccountWithSlip,
      status: 201,
      problems: ['already-there', 'not-found'],
      async handle({ tx, body, audit }) {
        const slip = await makeInvited(access, tx, body);
        const detail = { role: body.role ?? null, kind: slip.kind };
        await audit({ action: 'accounts.invite', subject: slip.accountId, placeId: body.placeId ?? null, detail });
        return { account: await viewOf(tx, slip.accountId), slip };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/accounts/:id/code',
      tag,
      summary: 'Give somebody a new way in; a code that was issued before is void',
      rule: { may: 'accounts.manage', or: ['accounts.invite'] },
      params: Id,
      body: CodeWish,
      response: Slip,
      status: 201,
      problems: ['not-found'],
      handle: (ctx) => issueFor(access, ctx, ctx.params.id, ctx.body.phoneLost ?? false),
    }),
    ...timeEndpoints(),
  ];
}

async function issueFor(
  access: Access,
  { tx, actor, audit }: Pick<Ctx, 'tx' | 'actor' | 'audit'>,
  id: string,
  phoneLost: boolean,
): Promise<Slip> {
  const stored = await findAccount(tx, id);
  if (!stored) throw new Problem('not-found', 'There is no such account.');
  await refuseOwnAccount(access.auth, id);
  const posts = await listPostPaths(tx, id);
  if (!mayIssue(actor, { accountId: id, posts }))
    throw new Problem('not-allowed', id === actor.accountId ? 'Somebody else has to give you a new way in.' : undefined);
  if (stored.disabledAt !== null) throw new Problem('bad-input', 'This account is disabled. Let the person in again first.');
  const [slip] = await issueSlips(access, tx, [stored], phoneLost);
  if (!slip) throw new Problem('not-found', 'There is no such account.');
  await audit({ action: 'accounts.issue-code', subject: id, placeId: posts[0]?.placeId ?? null, detail: { kind: slip.kind, phoneLost } });
  // Whoever has the phone is signed out now, not when its owner comes back.
  if (phoneLost) await deleteSessions(access.auth, id);
  return slip;
}

function timeEndpoints(): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/code-times',
      tag,
      summary: 'How long codes last',
      rule: { may: 'settings.manage' },
      response: CodeTimes,
      handle: ({ tx }) => getCodeTimes(tx),
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/code-times',
      tag,
      summary: 'Change how long codes last that are issued from now on',
      rule: { may: 'settings.manage' },
      body: CodeTimes,
      response: CodeTimes,
      async handle({ tx, body, audit }) {
        await setCodeTimes(tx, body);
        await audit({ action: 'settings.code-times', detail: { ...body } });
        return getCodeTimes(tx);
      },
    }),
  ];
}
