// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { dayNotAfter } from '../../../platform/domain/phone-clock.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../../platform/server/endpoint.ts';
import { NewRequest, PersonRequest } from '../../domain/request.ts';
import { uuid } from '../../domain/registration.ts';
import { findToday } from '../queries-register.ts';
import { recordOf, recordToWrite } from '../register.ts';
import { personParams } from '../routes-register.ts';
import type { PeopleSetup } from '../setup.ts';
import { decideRequest, findRequest, findRequests, insertRequest } from './queries-requests.ts';

const asker = { may: 'erasure.ask' } as const;

const ask = ({ follow }: PeopleSetup): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/people/:regionId/:personId/requests',
    tag: 'People',
    status: 201,
    summary: 'Pass on what a person asks for: to see, set right or erase what is kept of her, to object, to complain',
    rule: asker,
    params: personParams,
    body: NewRequest,
    response: Type.Array(PersonRequest),
    problems: ['not-found', 'bad-input', 'already-there', 'changed-meanwhile', 'outside-your-area'],
    async handle({ tx, params, body, actor, now, audit, afterCommit }) {
      const { place } = await recordToWrite(tx, params);
      const today = await findToday(tx, now);
      const saidOn = dayNotAfter(body.saidOn ?? today, today, 'saidOn');
      if ((body.kind === 'correction') !== (body.about !== undefined))
        throw new Problem('bad-input', 'about: a correction says what is wrong, and nothing else does.');
      if (await insertRequest(tx, params, { ...body, saidOn }, actor.accountId, now)) {
        await audit({
          action: 'requests.asked',
          placeId: place.placeId,
          subject: params.personId,
          detail: { kind: body.kind, byWhom: body.byWhom, requestId: body.requestId },
        });
        if (body.kind === 'objection') afterCommit(() => follow.listed());
      }
      return findRequests(tx, params);
    },
  });

const read = endpoint({
  method: 'GET',
  path: '/api/people/:regionId/:personId/requests',
  tag: 'People',
  summary: 'What a person asked for, and what became of it',
  rule: asker,
  params: personParams,
  response: Type.Array(PersonRequest),
  problems: ['not-found'],
  async handle({ tx, params }) {
    await recordOf(tx, params);
    return findRequests(tx, params);
  },
});

const ending = ({ follow }: PeopleSetup, state: 'withdrawn' | 'done', summary: string): Endpoint =>
  endpoint({
    method: 'POST',
    path: `/api/people/:regionId/:personId/requests/:requestId/${state}`,
    tag: 'People',
    summary,
    rule: asker,
    params: Type.Intersect([personParams, Type.Object({ requestId: uuid })]),
    body: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
    response: Type.Array(PersonRequest),
    problems: ['not-found', 'changed-meanwhile', 'outside-your-area'],
    async handle({ tx, params, body, now, audit, afterCommit }) {
      const { regionId, personId, requestId } = params;
      const found = await findRequest(tx, regionId, requestId);
      if (!found || found.personId !== personId) throw new Problem('not-found', 'There is no such request, or it is not yours to see.');
      if ((await decideRequest(tx, { regionId, requestId, version: body.version }, { state }, now)) === null)
        throw new Problem('changed-meanwhile');
      await audit({ action: `requests.${state}`, subject: personId, detail: { kind: found.kind, requestId } });
      afterCommit(() => follow.followed());
      return findRequests(tx, params);
    },
  });

export const requestEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  ask(setup),
  read,
  ending(setup, 'withdrawn', 'She took back what she asked for'),
  ending(setup, 'done', 'What was wrong is set right, or what is kept was handed to her'),
];
