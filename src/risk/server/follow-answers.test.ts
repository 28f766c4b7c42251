// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import { findActor } from '../../access/server/index.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import {
  FollowAnswers,
  followHouseholds,
  followPlace,
  followSome,
  installInstruments,
  keepTime,
  lockInstrument,
  monthsToClose,
  peopleChanged,
  recordAssessments,
  recount,
  recountLists,
  recountRollups,
} from './index.ts';

/** Som of East Bay and others save answers while other things go on. */
let app: TestApp;
const count = 40;
beforeAll(async () => {
  app = await startApp();
  await app.db.owner.transaction().execute(async (tx) => {
    await installInstruments(tx, uuidv7);
    const { placeId, regionId } = app.land.eastVillages[0];
    const { householdId } = aHousehold({ placeId, regionId });
    const people = Array.from({ length: count }, (_, i) => aPerson({ placeId, regionId, householdId: i < 3 ? householdId : null }, i + 1));
    // Two who live in the district, of no village, and seven in another of its villages.
    const around = Array.from({ length: 9 }, (_, i) =>
      aPerson({ placeId: (i < 2 ? app.land.east : app.land.eastVillages[1]).placeId, regionId }, count + i + 1),
    );
    await insertHouseholds(tx, [aHousehold({ placeId, regionId })]);
    await insertPeople(tx, [...people, ...around]);
    await peopleChanged(tx, [...people, ...around], new Date());
  });
});
afterAll(() => app?.close());

