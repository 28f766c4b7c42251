// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../../test/support/risk-world.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { seededId } from '../../platform/builders.ts';
import { insertHouseholds, insertPeople, movePerson } from '../../people/server/index.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { anAssessment } from '../builders.ts';
import { writeInstrumentText } from './instrument-text.ts';
import {
  installInstruments,
  type NewAssessment,
  peopleChanged,
  publishFile,
  publishInstrument,
  recordAssessments,
  recount,
  rescoreAll,
  rescoreBatch,
  shippedInstruments,
  tickClock,
  closeMonth,
} from './index.ts';

let database: TestDatabase, world: Map<string, WorldPlace>;
const now = new Date('2026-06-15T05:00:00Z');
const later = new Date('2026-09-15T05:00:00Z'); // recruiter_contact and intention_to_leave hold three months
const household = (n: number) => seededId('household', n);
const person = (n: number) => seededId('person', n);
const place = (code: string): string => placeOf(world, code).placeId;

function actor(scope: string, rights = ['risk.read', 'people.read', 'people.write', 'assess.write']): Actor {
  return {
    accountId: 'tester',
    userName: 'tester',
    displayName: 'Tester',
    locale: 'en',
    roles: ['district_officer'],
    rights: new Set(rights),
    scopes: [placeOf(world, scope).path],
    posts: [],
  };
}
const as = <T>(scope: string, work: (tx: Tx) => Promise<T>, rights?: string[]): Promise<T> =>
  withActor(database.app, actor(scope, rights), work);
const asOwner = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.owner.transaction().execute(work);

beforeAll(async () => {
  database = await testDatabase();
  world = await makeWorld(database.owner);
  await asOwner(async (tx) => {
    let n = 0;
    await installInstruments(tx, () => seededId('instrument', ++n));
    await insertHouseholds(tx, [aHousehold({ placeId: place('XT111') }, 1), aHousehold({ placeId: place('XT121') }, 2)]);
    const people = [1, 2, 3].map((i) => aPerson({ placeId: place('XT111'), householdId: household(1), sex: i === 2 ? 1 : 2 }, i));
    // A member of household 1 who lives in the other district, and somebody alone there.
    people.push(
      aPerson({ placeId: place('XT121'), householdId: household(1) }, 4),
      aPerson({ placeId: place('XT121'), householdId: household(2) }, 5),
    );
    await insertPeople(tx, people);
    await peopleChanged(tx, people, now);
  });
});
afterAll(() => database?.close());

interface Kept {
  excess: number;
  known: number;
  applicable: number;
  band: number;
  answers: string;
}
async function standing(id: string, code = 'household-28'): Promise<Kept> {
  const {
    rows: [row],
  } = await sql<Kept>`select excess, known, applicable, band, encode(answers, 'hex') as answers from waymark.standing
    where subject_id = ${id} and instrument_code = ${code}`.execute(database.owner);
  if (!row) throw new Error('no standing');
  return row;
}
const answer = (kept: Kept, code: string): number => {
  const at = shippedInstruments[0]?.indicators.findIndex((i) => i.code === code) ?? 0;
  return Number.parseInt(kept.answers.slice(2 * at, 2 * at + 2), 16);
};
const about = (given: Partial<NewAssessment> & Pick<NewAssessment, 'subjectKind' | 'subjectId' | 'answers'>, seed: string): NewAssessment =>
  anAssessment({ instrument: 'household-28', observedAt: new Date('2026-06-14T03:00:00Z'), ...given }, seed);

