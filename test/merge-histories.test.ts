// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MergeView } from '../src/people/domain/duplicate.ts';
import { mergeFields, type MergeField } from '../src/people/domain/merge.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { at, identityOf, mergeBody, of, said, writtenTwice, type Made, type WrittenTwice } from './support/written-twice.ts';

let app: TestApp;
let twice: WrittenTwice;
beforeAll(async () => {
  app = await startApp();
  await installInstruments(app.db.owner, uuidv7);
  twice = await writtenTwice(app);
}, 60_000);
afterAll(() => app?.close());

const indicators = ['school_attendance', 'birth_registration', 'household_debt'] as const;
const day = fc.integer({ min: 1, max: 28 }).map((on) => `2026-02-${String(on).padStart(2, '0')}T03:00:00Z`);
const step = fc.oneof(
  fc.record({ kind: fc.constant('answer' as const), who: fc.nat(1), day, score: fc.integer({ min: 1, max: 3 }), corrects: fc.boolean() }),
  fc.record({
    kind: fc.constant('word' as const),
    who: fc.nat(1),
    day,
    purpose: fc.constantFrom('share', 'contact', 'register'),
    act: fc.constantFrom('given', 'refused', 'withdrawn'),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function go(people: readonly Made[], steps: readonly Step[]): Promise<void> {
  const mali = await app.as('coordinator');
  const last = new Map<number, { id: string; day: string }>();
  for (const each of steps) {
    const made = people[each.who]!;
    if (each.kind === 'word') {
      const { status } = await mali.post(`${at(made)}/consents`, said({ purpose: each.purpose, act: each.act, observedAt: each.day }));
      expect(status).toBe(201);
      continue;
    }
    const before = each.corrects ? last.get(each.who) : undefined;
    const id = await twice.assess(made, { [indicators[0]]: each.score }, before?.day ?? each.day, before?.id);
    last.set(each.who, { id, day: before?.day ?? each.day });
  }
}

let nth = 0;
/** Two of the same name and number, in different villages, found to be alike. */
async function twoAlike(more = 0): Promise<Made[]> {
  const phone = `08${String(10_000_000 + nth).padStart(8, '0')}`;
  const name = `Nari${'bcdfghjklm'[nth % 10]}a Thong${'aeiou'[nth++ % 5]}dee`;
  const one = await twice.register('coordinator', app.land.eastVillages[0].placeId, identityOf(name, { phones: [phone] }));
  const others = [];
  for (let i = 0; i <= more; i++)
    others.push(
      await twice.register(
        'coordinator',
        app.land.westVillages[i % 2]!.placeId,
        identityOf(`${name}${i}`, { phones: [phone, `099${phone.slice(3)}`], address: 'by the well' }),
        {
          sex: 0,
        },
      ),
    );
  await twice.compare();
  return [one, ...others];
}

async function merge(stays: Made, other: Made, take: readonly MergeField[]): Promise<string> {
  const mali = await app.as('coordinator');
  const [pair] = of(await twice.queue('coordinator', '?limit=100'), stays, other);
  const body = mergeBody(pair!, { stays: pair!.a.personId === stays.personId ? 'a' : 'b', take });
  const { status, body: merged, text } = await mali.post<{ mergeId: string }>(`/api/people/duplicates/${pair!.pairId}/merge`, body);
  expect([status, text]).toEqual([200, text]);
  return merged.mergeId;
}
const takeBack = async (stays: Made, mergeId: string) =>
  (await app.as('coordinator')).post<{ merges: MergeView[] }>(`${at(stays)}/merges/${mergeId}/take-back`);

it('whatever happened to two records, joined and taken apart they are as they were, and so are the figures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.subarray([...mergeFields]), async (steps, take) => {
      const [one, two] = (await twoAlike()) as [Made, Made];
      await go([one, two], steps);
      const before = await twice.picture(one, two);
      const mergeId = await merge(one, two, take);
      expect(await twice.picture(one, two)).not.toEqual(before);
      expect((await takeBack(one, mergeId)).status).toBe(200);
      expect(await twice.picture(one, two)).toEqual(before);
    }),
    { numRuns: 6 },
  );
}, 120_000);

it('what happens to the joined record stays with it, as if it had happened there without the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 3 }), fc.array(step, { minLength: 1, maxLength: 3 }), async (before, since) => {
      const [one, two] = (await twoAlike()) as [Made, Made];
      await go([one, two], before);
      const mergeId = await merge(one, two, []);
      const later = since.map((each) => ({ ...each, who: 0, corrects: false }));
      await go([one, two], later);
      await takeBack(one, mergeId);
      const apart = (await twice.picture(one, two)) as { standings: { subject_id: string }[]; consents: { person_id: string }[] };
      const [three, four] = (await twoAlike()) as [Made, Made];
      await go([three, four], [...before, ...later]);
      const plain = (await twice.picture(three, four)) as typeof apart;
      const bare = (rows: readonly object[], ids: readonly Made[]) =>
        rows.map((row) => JSON.stringify(row).replaceAll(ids[0]!.personId, 'one').replaceAll(ids[1]!.personId, 'two')).sort();
      expect(bare(apart.standings, [one, two])).toEqual(bare(plain.standings, [three, four]));
      expect(apart.consents.length).toBe(plain.consents.length);
    }),
    { numRuns: 4 },
  );
}, 120_000);

it('of two merges into one record the later is taken back first, and then nothing is left of either', async () => {
  const [one, two, three] = (await twoAlike(1)) as [Made, Made, Made];
  await go([two, three], [{ kind: 'answer', who: 0, day: '2026-02-03T03:00:00Z', score: 3, corrects: false }]);
  const before = await twice.picture(one, two, three);
  const first = await merge(one, two, ['place', 'bornOn']);
  await twice.compare();
  const second = await merge(one, three, ['sex', 'household']);
  expect((await takeBack(one, first)).status).toBe(409);
  expect((await takeBack(one, second)).status).toBe(200);
  expect((await takeBack(one, first)).status).toBe(200);
  expect(await twice.picture(one, two, three)).toEqual(before);
}, 60_000);