const visit = (person: number, given: Record<string, unknown> = {}) => ({
  assessmentId: uuidv7(),
  subjectKind: 'person',
  subjectId: seededId('person', person),
  regionId: app.land.province.regionId,
  instrument: 'household-28',
  answers: { recruiter_contact: 3, intention_to_leave: 2 },
  observedAt: '2026-10-01T09:00:00+07:00',
  ...given,
});
const known = async (person: number): Promise<number> => {
  const { rows } = await sql<{ known: number }>`
    select known from waymark.standing where instrument_code = 'household-28' and subject_id = ${seededId('person', person)}`.execute(
    app.db.owner,
  );
  return rows[0]!.known;
};
const waiting = async (): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from waymark.answer_to_follow`.execute(app.db.owner);
  return rows[0]!.n;
};
/** As if the server had died between saving and following. */
async function savedAndNotFollowed(person: number, given: Record<string, unknown> = {}): Promise<void> {
  const actor = await findActor(app.access, app.accountIds.district_officer);
  const { subjectId, regionId, assessmentId, instrument, answers, observedAt, ...about } = visit(person, given);
  await withActor(app.db.app, actor!, (tx) =>
    recordAssessments(
      tx,
      [
        {
          assessmentId,
          subjectKind: about.subjectKind as 'person' | 'place',
          subjectId,
          regionId,
          instrument,
          answers: answers as Record<string, 2 | 3>,
          observedAt: new Date(observedAt),
          actorId: actor!.accountId,
        },
      ],
      new Date(),
      { later: true },
    ),
  );
}

describe('standings and figures follow what is saved', () => {
  test('forty answers at the same moment are all saved, and followed when their savers are told so', async () => {
    const savers = await Promise.all((['district_officer', 'coordinator'] as const).map((name) => app.as(name)));
    const answers = await Promise.all(Array.from({ length: count }, (_, i) => savers[i % 2]!.post('/api/assessments', visit(i + 1))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 201));
    // Before they are told so, unless that took more than their patience.
    await expect.poll(waiting).toBe(0);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('an answer about a household says how many of its members it reaches', async () => {
    const som = await app.as('district_officer');
    const { householdId } = aHousehold({ placeId: app.land.eastVillages[0].placeId, regionId: app.land.province.regionId });
    const answer = await som.post(
      '/api/assessments',
      visit(1, { subjectKind: 'household', subjectId: householdId, answers: { income_shock: 3 } }),
    );
    expect(answer).toMatchObject({ status: 201, body: { recorded: true, rescored: 3 } });
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('Som does not wait for an import that holds the instrument: her answer is kept, and followed when it lets go', async () => {
    const som = await app.as('district_officer');
    const before = await known(7);
    await app.db.owner.transaction().execute(async (tx) => {
      await lockInstrument(tx, 'household-28');
      const answer = await som.post('/api/assessments', visit(7, { answers: { migration_knowledge: 3, identity_documents: 2 } }));
      expect(answer.status).toBe(201);
      expect(await known(7)).toBe(before);
      expect(await waiting()).toBe(1);
    });
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    expect(await known(7)).toBeGreaterThan(before);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('an answer whose server died before it was followed is followed with the next one that is saved', async () => {
    await savedAndNotFollowed(9);
    expect(await waiting()).toBe(1);
    expect((await (await app.as('district_officer')).post('/api/assessments', visit(10))).status).toBe(201);
    expect(await waiting()).toBe(0);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('two servers at once take each answer once, and one that was erased meanwhile leaves nothing behind', async () => {
    for (const person of [11, 12, 13]) await savedAndNotFollowed(person);
    await sql`insert into waymark.answer_to_follow (region_id, assessment_id) values (${app.land.province.regionId}, ${uuidv7()})`.execute(
      app.db.owner,
    );
    const follow = () => app.db.jobs.transaction().execute((tx) => followSome(tx, new Date(), { answers: 2 }));
    const taken = (await Promise.all([follow(), follow()])).map((each) => each.taken);
    expect(taken.toSorted()).toEqual([2, 2]);
    expect(await waiting()).toBe(0);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('what cannot be saved leaves nothing to follow', async () => {
    const som = await app.as('district_officer');
    expect((await som.post('/api/assessments', visit(1, { subjectId: uuidv7() }))).status).toBe(403);
    expect((await som.post('/api/assessments', visit(1, { answers: { no_such_question: 1 } }))).status).toBe(400);
    expect((await (await app.as('analyst')).post('/api/assessments', visit(1))).status).toBe(403);
    expect((await (await app.as('other_district_officer')).post('/api/assessments', visit(1))).status).toBe(403);
    expect(await waiting()).toBe(0);
  });

  test('what the database refuses is in the log without the row: no answers, no record, no day of birth', async () => {
    const som = await app.as('district_officer');
    // As the database does for a table without row security, and for the lines of a COPY.
    await sql`create function waymark.planted() returns trigger language plpgsql as $$ begin
      raise check_violation using message = 'standing violates planted', constraint = 'planted', detail = format('Failing row contains %s', new);
    end $$`.execute(app.db.owner);
    await sql`create trigger planted before insert or update on waymark.standing for each row execute function waymark.planted()`.execute(
      app.db.owner,
    );
    await savedAndNotFollowed(14);
    const refused: unknown = await app.db.jobs
      .transaction()
      .execute((tx) => followSome(tx, new Date()))
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ detail: expect.stringContaining(seededId('person', 14)), where: expect.stringMatching('answers') });
    expect((await som.post('/api/assessments', visit(14, { answers: { migration_knowledge: 3 } }))).status).toBe(201);
    await expect.poll(() => app.logLines.join(''), { timeout: 5000 }).toContain('could not be followed');
    await sql`drop function waymark.planted() cascade`.execute(app.db.owner);
    const log = app.logLines.filter((line) => line.includes('could not be followed')).join('');
    expect(JSON.parse(log.split('\n')[0]!)).toMatchObject({
      err: { code: '23514', constraint: 'planted', message: expect.stringContaining('planted'), stack: expect.stringContaining('at ') },
    });
    expect(log).not.toMatch(/Failing row|\\x[0-9a-f]{2}|internalQuery|"detail"|"where"/);
    expect(log).not.toContain(seededId('person', 14));
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
  });
});

describe('an answer about a place where many live', () => {
  const portion = 7,
    everybody = count + 9;
  const ofEast = (answers: Record<string, 1 | 2 | 3>) =>
    savedAndNotFollowed(0, { subjectKind: 'place', subjectId: app.land.east.placeId, answers });
  const inBackground = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => app.db.jobs.transaction().execute(work);
  const someOfThem = () => inBackground((tx) => followPlace(tx, new Date(), portion));
  /** For how many people this answer to "place_shock" counts. */
  const countsFor = async (answer: number): Promise<number> => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::integer as n from waymark.standing s join waymark.instrument i on i.code = s.instrument_code and i.state = 'live'
      where s.instrument_code = 'household-28' and get_byte(s.answers, array_position(i.indicators, 'place_shock') - 1) = ${answer}`.execute(
      app.db.owner,
    );
    return rows[0]!.n;
  };
  const standingsBehind = async () => (await recount(app.db.owner)).filter(({ what }) => what === 'standing').length;

  test('is followed some people at a time, in between answers about them and another about the place; cut off it goes on where it was', async () => {
    await ofEast({ place_shock: 3 });
    expect((await inBackground((tx) => followSome(tx, new Date(), { people: portion }))).taken).toBe(0);
    expect([await someOfThem(), await someOfThem()]).toEqual([true, true]);
    expect(await countsFor(3)).toBe(2 * portion);
    // Half way figures are those of the standings, and nothing is wrong but for whom it concerns.
    expect(await standingsBehind()).toBe(everybody - 2 * portion);
    expect([...(await recountRollups(app.db.owner)), ...(await recount(app.db.owner, undefined, { butWaiting: true }))]).toEqual([]);

    // As when the machine loses power while the next of them are at work.
    const cut = inBackground(async (tx) => {
      await followPlace(tx, new Date(), portion);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
    });
    await expect(cut).rejects.toThrow();
    expect(await countsFor(3)).toBe(2 * portion);

    for (const person of [21, 22, 23, 24]) await savedAndNotFollowed(person, { answers: { migration_knowledge: 1 } });
    await ofEast({ place_shock: 2 });
    const options = { db: app.db.jobs, now: () => new Date(), log: { error: () => {} }, peopleAtOnce: portion };
    const first = new FollowAnswers(options);
    await first.followed();
    // Whoever saved an answer about somebody waits for that one, and not for the district.
    expect(await waiting()).toBe(2);
    await first.close();
    expect(await countsFor(2)).toBeLessThan(everybody);
    const second = new FollowAnswers(options);
    void second.followed();
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    await second.close();
    expect(await countsFor(2)).toBe(everybody);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('that is sent twice, or erased meanwhile, leaves nothing to do', async () => {
    const assessmentId = uuidv7(),
      once = { subjectKind: 'place', subjectId: app.land.east.placeId, assessmentId, answers: { place_shock: 1 } };
    await savedAndNotFollowed(0, once);
    while (await someOfThem());
    expect(await countsFor(1)).toBe(everybody);
    await savedAndNotFollowed(0, once);
    expect(await waiting()).toBe(0);
    await sql`insert into waymark.answer_to_follow (region_id, assessment_id, people) values (${app.land.province.regionId}, ${uuidv7()}, 1000)`.execute(
      app.db.owner,
    );
    while (await someOfThem());
    expect(await waiting()).toBe(0);
  });

  test('keeps a month open that ended while it waited, until everybody is counted', async () => {
    const soon = new Date(Date.now() + 40 * 86_400_000);
    const months = () => inBackground((tx) => monthsToClose(tx, soon));
    await ofEast({ place_shock: 2 });
    expect(await months()).toEqual([]);
    while (await someOfThem());
    expect((await months()).length).toBeGreaterThan(0);
  });

  test('of few people counts for each of them when it is saved', async () => {
    const answer = await (
      await app.as('district_officer')
    ).post('/api/assessments', visit(0, { subjectKind: 'place', subjectId: app.land.east.placeId, answers: { place_shock: 3 } }));
    expect(answer).toMatchObject({ status: 201, body: { recorded: true, rescored: everybody } });
    expect(await waiting()).toBe(0);
    expect(await countsFor(3)).toBe(everybody);
  });
});