describe('recording what was seen on a visit', () => {
  test('everybody registered stands in "unknown" before the first visit and is counted', async () => {
    expect(await standing(person(1))).toMatchObject({ known: 0, applicable: 28, band: 0 });
    const {
      rows: [row],
    } = await sql<{ n: number }>`select sum(n) as n from waymark.rollup where place_id = ${place('XT')}`.execute(database.owner);
    expect(row?.n).toBe(5);
  });

  test('a district officer records a household; all its members follow, also the one who lives outside her district', async () => {
    const visit = about({ subjectKind: 'household', subjectId: household(1), answers: { debt: 3, family_violence: 3 } }, 'h1');
    expect(await as('XT11', (tx) => recordAssessments(tx, [visit], now))).toEqual({ recorded: 1, rescored: 4 });
    for (const n of [1, 2, 3, 4]) expect(await standing(person(n))).toMatchObject({ excess: 4, known: 2 });
    const { rows } = await sql<{
      indicator: string;
      n: number;
    }>`select indicator, n from waymark.rollup_answer where place_id = ${place('XT1')}`.execute(database.owner);
    expect(rows).toEqual([{ indicator: 'debt', n: 4 }]); // family_violence is protected and counted nowhere
    expect(await recount(database.owner, now)).toEqual([]);
  });

  test('the same visit sent again changes nothing; with other answers it is refused', async () => {
    const visit = about({ subjectKind: 'household', subjectId: household(1), answers: { debt: 3, family_violence: 3 } }, 'h1');
    expect(await as('XT11', (tx) => recordAssessments(tx, [visit, visit], now))).toEqual({ recorded: 0, rescored: 0 });
    await expect(as('XT11', (tx) => recordAssessments(tx, [{ ...visit, answers: { debt: 1 } }], now))).rejects.toMatchObject({
      code: 'already-there',
    });
    await expect(
      as('XT11', (tx) => recordAssessments(tx, [{ ...visit, observedAt: new Date('2026-06-13T03:00:00Z') }], now)),
    ).rejects.toMatchObject({ code: 'already-there' });
  });

  test('one id twice in one call: once if alike, refused if not', async () => {
    const visit = about({ subjectKind: 'person', subjectId: person(3), answers: { life_stage: 2 } }, 'twice');
    expect(await as('XT11', (tx) => recordAssessments(tx, [visit, visit], now))).toEqual({ recorded: 1, rescored: 1 });
    const other = { ...visit, assessmentId: seededId('assessment', 'twice-b') };
    await expect(as('XT11', (tx) => recordAssessments(tx, [other, { ...other, answers: { life_stage: 3 } }], now))).rejects.toMatchObject({
      code: 'already-there',
    });
  });

  test('an officer cannot write outside her district, nor see whether the id is taken there', async () => {
    const visit = about({ subjectKind: 'person', subjectId: person(5), answers: { life_stage: 3 } }, 'out');
    await expect(as('XT11', (tx) => recordAssessments(tx, [visit], now))).rejects.toMatchObject({ code: 'outside-your-area' });
    await expect(
      as('XT11', (tx) =>
        recordAssessments(tx, [about({ subjectKind: 'place', subjectId: place('XT1'), answers: { place_shock: 3 } }, 'out2')], now),
      ),
    ).rejects.toMatchObject({ code: 'outside-your-area' });
    await expect(as('XT11', (tx) => recordAssessments(tx, [visit], now), ['risk.read', 'people.read'])).rejects.toMatchObject({
      code: 'outside-your-area',
    });
    await expect(
      as('XT11', (tx) => recordAssessments(tx, [{ ...visit, actorId: 'somebody else', subjectId: person(1) }], now)),
    ).rejects.toMatchObject({ code: 'outside-your-area' });
  });

  test.each<[string, Partial<NewAssessment>, string]>([
    ['an indicator nobody knows', { answers: { shoe_size: 1 } }, 'bad-input'],
    ['a household answer on a person', { answers: { debt: 1 } }, 'bad-input'],
    ['no answer', { answers: {} }, 'bad-input'],
    ['a date to come', { observedAt: new Date('2026-06-16T05:00:01Z') }, 'bad-input'],
    ['a date that is none', { observedAt: new Date('x') }, 'bad-input'],
    ['a withdrawal of nothing', { answers: { life_stage: 'withdrawn' } }, 'bad-input'],
    ['a correction of somebody else', { supersedes: seededId('assessment', 'h1') }, 'bad-input'],
    ['a correction of itself', { supersedes: seededId('assessment', 'bad') }, 'bad-input'],
    ['an unknown instrument', { instrument: 'no-such' }, 'not-found'],
    ['somebody not registered, in the same words as somebody who lives elsewhere', { subjectId: seededId('nobody') }, 'outside-your-area'],
    ['a person said to be summed', { origin: 'summed' }, 'bad-input'],
  ])('refuses %s', async (_, given, code) => {
    const visit = about({ subjectKind: 'person', subjectId: person(1), answers: { life_stage: 1 }, ...given }, 'bad');
    await expect(as('XT11', (tx) => recordAssessments(tx, [visit], now))).rejects.toMatchObject({ code });
  });

  test('an answer about a district reaches everybody who lives there, each by her or his sex, until a village says otherwise', async () => {
    await as('XT11', (tx) =>
      recordAssessments(
        tx,
        [
          about(
            { subjectKind: 'place', subjectId: place('XT11'), answers: { gender_barriers: { female: 3, male: 1 }, place_shock: 2 } },
            'd1',
          ),
        ],
        now,
      ),
    );
    expect(answer(await standing(person(1)), 'gender_barriers')).toBe(3);
    expect(answer(await standing(person(2)), 'gender_barriers')).toBe(1);
    expect(answer(await standing(person(4)), 'place_shock')).toBe(0); // lives in the other district
    await as('XT11', (tx) =>
      recordAssessments(
        tx,
        [about({ subjectKind: 'place', subjectId: place('XT111'), answers: { place_shock: 'not-applicable' } }, 'v1')],
        now,
      ),
    );
    expect(await standing(person(1))).toMatchObject({ applicable: 27 });
    expect(await recount(database.owner, now)).toEqual([]);
  });

  test('a correction replaces an answer for good; taking the correction back leaves it missing', async () => {
    const first = about({ subjectKind: 'person', subjectId: person(1), answers: { recruiter_contact: 3, school_attendance: 2 } }, 'c1');
    const fix = about(
      { subjectKind: 'person', subjectId: person(1), answers: { recruiter_contact: 1 }, supersedes: first.assessmentId },
      'c2',
    );
    const back = about(
      { subjectKind: 'person', subjectId: person(1), answers: { recruiter_contact: 'withdrawn' }, supersedes: fix.assessmentId },
      'c3',
    );
    await as('XT11', (tx) => recordAssessments(tx, [first], now));
    await as('XT11', (tx) => recordAssessments(tx, [fix], now));
    expect(answer(await standing(person(1)), 'recruiter_contact')).toBe(1);
    await as('XT11', (tx) => recordAssessments(tx, [back], now));
    expect(answer(await standing(person(1)), 'recruiter_contact')).toBe(0);
    expect(answer(await standing(person(1)), 'school_attendance')).toBe(2);
    expect(await recount(database.owner, now)).toEqual([]);
  });

  test('somebody who moves takes her own answers along and meets the new place’s', async () => {
    await asOwner(async (tx) => {
      await movePerson(tx, { regionId: 1, personId: person(3) }, { placeId: place('XT121'), householdId: household(2) }, 1);
      await peopleChanged(tx, [{ regionId: 1, personId: person(3) }], now);
    });
    expect(answer(await standing(person(3)), 'place_shock')).toBe(0);
    expect(answer(await standing(person(3)), 'debt')).toBe(0);
    await expect(
      asOwner((tx) => movePerson(tx, { regionId: 1, personId: person(3) }, { placeId: place('XT111'), householdId: null }, 1)),
    ).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(await recount(database.owner, now)).toEqual([]);
  });
});

