// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { inOrder, type Kept, peopleByHand, readKept, readRollups, readRows, rollupsByHand } from '../../../test/support/recount-by-hand.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../../test/support/risk-world.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { anIndicator, anInstrument } from '../builders.ts';
import { shown } from '../domain/arithmetic.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Answers } from '../domain/pack.ts';
import {
  closeMonth,
  installInstruments,
  type NewAssessment,
  peopleChanged,
  publishInstrument,
  recordAssessments,
  recount,
  rescoreAll,
  rescoreBatch,
  shippedInstruments,
  tickClock,
} from './index.ts';

const household28 = shippedInstruments.find(({ code }) => code === 'household-28')!;
/** Five questions, other borders, short times; in the second version one is gone, two are new, one is asked of somebody else, weights are others. */
const school: readonly [Instrument, Instrument] = [
  anInstrument({
    code: 'school-visit',
    bands: { medium: 20, high: 52, coverage: 40 },
    indicators: [
      anIndicator({ code: 'absent', months: 1, weight: 3 }),
      anIndicator({ code: 'debt', unit: 'household', months: 6 }),
      anIndicator({ code: 'beaten', protected: true, weight: 2, months: 3 }),
      anIndicator({ code: 'far', unit: 'place', bySex: true }),
      anIndicator({ code: 'alone', bySex: true }),
    ],
  }),
  anInstrument({
    code: 'school-visit',
    version: 2,
    bands: { medium: 30, high: 55, coverage: 70 },
    indicators: [
      anIndicator({ code: 'alone', months: 2 }),
      anIndicator({ code: 'absent', unit: 'household', weight: 1, months: 2 }),
      anIndicator({ code: 'far', unit: 'place', bySex: true, weight: 4 }),
      anIndicator({ code: 'beaten', protected: true, weight: 5 }),
      anIndicator({ code: 'hungry', unit: 'household' }),
      anIndicator({ code: 'road', unit: 'place' }),
    ],
  }),
];
/** The next version of household-28: the other way round, without one question, another heavier, other borders. */
const household28Next: Instrument = {
  ...household28,
  version: 2,
  bands: { medium: 28, high: 65, coverage: 20 },
  indicators: household28.indicators
    .toReversed()
    .filter(({ code }) => code !== 'debt')
    .map((one, i) => ({ ...one, weight: 1 + (i % 4 === 0 ? 2 : 0), months: i % 3 ? one.months : 4 })),
};

let database: TestDatabase,
  world: Map<string, WorldPlace>,
  clock = Date.UTC(2026, 0, 20, 20, 30); // already the 21st in Bangkok
let live: readonly Instrument[] = [household28, school[0]],
  made = 0;
const said: NewAssessment[] = [],
  batches: string[] = [],
  seen = new Map<string, Set<number>>();
const villages = ['XT111', 'XT112', 'XT121', 'XT122', 'XT211', 'XT212', 'XT221', 'XT222'];
const asOwner = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.owner.transaction().execute(work);
const village = (n: number): WorldPlace => placeOf(world, villages[n % villages.length]!);

beforeAll(async () => {
  database = await testDatabase();
  world = await makeWorld(database.owner);
  await asOwner(async (tx) => {
    await installInstruments(tx, uuidv7);
    await publishInstrument(tx, school[0], uuidv7);
    const households = villages.map((_, i) => aHousehold({ placeId: village(i).placeId, regionId: village(i).regionId }, i));
    const people = Array.from({ length: 24 }, (_, i) =>
      aPerson(
        {
          placeId: village(i).placeId,
          regionId: village(i).regionId,
          householdId: i % 5 ? households[i % 8]!.householdId : null,
          sex: ([0, 1, 2, 9] as const)[i % 4]!,
          bornOn: i % 7 ? `${1989 + i}-0${1 + (i % 9)}-${i % 3 ? '15' : '01'}` : i ? '2008-02-29' : null,
        },
        i,
      ),
    );
    await insertHouseholds(tx, households);
    await insertPeople(tx, people);
    await peopleChanged(tx, people, new Date(clock));
  });
  await visitEverybody();
});
afterAll(() => database?.close());