describe('the list of households follows who lives where', () => {
  const counted = () => followHouseholds(app.db.jobs);
  const [home, first, second] = ['empty home', 31, 32];
  const householdId = seededId('household', home);
  const standsAt = (person: number, band: number, excess: number) =>
    sql`update waymark.standing set band = ${band}, excess = ${excess}, known = 20, answers = ${Buffer.alloc(28)} where instrument_code = 'household-28' and subject_id = ${seededId('person', person)}`.execute(
      app.db.owner,
    );
  const moveIn = (tx: Tx, person: number, to: string | null = householdId) =>
    sql`update waymark.person set household_id = ${to} where person_id = ${seededId('person', person)}`.execute(tx);
  const line = async () =>
    (
      await sql<{ urgency: number }>`select urgency from waymark.household_listing where household_id = ${householdId}`.execute(
        app.db.owner,
      )
    ).rows;
  const wrong = async () => (await recountLists(app.db.owner)).filter(({ key }) => key === householdId);

  test('and is whole when two come into an empty one at once, the one seen before the other', async () => {
    await insertHouseholds(app.db.owner, [aHousehold(app.land.eastVillages[0], home)]);
    await standsAt(first, 1, 2);
    await standsAt(second, 3, 38);
    await counted();
    await app.db.owner.transaction().execute(async (tx) => {
      await moveIn(tx, second);
      await app.db.owner.transaction().execute((other) => moveIn(other, first));
      await counted();
      expect(await line()).toEqual([{ urgency: 2000 + 50 }]);
    });
    await counted();
    expect(await line()).toEqual([{ urgency: 6000 + 950 }]);
    expect(await wrong()).toEqual([]);
  });

  test('a moment later, which is no fault; the clock counts what no server did', async () => {
    await moveIn(app.db.owner, second, null);
    expect(await wrong()).toEqual([]);
    expect(await line()).toEqual([{ urgency: 6000 + 950 }]);
    await keepTime(app.db.jobs, () => new Date(), 500);
    expect(await line()).toEqual([{ urgency: 2000 + 50 }]);
  });

  test('beside answers that wait for an import, which hold it up no more than anybody else', async () => {
    const follow = new FollowAnswers({ db: app.db.jobs, now: () => new Date(), log: { error: () => {} }, patienceMs: 30_000 });
    await savedAndNotFollowed(second);
    await app.db.owner.transaction().execute(async (tx) => {
      await lockInstrument(tx, 'household-28');
      void follow.followed();
      await follow.listed();
      await moveIn(app.db.owner, second);
      await follow.listed();
      expect(await line()).toEqual([{ urgency: 6000 + 950 }]);
    });
    await follow.close();
  });
});