describe('the clock', () => {
  test('an answer that ends leaves the figures by itself, and a birthday moves somebody into another age group', async () => {
    await as('XT11', (tx) =>
      recordAssessments(tx, [about({ subjectKind: 'person', subjectId: person(2), answers: { intention_to_leave: 3 } }, 'k1')], now),
    );
    await asOwner((tx) => sql`update waymark.person set born_on = '2000-09-01' where person_id = ${person(2)}`.execute(tx));
    await asOwner((tx) => peopleChanged(tx, [{ regionId: 1, personId: person(2) }], now));
    const tick = () => database.jobs.transaction().execute((tx) => tickClock(tx, later, 1));
    let ticked = 0;
    while ((await tick()) > 0) ticked++;
    expect(ticked).toBeGreaterThan(0);
    expect(answer(await standing(person(2)), 'intention_to_leave')).toBe(0);
    const {
      rows: [row],
    } = await sql<{ g: number }>`select age_group as g from waymark.standing where subject_id = ${person(2)}`.execute(database.owner);
    expect(row?.g).toBe(5);
    expect(await recount(database.owner, later)).toEqual([]);
    // Not yet reached by the clock is no difference either.
    expect(await recount(database.owner, new Date('2027-01-01T00:00:00Z'))).toEqual([]);
  });

  test('a closed month keeps the figures as they were, however late it is closed', async () => {
    const close = () => database.jobs.transaction().execute((tx) => closeMonth(tx, '2026-06-30'));
    expect(await close()).toBeGreaterThan(0);
    await close();
    const {
      rows: [row],
    } = await sql<{ n: number; older: number }>`
      select sum(n) as n, sum(n) filter (where age_group = 5) as older from waymark.rollup_month where place_id = ${place('XT')} and month_end = '2026-06-30'`.execute(
      database.owner,
    );
    expect(row).toEqual({ n: 5, older: null }); // in June nobody was 26 yet
  });
});

