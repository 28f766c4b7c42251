// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { deviceOf } from '../domain/device.ts';
import { OpenSession } from '../domain/proof.ts';
import type { Access } from './access.ts';
import { deletePasskeys, deleteTotp } from './proofs/queries-proofs.ts';
import { demandFresh, sessionOf } from './proofs/standing.ts';
import { deleteOtherSessions, deleteSession, listSessions } from './queries-sessions.ts';
import { record } from './sign-in.ts';

const mine = { may: 'signed-in' } as const;
const tag = 'sessions';

/** Where I am signed in. Neither addresses nor places are kept: a browser, a system, and when. */
export function sessionEndpoints(access: Access): readonly Endpoint[] {
  return [listing(access), endingOne(access), endingOthers(access), lostPhone(access)];
}

function listing(access: Access): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/me/sessions',
    tag,
    summary: 'Where I am signed in',
    rule: mine,
    response: Type.Object({ rows: Type.Array(OpenSession) }),
    async handle({ actor }) {
      const rows = await listSessions(access.auth, actor.accountId, new Date());
      return {
        rows: rows.map(({ sessionId, agent, signedInAt, seenAt }) => ({
          sessionId,
          current: sessionId === actor.sessionId,
          ...deviceOf(agent),
          signedInAt: signedInAt.toISOString(),
          seenAt: seenAt?.toISOString() ?? null,
        })),
      };
    },
  });
}

function endingOne(access: Access): Endpoint {
  return endpoint({
    method: 'DELETE',
    path: '/api/me/sessions/:id',
    tag,
    summary: 'Sign out one of my devices',
    rule: mine,
    params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
    response: Type.Null(),
    status: 204,
    problems: ['not-found'],
    async handle({ actor, params }) {
      await access.auth.transaction().execute(async (tx) => {
        if (!(await deleteSession(tx, actor.accountId, params.id))) throw new Problem('not-found');
        await record(access, tx, actor.accountId, { action: 'access.session-ended', subject: actor.accountId });
      });
      return null;
    },
  });
}

function endingOthers(access: Access): Endpoint {
  return endpoint({
    method: 'DELETE',
    path: '/api/me/sessions',
    tag,
    summary: 'Sign out all my other devices',
    rule: mine,
    response: Type.Object({ ended: Type.Integer() }),
    handle: ({ actor }) =>
      access.auth.transaction().execute(async (tx) => {
        const ended = await deleteOtherSessions(tx, actor.accountId, sessionOf(actor));
        await record(access, tx, actor.accountId, { action: 'access.sessions-ended', subject: actor.accountId, detail: { ended } });
        return { ended };
      }),
  });
}

function lostPhone(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/me/lost-phone',
    tag,
    summary: 'My phone is gone: sign out all my other devices, and let its app and passkeys prove nothing any more',
    rule: mine,
    response: Type.Object({ ended: Type.Integer(), passkeys: Type.Integer(), app: Type.Boolean() }),
    problems: ['fresh-proof-needed'],
    handle: ({ actor }) =>
      access.auth.transaction().execute(async (tx) => {
        await demandFresh(access, tx, actor);
        const gone = {
          ended: await deleteOtherSessions(tx, actor.accountId, sessionOf(actor)),
          passkeys: await deletePasskeys(tx, actor.accountId),
          app: await deleteTotp(tx, actor.accountId),
        };
        await record(access, tx, actor.accountId, { action: 'access.lost-phone', subject: actor.accountId, detail: gone });
        return gone;
      }),
  });
}
