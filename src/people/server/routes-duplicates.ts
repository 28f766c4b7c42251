// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint } from '../../platform/server/endpoint.ts';
import { ageOn } from '../domain/age-group.ts';
import { DuplicatePage, DuplicatePair, MergeAsked, MergeView, PairParams } from '../domain/duplicate.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import { uuid } from '../domain/registration.ts';
import { mergePair, pairOf, takeBack } from './merge.ts';
import { decidePair, isComparing, listMerges, listPairs, type PairRow } from './queries-duplicates.ts';
import { findToday } from './queries-register.ts';
import { recordOf } from './register.ts';
import { personParams, readers } from './routes-register.ts';
import type { PeopleSetup } from './setup.ts';

const pageSize = 25;
const problems = ['not-found', 'changed-meanwhile', 'bad-input', 'outside-your-area', 'vault-closed', 'people-not-kept'] as const;

function pairView({ probability: _p, probable, foundAt, decidedAt, a, b, ...pair }: PairRow, today: string): DuplicatePair {
  const side = (each: PairRow['a']) => ({
    ...each,
    number: recordNumber(each.personId),
    age: each.bornOn === null ? null : ageOn(each.bornOn, today),
    registeredAt: new Date(each.registeredAt).toISOString(),
  });
  return {
    ...pair,
    likely: probable ? 'very-likely' : 'possible',
    foundAt: foundAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    a: side(a),
    b: side(b),
  };
}

/** Throws Problem bad-input for what no page handed out. */
function readCursor(text: string | undefined): readonly [string, string, string] | null {
  if (text === undefined) return null;
  const [probability = '', weight = '', pairId = ''] = text.split('_');
  const good = [probability, weight].every((each) => each !== '' && Number.isFinite(Number(each))) && /^[0-9a-f-]{36}$/.test(pairId);
  if (!good) throw new Problem('bad-input', 'after: that is no place in this list.');
  return [probability, weight, pairId];
}

const listing = endpoint({
  method: 'GET',
  path: '/api/people/duplicates',
  tag: 'People',
  summary: 'Pairs of records that may be one person, the likeliest first; without names',
  rule: { may: 'people.merge' },
  query: Type.Object({
    placeId: Type.Optional(uuid),
    after: Type.Optional(Type.String({ maxLength: 120 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  response: DuplicatePage,
  async handle({ tx, query, now }) {
    const limit = query.limit ?? pageSize;
    const rows = await listPairs(tx, { placeId: query.placeId ?? null, after: readCursor(query.after), limit: limit + 1 });
    const today = await findToday(tx, now);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      rows: page.map((row) => pairView(row, today)),
      next: rows.length > limit && last ? `${last.probability}_${last.weight}_${last.pairId}` : null,
      comparing: await isComparing(tx),
    };
  },
});

const reading = endpoint({
  method: 'GET',
  path: '/api/people/duplicates/:pairId',
  tag: 'People',
  summary: 'One pair, without names',
  rule: { may: 'people.merge' },
  params: PairParams,
  response: DuplicatePair,
  problems: ['not-found'],
  handle: async ({ tx, params, now }) => pairView(await pairOf(tx, params.pairId), await findToday(tx, now)),
});

const deciding = endpoint({
  method: 'POST',
  path: '/api/people/duplicates/:pairId/decision',
  tag: 'People',
  summary: 'They are two different people, or nobody is sure yet',
  rule: { may: 'people.merge' },
  params: PairParams,
  body: Type.Object({
    decision: Type.Union([Type.Literal('different'), Type.Literal('unsure')]),
    version: Type.Integer({ minimum: 1 }),
  }),
  response: DuplicatePair,
  problems: ['not-found', 'changed-meanwhile', 'outside-your-area'],
  async handle({ tx, params: { pairId }, body: { decision, version }, actor, now, audit }) {
    const { a, b } = await pairOf(tx, pairId);
    if (!(await decidePair(tx, pairId, version, decision === 'different' ? 'different' : 'open', actor.accountId, now)))
      throw new Problem('changed-meanwhile');
    await audit({ action: 'people.compare-decided', subject: pairId, detail: { decision, people: [a.personId, b.personId] } });
    return pairView(await pairOf(tx, pairId), await findToday(tx, now));
  },
});

function merging({ vault, follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people/duplicates/:pairId/merge',
    tag: 'People',
    summary: 'They are one person: one record stays, the other is merged into it. Can be taken back.',
    rule: { may: 'people.merge' },
    params: PairParams,
    body: MergeAsked,
    response: Type.Object({ mergeId: Type.String(), regionId: Type.Integer(), personId: Type.String() }),
    problems,
    async handle(ctx) {
      const merge = { ...ctx, vault: await vault.forRequest(), follow };
      const { mergeId, stays, other } = await mergePair(merge, ctx.params.pairId, ctx.body);
      await ctx.audit({
        action: 'people.merge',
        subject: stays.personId,
        detail: { other: other.personId, merge: mergeId, taken: ctx.body.take },
      });
      ctx.afterCommit(() => follow.listed());
      return { mergeId, ...stays };
    },
  });
}

async function mergesOf({
  tx,
  params,
  actor,
}: Pick<Ctx<{ regionId: number; personId: string }>, 'tx' | 'params' | 'actor'>): Promise<MergeView[]> {
  await recordOf(tx, params);
  return (await listMerges(tx, params)).map((merge) => {
    const stayed = merge.personId === params.personId && merge.regionId === params.regionId;
    const key = stayed ? { regionId: merge.otherRegion, personId: merge.otherId } : { regionId: merge.regionId, personId: merge.personId };
    return {
      mergeId: merge.mergeId,
      regionId: merge.regionId,
      stayed,
      withPerson: { ...key, number: recordNumber(key.personId) },
      mergedAt: merge.mergedAt.toISOString(),
      undoneAt: merge.undoneAt?.toISOString() ?? null,
      mayTakeBack: merge.last && actor.rights.has('people.merge'),
    };
  });
}

const listingMerges = endpoint({
  method: 'GET',
  path: '/api/people/:regionId/:personId/merges',
  tag: 'People',
  summary: 'Which records were merged into this one, or this one into another',
  rule: readers,
  params: personParams,
  response: Type.Object({ merges: Type.Array(MergeView) }),
  problems: ['not-found'],
  handle: async (ctx) => ({ merges: await mergesOf(ctx) }),
});

function takingBack({ vault, follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people/:regionId/:personId/merges/:mergeId/take-back',
    tag: 'People',
    summary: 'They are two people after all: both records as they were',
    rule: { may: 'people.merge' },
    params: Type.Object({ ...personParams.properties, mergeId: uuid }),
    response: Type.Object({ merges: Type.Array(MergeView) }),
    problems,
    async handle(ctx) {
      const { mergeId, ...key } = ctx.params;
      await recordOf(ctx.tx, key);
      const merge = await takeBack({ ...ctx, vault: await vault.forRequest(), follow }, key, mergeId);
      await ctx.audit({ action: 'people.unmerge', subject: merge.personId, detail: { other: merge.otherId, merge: mergeId } });
      ctx.afterCommit(() => follow.listed());
      return { merges: await mergesOf({ ...ctx, params: key }) };
    },
  });
}

/** People who may be written down twice, and what somebody decided about them. */
export const duplicateEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  listing,
  reading,
  deciding,
  merging(setup),
  listingMerges,
  takingBack(setup),
];