describe('batches and versions', () => {
  test('an undone batch is as if it had never been', async () => {
    const batchId = seededId('batch', 1);
    const before = await standing(person(5));
    await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
      values (${batchId}, 'area-stats', 'f', 's', 'm', '{}', 's', 'done', 'tester')`.execute(database.owner);
    await asOwner((tx) =>
      recordAssessments(tx, [about({ subjectKind: 'household', subjectId: household(2), answers: { debt: 3 }, batchId }, 'b1')], later),
    );
    expect((await standing(person(5))).known).toBe(before.known + 1);
    await asOwner(async (tx) => {
      await sql`update waymark.import_batch set state = 'undone' where batch_id = ${batchId}`.execute(tx);
      await rescoreBatch(tx, batchId, later);
    });
    expect(await standing(person(5))).toEqual(before);
    expect(await recount(database.owner, later)).toEqual([]);
  });

  test('a new version counts the answers given under the old one, by indicator code', async () => {
    const [old] = shippedInstruments;
    if (!old) throw new Error('nothing ships');
    const next = {
      ...old,
      version: 2,
      indicators: [...old.indicators]
        .reverse()
        .filter((i) => i.code !== 'place_shock')
        .map((i) => (i.code === 'debt' ? { ...i, weight: 3 } : i)),
    };
    await asOwner(async (tx) => {
      await publishInstrument(tx, next, () => seededId('v2'));
      await rescoreAll(tx, 'household-28', later);
    });
    expect(await standing(person(1))).toMatchObject({ applicable: 27 + 2 });
    expect(await recount(database.owner, later)).toEqual([]);
    await expect(asOwner((tx) => publishInstrument(tx, next, () => seededId('v3')))).rejects.toMatchObject({ code: 'already-there' });
    await expect(
      asOwner((tx) => publishInstrument(tx, { ...next, version: 3, indicators: [] }, () => seededId('v3'))),
    ).rejects.toMatchObject({ code: 'bad-input' });
    await expect(
      asOwner((tx) => publishInstrument(tx, { ...next, version: 3, scores: 'place' }, () => seededId('v3'))),
    ).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('a place takes over what was measured above it, until its own level is measured somewhere; a gap stays a gap', async () => {
    const measure = (code: string, score: 1 | 2 | 3, seed: string) =>
      anAssessment(
        {
          subjectKind: 'place',
          subjectId: place(code),
          regionId: placeOf(world, code).regionId,
          instrument: 'place-secondary-1',
          answers: { poor_households: score },
          observedAt: new Date('2026-01-01T00:00:00Z'),
        },
        seed,
      );
    await asOwner((tx) => recordAssessments(tx, [measure('XT11', 3, 'p1')], later));
    const poor = async (code: string) => (await standing(place(code), 'place-secondary-1')).answers.slice(0, 2);
    expect([await poor('XT11'), await poor('XT111'), await poor('XT112')]).toEqual(['03', '03', '03']);
    await asOwner((tx) => recordAssessments(tx, [measure('XT211', 1, 'p2')], later));
    expect([await poor('XT11'), await poor('XT111'), await poor('XT211'), await poor('XT212')]).toEqual(['03', '00', '01', '00']);
    expect(await recount(database.owner, later)).toEqual([]);
  });

  test('an administrator publishes a version about places: all of them are scored by it, and nobody without the right publishes any', async () => {
    const [, shipped] = shippedInstruments;
    const next = { ...shipped!, indicators: shipped!.indicators.map((i) => (i.code === 'poor_households' ? { ...i, weight: 5 } : i)) };
    const publish = (rights: string[]) =>
      as(
        'XT',
        (tx) =>
          publishFile({
            tx,
            bytes: Buffer.from(writeInstrumentText(next, 1)),
            sameMeaning: [],
            dryRun: false,
            now: later,
            newId: () => seededId('places-2'),
            audit: async () => {},
          }),
        rights,
      );
    await expect(publish(['risk.read', 'statistics.import', 'places.import'])).rejects.toMatchObject({ code: '42501' });
    const before = (await standing(place('XT211'), 'place-secondary-1')).applicable;
    expect(await publish(['risk.read', 'statistics.import', 'places.import', 'instruments.manage'])).toMatchObject({
      state: 'published',
      change: { changed: [{ code: 'poor_households', weight: [1, 5] }] },
      reach: { subjects: world.size, answered: expect.any(Number) },
    });
    expect((await standing(place('XT211'), 'place-secondary-1')).applicable).toBe(before + 4);
    expect(await recount(database.owner, later)).toEqual([]);
  });
});