const answer = fc.constantFrom(
  1 as const,
  2 as const,
  3 as const,
  3 as const,
  'unknown' as const,
  'refused' as const,
  'not-applicable' as const,
);
const visit = fc.record({
  kind: fc.constant('visit' as const),
  school: fc.boolean(),
  who: fc.constantFrom('person' as const, 'person' as const, 'household' as const, 'place' as const),
  n: fc.nat(100),
  given: fc.array(fc.record({ at: fc.nat(27), female: answer, male: answer, sides: fc.nat(2), withdrawn: fc.boolean() }), {
    minLength: 4,
    maxLength: 14,
  }),
  corrects: fc.boolean(),
  batch: fc.boolean(),
  daysAgo: fc.oneof(fc.constant(0), fc.nat(200)),
});
const step = fc.oneof(
  { weight: 9, arbitrary: visit },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 150 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), n: fc.nat(23), to: fc.nat(7), sex: fc.constantFrom(0, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(9) }) },
);
type Visit = typeof visit extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function answersTo(instrument: Instrument, { who, given }: Visit, corrects: boolean): Answers {
  const fitting = instrument.indicators.filter(({ unit }) => unit === who);
  return Object.fromEntries(
    given.map(({ at, female, male, sides, withdrawn }) => {
      const { code, bySex } = fitting[at % fitting.length]!;
      const one = corrects && withdrawn ? ('withdrawn' as const) : female;
      return [code, bySex && sides < 2 ? { female: one, ...(sides === 1 ? { male } : {}) } : one];
    }),
  );
}

