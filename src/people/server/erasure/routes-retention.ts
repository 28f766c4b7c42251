// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../../platform/server/endpoint.ts';
import { DueReason, DueRecord, RetentionAction, RetentionCategory, RetentionRule } from '../../domain/retention.ts';
import { findToday } from '../queries-register.ts';
import { personParams } from '../routes-register.ts';
import type { PeopleSetup } from '../setup.ts';
import { erase, refuseOtherNumber } from './erase.ts';
import { findDueVersion, keepDue, listDue, listRules, putRule } from './queries-retention.ts';

const rule = { may: 'retention.hold' } as const;
const mostShown = 500;
const Retention = Type.Object({ rules: Type.Array(RetentionRule), due: Type.Array(DueRecord) });
const CategoryParam = Type.Object({ category: RetentionCategory });
const DueParams = Type.Intersect([personParams, Type.Object({ category: DueReason })]);
const version = Type.Integer({ minimum: 1 });
const all = async (tx: Tx) => ({ rules: await listRules(tx), due: await listDue(tx, mostShown) });

const read = endpoint({
  method: 'GET',
  path: '/api/data-protection/retention',
  tag: 'Data protection',
  summary: 'How long records are kept, and whose time is over',
  rule,
  response: Retention,
  handle: ({ tx }) => all(tx),
});

const put = endpoint({
  method: 'PUT',
  path: '/api/data-protection/retention/:category',
  tag: 'Data protection',
  summary: 'Say for how many months records of a kind are kept, and what happens then',
  rule,
  params: CategoryParam,
  body: Type.Object({ months: Type.Integer({ minimum: 1, maximum: 600 }), action: RetentionAction }),
  response: Retention,
  async handle({ tx, params, body, actor, now, newId, audit }) {
    await putRule(tx, params.category, body, { actorId: actor.accountId, now, newId });
    await audit({ action: 'retention.rule', subject: params.category, detail: { months: body.months, action: body.action } });
    return all(tx);
  },
});

const end = endpoint({
  method: 'DELETE',
  path: '/api/data-protection/retention/:category',
  tag: 'Data protection',
  summary: 'End a rule: records of this kind are kept without an end',
  rule,
  params: CategoryParam,
  response: Retention,
  async handle({ tx, params, actor, now, newId, audit }) {
    await putRule(tx, params.category, null, { actorId: actor.accountId, now, newId });
    await audit({ action: 'retention.rule-ended', subject: params.category });
    return all(tx);
  },
});

const keep = endpoint({
  method: 'POST',
  path: '/api/data-protection/retention/:regionId/:personId/:category/keep',
  tag: 'Data protection',
  summary: 'Keep a record whose time is over until a day and for a reason',
  rule,
  params: DueParams,
  body: Type.Object({ version, untilOn: Type.String({ format: 'date' }), citation: Type.String({ minLength: 1, maxLength: 2000 }) }),
  response: Retention,
  problems: ['bad-input', 'changed-meanwhile'],
  async handle({ tx, params, body, actor, now, audit }) {
    if (body.untilOn <= (await findToday(tx, now))) throw new Problem('bad-input', 'untilOn: that day is not to come.');
    if (!(await keepDue(tx, { ...params, version: body.version }, body, actor.accountId))) throw new Problem('changed-meanwhile');
    await audit({ action: 'retention.kept', subject: params.personId, detail: { category: params.category, untilOn: body.untilOn } });
    return all(tx);
  },
});

function erasing({ erasures }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/data-protection/retention/:regionId/:personId/:category/erase',
    tag: 'Data protection',
    summary: 'Erase a person whose time is over',
    rule: { may: 'erasure.order' },
    params: DueParams,
    body: Type.Object({ version, number: Type.String({ maxLength: 40 }) }),
    response: Retention,
    problems: ['not-found', 'bad-input', 'changed-meanwhile', 'held', 'erasure-not-noted'],
    async handle({ tx, params, body, actor, now, audit }) {
      refuseOtherNumber(body.number, params);
      if (params.category === 'merged')
        throw new Problem('bad-input', 'category: a record that was joined to another is tidied away by the rule itself.');
      if ((await findDueVersion(tx, params, params.category)) !== body.version) throw new Problem('changed-meanwhile');
      const ground = { requestId: null, category: params.category, version: body.version };
      return erase({ tx, now, actorId: actor.accountId, audit }, erasures, params, ground, () => all(tx));
    },
  });
}

/** How long records are kept, and what becomes of those whose time is over. */
export const retentionEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [read, put, end, keep, erasing(setup)];
