// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownWord } from '../domain/consent.ts';
import { OwnPage, OwnWord, OwnWordKept } from '../domain/own-page.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { endReferrals } from './queries-assign.ts';
import { findOwnRecord, findReadingsByRole, type OwnRecord } from './queries-own.ts';
import { holdRecord } from './queries.ts';
import { insertConsents } from './queries-register.ts';
import { wholeRecord } from './register.ts';

async function mine(tx: Tx): Promise<OwnRecord> {
  const found = await findOwnRecord(tx);
  if (!found) throw new Problem('not-found', 'No record belongs to this account.');
  return found;
}

const page = endpoint({
  method: 'GET',
  path: '/api/own',
  tag: 'People',
  summary: 'My own record without my name, who accompanies me, and who looked',
  rule: { may: 'own.read' },
  response: OwnPage,
  problems: ['not-found'],
  async handle(ctx) {
    const { caseWorkers, ...key } = await mine(ctx.tx);
    return { record: await wholeRecord(ctx, key), caseWorkers, readings: await findReadingsByRole(ctx.tx, key) };
  },
});

/** Only ever a no: to agree takes somebody who asks her, because her phone may be in other hands. */
const takeBack = endpoint({
  method: 'POST',
  path: '/api/own/consents',
  tag: 'People',
  status: 201,
  summary: 'Take back what I agreed to',
  rule: { may: 'own.speak' },
  body: OwnWord,
  response: OwnWordKept,
  problems: ['not-found', 'changed-meanwhile', 'people-not-kept'],
  async handle(ctx) {
    const { tx, body, actor, now, audit } = ctx;
    const { caseWorkers: _, ...params } = await mine(tx);
    await holdRecord(tx, params);
    const { age } = await wholeRecord(ctx, params);
    const byWhom = ownWord(age);
    const said = { ...body, ...params, act: 'withdrawn', byWhom, way: 'written', observedAt: now.toISOString() } as const;
    if ((await insertConsents(tx, [said], actor.accountId, now)) > 0) {
      const ended = body.purpose === 'share' ? await endReferrals(tx, params, null) : 0;
      await audit({
        action: 'consent.withdrawn',
        subject: params.personId,
        detail: { purpose: body.purpose, byWhom, referralsEnded: ended },
      });
    }
    // A child that wants no help any more has no account either: nothing of the record is hers to read from here on.
    return { accountStands: (await findOwnRecord(tx)) !== null };
  },
});

/** For the person herself, by her own account. */
export const ownEndpoints: readonly Endpoint[] = [page, takeBack];