async function record(v: Visit): Promise<void> {
  const instrument = live[v.school ? 1 : 0]!,
    places = [...world.values()],
    target = v.who === 'place' ? places[v.n % places.length]! : null;
  const subjectId = target ? target.placeId : seededId(v.who, v.who === 'person' ? v.n % 24 : v.n % 8),
    regionId = target ? target.regionId : village(v.n % 8).regionId;
  const old = v.corrects ? said.findLast((a) => a.subjectId === subjectId && a.instrument === instrument.code) : undefined,
    batchId = v.batch ? seededId('batch', ++made) : null;
  const assessment: NewAssessment = {
    assessmentId: seededId('visit', ++made),
    subjectKind: v.who,
    subjectId,
    regionId,
    instrument: instrument.code,
    answers: answersTo(instrument, v, old !== undefined),
    observedAt: old?.observedAt ?? new Date(clock - v.daysAgo * 86_400_000),
    actorId: 'tester',
    supersedes: old?.assessmentId ?? null,
    batchId,
  };
  await asOwner(async (tx) => {
    if (batchId)
      await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
      values (${batchId}, 'area-stats', 'f', ${batchId}, 'm', '{}', 's', 'done', 'tester')`.execute(tx);
    await recordAssessments(tx, [assessment], new Date(clock));
  });
  said.push(assessment);
  if (batchId) batches.push(batchId);
}

/** Every question answered of everybody, her household and her village: of some nearly all 1, of some 2, of some 3. */
async function visitEverybody(): Promise<void> {
  const subjects = [
    ...Array.from({ length: 24 }, (_, i) => ({ kind: 'person' as const, id: seededId('person', i), n: i % 8 })),
    ...villages.flatMap((_, n) => [
      { kind: 'household' as const, id: seededId('household', n), n },
      { kind: 'place' as const, id: village(n).placeId, n },
    ]),
  ];
  const assessments = live.flatMap((instrument) =>
    subjects.map(({ kind, id, n }): NewAssessment => ({
      assessmentId: seededId('visit', ++made),
      subjectKind: kind,
      subjectId: id,
      regionId: village(n).regionId,
      instrument: instrument.code,
      observedAt: new Date(clock),
      actorId: 'tester',
      answers: Object.fromEntries(
        instrument.indicators
          .filter(({ unit }) => unit === kind)
          .map(({ code }, i) => [code, (1 + ((n + (i % 7 === 6 ? 1 : 0)) % 3)) as 1 | 2 | 3]),
      ),
    })),
  );
  await asOwner((tx) =>
    recordAssessments(
      tx,
      assessments.filter(({ answers }) => Object.keys(answers).length),
      new Date(clock),
    ),
  );
  await compare();
}

async function wait(days: number): Promise<void> {
  clock += days * 86_400_000;
  while ((await database.jobs.transaction().execute((tx) => tickClock(tx, new Date(clock), 9))) > 0);
}

async function take(s: Step): Promise<void> {
  if (s.kind === 'visit') return record(s);
  if (s.kind === 'wait') return wait(s.days);
  if (s.kind === 'undo') {
    const [batchId] = batches.splice(s.which % Math.max(1, batches.length), 1);
    if (batchId)
      await asOwner(async (tx) => {
        await sql`update waymark.import_batch set state = 'undone' where batch_id = ${batchId}`.execute(tx);
        await rescoreBatch(tx, batchId, new Date(clock));
      });
    return;
  }
  await asOwner(async (tx) => {
    const who = { regionId: village(s.n).regionId, personId: seededId('person', s.n) };
    await sql`update waymark.person set place_id = ${village(s.to).placeId}, sex = ${s.sex}, household_id = ${s.to % 2 ? seededId('household', s.n % 8) : null}
      where region_id = ${who.regionId} and person_id = ${who.personId}`.execute(tx);
    await peopleChanged(tx, [who], new Date(clock));
  });
}

/** What a screen shows, from the answers one by one, unrounded: the mean, and the mean if everything unknown were best or worst. */
function shownByHand({ indicators }: Instrument, { answers }: Kept): (number | null)[] {
  const scored = indicators.flatMap(({ weight }, i) =>
    answers[i] === 6 ? [] : [{ weight, score: answers[i]! >= 1 && answers[i]! <= 3 ? answers[i]! : null }],
  );
  const mean = (list: readonly { weight: number; score: number }[]): number | null =>
    list.length
      ? list.reduce((sum, { weight, score }) => sum + weight * (score - 1) * 50, 0) / list.reduce((sum, { weight }) => sum + weight, 0)
      : null;
  const known = scored.flatMap(({ weight, score }) => (score === null ? [] : [{ weight, score }]));
  const weighed = (list: readonly { weight: number }[]): number => list.reduce((sum, { weight }) => sum + weight, 0);
  return [
    mean(known),
    ...([1, 3] as const).map((worst) => mean(scored.map(({ weight, score }) => ({ weight, score: score ?? worst })))),
    scored.length ? (100 * weighed(known)) / weighed(scored) : null,
  ];
}

async function compare(): Promise<void> {
  const rows = await readRows(database.owner);
  expect(
    rows.live
      .filter(({ scores }) => scores === 'person')
      .map(({ code, version }) => [code, version])
      .sort(),
  ).toEqual(live.map(({ code, version }) => [code, version]).sort());
  for (const instrument of live) {
    const byHand = peopleByHand(rows, instrument, clock),
      kept = await readKept(database.owner, instrument.code, 'person');
    expect(inOrder(kept)).toEqual(inOrder(byHand));
    const { bands, answers } = rollupsByHand(rows, instrument, byHand),
      rolled = await readRollups(database.owner, instrument.code);
    expect(rolled.bands).toEqual(bands);
    expect(rolled.answers).toEqual(answers);
    const label = `${instrument.code} ${instrument.version}`;
    seen.set(label, new Set([...(seen.get(label) ?? []), ...kept.map(({ band }) => band)]));
    for (const one of kept) {
      const { index, low, high, coverage } = shown(one);
      for (const [i, exact] of shownByHand(instrument, one).entries()) {
        const rounded = [index, low, high, coverage][i]!;
        expect(rounded === null ? exact : Math.abs(rounded - exact!) <= 0.05 + 1e-9).toBe(rounded === null ? null : true);
      }
    }
  }
}

const lives = async (numRuns: number): Promise<void> => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 14, maxLength: 22 }), async (steps) => {
      for (const s of steps) await take(s);
      await compare();
      expect(await recount(database.owner, new Date(clock))).toEqual([]);
    }),
    { numRuns, endOnFailure: true },
  );
};

/** The end of the month before the one the clock shows, and its last instant in Bangkok. */
function lastMonth(): { end: string; at: number } {
  const now = new Date(clock + 7 * 3_600_000),
    next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  return { end: new Date(next - 86_400_000).toISOString().slice(0, 10), at: next - 7 * 3_600_000 - 1 };
}

describe('two instruments about people at once: what is kept under each equals what is counted by hand', () => {
  test('after any sequence of visits, corrections, moves, undone batches and passing time', { timeout: 120_000 }, () => lives(6));

  test('and goes on doing so when both have a second version, with answers to the first in the past', { timeout: 120_000 }, async () => {
    await asOwner(async (tx) => {
      for (const next of [household28Next, school[1]]) {
        await publishInstrument(tx, next, uuidv7);
        await rescoreAll(tx, next.code, new Date(clock));
      }
    });
    live = [household28Next, school[1]];
    await compare();
    await visitEverybody();
    // A correction is written under the version that is live, whatever it corrects.
    await lives(5);
  });

  test('a month that is closed late keeps each instrument’s figures as they were at its end', async () => {
    const { end, at } = lastMonth(),
      rows = await readRows(database.owner);
    await expect(
      asOwner(async (tx) => {
        await closeMonth(tx, end);
        for (const instrument of live) {
          const { rows: kept } = await sql<{
            key: string;
            n: number;
          }>`select concat_ws(' ', place_id, sex, age_group, band) as key, n from waymark.rollup_month
          where instrument_code = ${instrument.code} and month_end = ${end}`.execute(tx);
          expect(new Map(kept.map(({ key, n }) => [key, n]))).toEqual(
            rollupsByHand(rows, instrument, peopleByHand(rows, instrument, at)).bands,
          );
        }
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
  });

  test('the figures were worth comparing: people stood in every band under each version of each', () => {
    expect(Object.fromEntries([...seen].map(([label, bands]) => [label, [...bands].filter((band) => band > 0).sort()]))).toEqual({
      'household-28 1': [1, 2, 3],
      'school-visit 1': [1, 2, 3],
      'household-28 2': [1, 2, 3],
      'school-visit 2': [1, 2, 3],
    });
  });
});
