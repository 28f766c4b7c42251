// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../../platform/server/endpoint.ts';
import { lastGroupOf, recordNumber } from '../../../platform/domain/record-number.ts';
import { uuid } from '../../domain/registration.ts';
import { ErasureRow, Hold, outcomesOf, RefusalGround, RequestPage } from '../../domain/request.ts';
import { findToday } from '../queries-register.ts';
import type { PeopleSetup } from '../setup.ts';
import { erase, refuseOtherNumber } from './erase.ts';
import { liftErasure, listErasures } from './queries-erasure.ts';
import { decideRequest, endHold, findRecordsOfNumber, findRequest, insertHold, listHolds } from './queries-requests.ts';
import { requestPage } from './routes-queue.ts';

const orders = { may: 'erasure.order' } as const;
const holds = { may: 'retention.hold' } as const;
const mostShown = 500;
const version = Type.Integer({ minimum: 1 });
const Citation = Type.String({ minLength: 1, maxLength: 2000 });
const RequestKey = Type.Object({ regionId: Type.Integer(), requestId: uuid });

const deciding = ({ follow }: PeopleSetup): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/data-protection/requests/:regionId/:requestId/decide',
    tag: 'Data protection',
    summary: 'Decide what somebody asked for; an erasure is only refused here',
    rule: orders,
    params: RequestKey,
    body: Type.Object({
      version,
      decision: Type.Union([Type.Literal('granted'), Type.Literal('refused'), Type.Literal('done')]),
      ground: Type.Optional(RefusalGround),
      citation: Type.Optional(Citation),
    }),
    response: RequestPage,
    problems: ['not-found', 'bad-input', 'changed-meanwhile'],
    async handle({ tx, params, body, now, audit, afterCommit }) {
      const found = await findRequest(tx, params.regionId, params.requestId);
      if (!found) throw new Problem('not-found', 'There is no such request.');
      if (!outcomesOf(found.kind).includes(body.decision))
        throw new Problem('bad-input', 'decision: that cannot be decided about this request.');
      if (body.decision === 'refused' && (body.ground === undefined || body.citation === undefined))
        throw new Problem('bad-input', 'Whoever is refused is told on which ground, and which law says so.');
      const { version: basedOn, decision, ...why } = body;
      if ((await decideRequest(tx, { ...params, version: basedOn }, { state: decision, ...why }, now)) === null)
        throw new Problem('changed-meanwhile');
      await audit({
        action: `requests.${decision}`,
        subject: found.personId,
        detail: { kind: found.kind, requestId: params.requestId, ground: body.ground ?? null },
      });
      afterCommit(() => follow.followed());
      return requestPage(tx, {});
    },
  });

function erasing({ erasures }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/data-protection/requests/:regionId/:requestId/erase',
    tag: 'Data protection',
    summary: 'Erase the person who asked for it, with everything kept of her; nobody can bring her back',
    rule: orders,
    params: RequestKey,
    body: Type.Object({ version, number: Type.String({ maxLength: 40 }) }),
    response: RequestPage,
    problems: ['not-found', 'bad-input', 'changed-meanwhile', 'held', 'erasure-not-noted'],
    async handle({ tx, params, body, actor, now, audit }) {
      const found = await findRequest(tx, params.regionId, params.requestId);
      if (!found) throw new Problem('not-found', 'There is no such request.');
      if (found.version !== body.version || found.state !== 'open') throw new Problem('changed-meanwhile');
      refuseOtherNumber(body.number, found);
      return erase({ tx, now, actorId: actor.accountId, audit }, erasures, found, found, () => requestPage(tx, {}));
    },
  });
}

const erased = endpoint({
  method: 'GET',
  path: '/api/data-protection/erasures',
  tag: 'Data protection',
  summary: 'Who was erased, by record number, and how much went',
  rule: orders,
  response: Type.Array(ErasureRow),
  handle: ({ tx }) => erasuresNow(tx),
});

const erasuresNow = async (tx: Tx): Promise<ErasureRow[]> =>
  (await listErasures(tx, mostShown)).map((row) => ({
    ...row,
    number: recordNumber(row.personId),
    erasedAt: row.erasedAt.toISOString(),
  }));

const lift = endpoint({
  method: 'POST',
  path: '/api/data-protection/erasures/:regionId/:personId/lift',
  tag: 'Data protection',
  summary: 'Somebody who was erased came back and agrees: a list may bring her again, as somebody new',
  rule: orders,
  params: Type.Object({ regionId: Type.Integer(), personId: uuid }),
  response: Type.Array(ErasureRow),
  problems: ['changed-meanwhile'],
  async handle({ tx, params, actor, now, audit }) {
    if (!(await liftErasure(tx, params, actor.accountId, now))) throw new Problem('changed-meanwhile');
    await audit({ action: 'erasure.lifted', subject: params.personId });
    return erasuresNow(tx);
  },
});

const readHolds = endpoint({
  method: 'GET',
  path: '/api/data-protection/holds',
  tag: 'Data protection',
  summary: 'Records that the law says must be kept for now',
  rule: holds,
  response: Type.Array(Hold),
  handle: ({ tx }) => listHolds(tx, mostShown),
});

const placeHold = endpoint({
  method: 'POST',
  path: '/api/data-protection/holds',
  tag: 'Data protection',
  status: 201,
  summary: 'Hold a record: until then nobody and no rule erases it',
  rule: holds,
  body: Type.Object({
    holdId: uuid,
    /** As people say it, or the whole id. */
    number: Type.String({ minLength: 1, maxLength: 40 }),
    citation: Citation,
    untilOn: Type.String({ format: 'date' }),
  }),
  response: Type.Array(Hold),
  problems: ['not-found', 'bad-input', 'already-there'],
  async handle({ tx, body, actor, now, audit }) {
    const group = lastGroupOf(body.number);
    const [key, second] = group === null ? [] : await findRecordsOfNumber(tx, group);
    if (!key) throw new Problem('not-found', 'There is no record of this number.');
    if (second) throw new Problem('bad-input', 'number: two records have this number; give the whole id.');
    if (body.untilOn <= (await findToday(tx, now))) throw new Problem('bad-input', 'untilOn: a hold ends on a day still to come.');
    if (await insertHold(tx, { ...key, holdId: body.holdId, citation: body.citation, untilOn: body.untilOn }, actor.accountId, now))
      await audit({ action: 'retention.hold', subject: key.personId, detail: { holdId: body.holdId, untilOn: body.untilOn } });
    return listHolds(tx, mostShown);
  },
});

const liftHold = endpoint({
  method: 'POST',
  path: '/api/data-protection/holds/:regionId/:holdId/end',
  tag: 'Data protection',
  summary: 'End a hold',
  rule: holds,
  params: Type.Object({ regionId: Type.Integer(), holdId: uuid }),
  body: Type.Object({ version }),
  response: Type.Array(Hold),
  problems: ['changed-meanwhile'],
  async handle({ tx, params, body, actor, now, audit }) {
    const personId = await endHold(tx, params.regionId, params.holdId, body.version, actor.accountId, now);
    if (personId === null) throw new Problem('changed-meanwhile');
    await audit({ action: 'retention.hold-ended', subject: personId, detail: { holdId: params.holdId } });
    return listHolds(tx, mostShown);
  },
});

/** What only the data protection officer decides. */
export const officerEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  deciding(setup),
  erasing(setup),
  erased,
  lift,
  readHolds,
  placeHold,
  liftHold,
];
