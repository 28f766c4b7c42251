// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import { findActor } from '../../access/server/index.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Instrument } from '../domain/instrument.ts';
import { household28 } from '../domain/instruments/household-28.ts';
import type { HouseholdRisk, PersonRisk } from '../domain/person-risk.ts';
import { installInstruments, peopleChanged, publishFile, recount } from './index.ts';
import { writeInstrumentText } from './instrument-text.ts';

/** Malee of Reed Pond, whose case worker is Ratana; her brother Tan; both in one household. */
const now = new Date('2026-11-22T03:00:00Z');
const malee = seededId('person', 'malee'),
  tan = seededId('person', 'tan'),
  house = seededId('household', 'canary');
let app: TestApp, regionId: number, first: string;

beforeAll(async () => {
  app = await startApp({ everyRole: true, now: () => now });
  const village = app.land.eastVillages[0];
  regionId = village.regionId;
  let n = 0;
  await app.db.owner.transaction().execute(async (tx) => {
    await installInstruments(tx, () => seededId('instrument', ++n));
    await insertHouseholds(tx, [aHousehold({ placeId: village.placeId, regionId }, 'canary')]);
    const people = [
      aPerson({ placeId: village.placeId, regionId, householdId: house, sex: 2 }, 'malee'),
      aPerson({ placeId: village.placeId, regionId, householdId: house, sex: 1 }, 'tan'),
    ];
    await insertPeople(tx, people);
    await peopleChanged(tx, people, now);
  });
  await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
    values (${regionId}, ${seededId('care')}, ${malee}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(app.db.owner);
  first = await visit(
    'person',
    malee,
    { stigma_or_past_exploitation: 3, intention_to_leave: 3, school_attendance: 3, identity_documents: 2 },
    '2026-01-10T03:00:00Z',
  );
  await visit('household', house, { family_violence: 3, household_migration: 3, debt: 3, basic_needs: 1 }, '2026-09-10T03:00:00Z');
});
afterAll(() => app?.close());

async function visit(
  kind: string,
  id: string,
  answers: Record<string, unknown>,
  at: string,
  supersedes: string | null = null,
): Promise<string> {
  const assessmentId = uuidv7();
  const answer = await (
    await app.as('watch_volunteer')
  ).post('/api/assessments', {
    assessmentId,
    subjectKind: kind,
    subjectId: id,
    regionId,
    instrument: 'household-28',
    answers,
    observedAt: at,
    supersedes,
  });
  expect(answer.status, answer.text).toBe(201);
  return assessmentId;
}

const risk = async (who: PersonName, id = malee, query = ''): Promise<PersonRisk> => {
  const answer = await (await app.as(who)).get<PersonRisk>(`/api/people/${regionId}/${id}/risk${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

describe('how a person stands', () => {
  test('Orn reads why, until when and what is missing; what ran out is told apart from what was never asked', async () => {
    const body = await risk('watch_volunteer');
    const state = (code: string) => body.questions.find((each) => each.code === code);
    expect(state('school_attendance')).toMatchObject({ state: 'expired', score: 3, observedOn: '2026-01-10', validUntil: '2026-07-10' });
    expect(state('identity_documents')).toMatchObject({ state: 'known', score: 2, validUntil: '2028-01-10' });
    expect(state('debt')).toMatchObject({ state: 'known', unit: 'household', validUntil: '2027-03-10' });
    expect(state('guardianship')).toMatchObject({ state: 'never', score: null, text: null });
    expect(body.privateQuestions).toBe(7);
    expect(body.warnings).toHaveLength(1); // debt; the private ones are nobody's to read here
    expect(body.standing).toMatchObject({ band: 0, index: expect.any(Number) });
    expect(body.history.map(({ date }) => date)).toEqual(['2026-01-10', '2026-09-10', '2026-11-22']);
    expect(body.timeline.map(({ observedOn, recordedOn }) => [observedOn, recordedOn])).toEqual([
      ['2026-09-10', '2026-11-22'],
      ['2026-01-10', '2026-11-22'],
    ]);
    expect(body.timeline.map(({ about, role }) => [about, role])).toEqual([
      ['household', 'watch_volunteer'],
      ['person', 'watch_volunteer'],
    ]);
  });

  test('the same as of a past day; a day to come is refused', async () => {
    const then = await risk('watch_volunteer', malee, '?on=2026-03-01');
    expect(then.past).toBe(true);
    expect(then.timeline).toHaveLength(1);
    expect(then.questions.find(({ code }) => code === 'school_attendance')).toMatchObject({ state: 'known' });
    const before = await risk('watch_volunteer', malee, '?on=2025-12-31');
    expect(before).toMatchObject({ standing: { band: 0, index: null, low: 0, high: 100 }, timeline: [] });
    expect((await (await app.as('watch_volunteer')).get(`/api/people/${regionId}/${malee}/risk?on=2027-01-01`)).status).toBe(400);
  });

  test('a correction and a retraction stand as such beside what they void', async () => {
    const correction = await visit('person', malee, { school_attendance: 1 }, '2026-10-01T03:00:00Z', first);
    await visit('person', malee, { school_attendance: 'withdrawn' }, '2026-10-02T03:00:00Z', correction);
    const body = await risk('watch_volunteer');
    const [retraction, corrected] = body.timeline;
    expect(retraction).toMatchObject({ kind: 'retraction', supersedes: correction });
    expect(corrected).toMatchObject({
      kind: 'correction',
      supersedes: first,
      answers: [{ code: 'school_attendance', answer: 1, voided: { takenBack: true, on: '2026-11-22', role: 'watch_volunteer' } }],
    });
    const original = body.timeline.find(({ assessmentId }) => assessmentId === first)!;
    expect(original.answers.find(({ code }) => code === 'school_attendance')).toMatchObject({
      voided: { takenBack: false, on: '2026-11-22', role: 'watch_volunteer' },
    });
    expect(original.answers.find(({ code }) => code === 'identity_documents')).toMatchObject({ voided: null });
  });

  test('who may not see her gets nothing: another village, another district, figures only', async () => {
    for (const [who, status] of [
      ['other_watch_volunteer', 404],
      ['other_district_officer', 404],
      ['partner_provider', 404],
      ['person', 404],
      ['analyst', 403],
      ['administrator', 403],
      ['law_enforcement', 403],
    ] as const) {
      const client = await app.as(who);
      expect((await client.get(`/api/people/${regionId}/${malee}/risk`)).status, who).toBe(status);
      expect((await client.get(`/api/households/${regionId}/${house}/risk`)).status, who).toBe(status);
    }
    expect((await (await app.as('case_worker')).get(`/api/people/${regionId}/${tan}/risk`)).status).toBe(404);
  });
});

describe('protected answers', () => {
  const canaries = household28.indicators
    .filter((indicator) => indicator.protected)
    .flatMap((indicator) => [
      indicator.code,
      ...[indicator.title, indicator.question, ...indicator.answers, indicator.reasons[2], indicator.reasons[3]].flatMap((words) => [
        words.en,
        words['th'] ?? '',
      ]),
    ])
    .filter((text) => text.length > 8);
  const clean = (text: string): void => {
    for (const canary of canaries) expect(text).not.toContain(canary);
  };

  test('never leave as code, title or sentence: list, file, visits, person, household, in English and Thai', async () => {
    const village = app.land.eastVillages[0].placeId;
    for (const locale of ['en', 'th'])
      for (const who of ['coordinator', 'district_officer', 'watch_volunteer'] as const) {
        const client = await app.as(who);
        const texts = await Promise.all([
          client.get(`/api/people/list?place=${village}&locale=${locale}`),
          client.get(`/api/people/${regionId}/${malee}/risk?locale=${locale}`),
          client.get(`/api/people/${regionId}/${tan}/risk?locale=${locale}&on=2026-10-01`),
          client.get(`/api/households/${regionId}/${house}/risk?locale=${locale}`),
          client.post('/api/people/visit-list', { people: [{ regionId, personId: malee }], names: false, locale }),
          ...(who === 'watch_volunteer' ? [] : [client.get(`/api/people/list.csv?place=${village}&locale=${locale}`)]),
        ]);
        for (const answer of texts) {
          expect(answer.status, answer.text).toBe(200);
          clean(answer.text);
          expect(answer.text).toContain(locale === 'en' ? 'private reason' : 'เหตุผลส่วนตัว');
        }
      }
  });

  test('Ratana, her case worker, reads them of Malee, and the record of use says so; her list and paper say no more than others', async () => {
    const body = await risk('case_worker');
    expect(body).toMatchObject({ whole: true, privateQuestions: 0 });
    expect(body.questions.find(({ code }) => code === 'stigma_or_past_exploitation')).toMatchObject({
      state: 'expired',
      score: 3,
      private: true,
    });
    expect(body.timeline.flatMap(({ answers }) => answers.map(({ code }) => code))).toContain('family_violence');
    const household = await (await app.as('case_worker')).get<HouseholdRisk>(`/api/households/${regionId}/${house}/risk`);
    expect(household.body.members.map(({ personId }) => personId)).toEqual([malee]);
    const ratana = await app.as('case_worker');
    clean((await ratana.get('/api/people/list')).text);
    clean((await ratana.post('/api/people/visit-list', { people: [{ regionId, personId: malee }], names: true })).text);
    const { rows } = await sql<{
      action: string;
    }>`select distinct action from waymark.audit_entry where actor_id = ${app.accountIds.case_worker} and action like 'people.%' order by 1`.execute(
      app.db.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual(['people.read-private', 'people.visit-list']);
  });

  test('Ratana reads them of Malee after she died, and the record of use says that too', async () => {
    const kept = async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.audit_entry
        where action = 'people.read-private' and subject = ${malee} and actor_id = ${app.accountIds.case_worker}`.execute(app.db.owner);
      return rows[0]?.n ?? -1;
    };
    const become = (state: number, on: string | null) =>
      sql`update waymark.person set state = ${state}, state_on = ${on}::date where person_id = ${malee}`.execute(app.db.owner);
    await become(2, '2026-11-20');
    const before = await kept();
    const body = await risk('case_worker');
    expect(body.timeline.flatMap(({ answers }) => answers.map(({ code }) => code))).toContain('stigma_or_past_exploitation');
    expect([body.standing, body.whole, body.privateQuestions, await kept()]).toEqual([null, true, 0, before + 1]);
    expect((await risk('watch_volunteer')).whole).toBe(false);
    await become(1, null);
  });

  test('of the household that Malee left Ratana is told no private answer, and none that was never given', async () => {
    const other = seededId('household', 'other');
    const live = (householdId: string) =>
      sql`update waymark.person set household_id = ${householdId} where person_id = ${malee}`.execute(app.db.owner);
    await insertHouseholds(app.db.owner, [aHousehold({ placeId: app.land.eastVillages[0].placeId, regionId }, 'other')]);
    await visit('household', house, { family_violence: 1, household_migration: 3 }, '2026-10-10T03:00:00Z');
    const told = async () =>
      (await risk('case_worker', malee, '?on=2026-10-20')).questions
        .filter((each) => each.private && each.unit === 'household')
        .map(({ code, score }) => [code, score]);
    expect(await told()).toEqual([
      ['family_violence', 1],
      ['household_migration', 3],
    ]);
    await live(other);
    await sql`insert into waymark.person_event (region_id, event_id, person_id, kind, on_date, before, after, actor_id)
      values (${regionId}, ${uuidv7()}, ${malee}, 'household', '2026-11-10', ${JSON.stringify({ householdId: house })},
              ${JSON.stringify({ householdId: other })}, 'tester')`.execute(app.db.owner);
    expect(await told()).toEqual([]);
    expect(await risk('case_worker', malee, '?on=2026-10-20')).toMatchObject({ whole: true, privateQuestions: 2 });
    await live(house);
  });

  test('a household as of a past day shows who lived in it then, each as she stood, to whoever may see them', async () => {
    const live = (householdId: string) =>
      sql`update waymark.person set household_id = ${householdId} where person_id = ${malee}`.execute(app.db.owner);
    await live(seededId('household', 'other')); // where the event before says that she went
    // Who lives there today and who lived there then, each as she stood then; of those whom the reader may see.
    const members = async (who: PersonName, query = '') =>
      (await (await app.as(who)).get<HouseholdRisk>(`/api/households/${regionId}/${house}/risk${query}`)).body.members;
    const ids = async (who: PersonName, query = '') => (await members(who, query)).map(({ personId }) => personId).sort();
    expect(await ids('watch_volunteer')).toEqual([tan]);
    expect(await ids('watch_volunteer', '?on=2026-10-20')).toEqual([malee, tan].sort());
    expect(await ids('watch_volunteer', '?on=2026-11-15')).toEqual([tan]);
    expect((await (await app.as('case_worker')).get(`/api/households/${regionId}/${house}/risk?on=2026-10-20`)).status).toBe(404); // hers no more
    const { standing, reasons } = await risk('watch_volunteer', malee, '?on=2026-10-20');
    const row = (await members('watch_volunteer', '?on=2026-10-20')).find(({ personId }) => personId === malee);
    const { band, index, low, high, coverage, observedOn, validUntil } = standing!;
    expect(row).toMatchObject({ band, index, low, high, coverage, observedOn, validUntil, reasons: reasons.slice(0, 3) });
    const past = (await (await app.as('watch_volunteer')).get<HouseholdRisk>(`/api/households/${regionId}/${house}/risk?on=2026-09-20`))
      .body;
    expect(past).toMatchObject({ past: true, asOf: '2026-09-20' });
    expect(past.timeline.map(({ observedOn: on }) => on)).toEqual(['2026-09-10']);
    expect(past.reasons.map(({ code }) => code)).toContain('debt');
    expect(
      (await (await app.as('watch_volunteer')).get<HouseholdRisk>(`/api/households/${regionId}/${house}/risk?on=2026-09-09`)).body.reasons,
    ).toEqual([]);
    await live(house);
  });

  test('no protected answer stands in a log line or in the record of use', async () => {
    clean(app.logLines.join('\n'));
    const { rows } = await sql<{ detail: unknown }>`select detail from waymark.audit_entry`.execute(app.db.owner);
    clean(JSON.stringify(rows));
  });
});

describe('a household on a past day', () => {
  const id = (name: string): string => seededId('person', name);
  const home = seededId('household', 'of old');
  const names = ['anong', 'bua', 'chai', 'dara', 'ek', 'fon', 'gai'] as const;
  const nameOf = (personId: string): string => names.find((name) => id(name) === personId) ?? personId;
  const on = async (day: string, who: PersonName = 'district_officer'): Promise<HouseholdRisk> => {
    const answer = await (await app.as(who)).get<HouseholdRisk>(`/api/households/${regionId}/${home}/risk${day && `?on=${day}`}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };

  beforeAll(async () => {
    const [pond, well] = app.land.eastVillages,
      som = await app.as('district_officer');
    const living = (name: (typeof names)[number], householdId: string | null, bornOn = '1990-02-03') =>
      aPerson({ placeId: householdId ? pond.placeId : well.placeId, regionId, householdId, bornOn }, name);
    const people = [
      living('anong', home),
      living('bua', home),
      living('chai', null),
      living('dara', home, '1931-05-06'),
      living('ek', home),
      living('fon', home, '2026-08-20'),
      living('gai', home),
    ];
    await app.db.owner.transaction().execute(async (tx) => {
      await insertHouseholds(tx, [{ householdId: home, regionId, placeId: pond.placeId }]);
      await insertPeople(tx, people);
      await peopleChanged(tx, people, now);
      for (const [name, day] of [
        ['anong', '2025-12-01'],
        ['gai', '2026-04-20'],
        ['fon', '2026-08-25'],
      ] as const)
        await sql`insert into waymark.person_event (region_id, event_id, person_id, kind, on_date, actor_id)
          values (${regionId}, ${uuidv7()}, ${id(name)}, 'registered', ${day}, 'tester')`.execute(tx);
    });
    const all = (answer: number, kind = 'person') =>
      Object.fromEntries(household28.indicators.filter(({ unit }) => unit === kind).map(({ code }) => [code, answer]));
    await visit('household', home, { ...all(1, 'household'), debt: 3, basic_needs: 2 }, '2026-01-20T03:00:00Z');
    for (const name of ['anong', 'bua', 'dara', 'ek'] as const) await visit('person', id(name), all(3), '2026-02-01T03:00:00Z');
    await som.post('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind: 'person',
      subjectId: id('chai'),
      regionId,
      instrument: 'household-28',
      answers: all(2),
      observedAt: '2026-02-01T03:00:00Z',
    });
    await visit('household', home, { debt: 1 }, '2026-07-10T03:00:00Z');
    await visit('person', id('anong'), all(1), '2026-10-05T03:00:00Z');
    const move = { version: 1 };
    const done = [
      await som.post(`/api/people/${regionId}/${id('ek')}/state`, { state: 'left', onDate: '2026-03-01', version: 1 }),
      await som.post(`/api/people/${regionId}/${id('bua')}/move`, {
        ...move,
        placeId: well.placeId,
        householdId: null,
        onDate: '2026-05-10',
      }),
      await som.post(`/api/people/${regionId}/${id('chai')}/move`, {
        ...move,
        placeId: pond.placeId,
        householdId: home,
        onDate: '2026-06-15',
      }),
      await som.post(`/api/people/${regionId}/${id('dara')}/state`, { state: 'died', onDate: '2026-07-01', version: 1 }),
      await som.post(`/api/people/${regionId}/${id('ek')}/state`, { state: 'here', onDate: '2026-09-01', version: 2 }),
      await som.post(`/api/households/${regionId}/${home}/move`, { ...move, placeId: well.placeId, onDate: '2026-11-01' }),
    ];
    expect(done.map(({ status, text }) => (status === 200 ? '' : text))).toEqual(done.map(() => ''));
  });

  test.each([
    ['2026-02-28', 'anong bua dara ek', 0],
    ['2026-03-01', 'anong bua dara', 0],
    ['2026-04-20', 'anong bua dara gai', 0],
    ['2026-05-09', 'anong bua dara gai', 0],
    ['2026-05-10', 'anong dara gai', 0],
    ['2026-06-15', 'anong chai dara gai', 0],
    ['2026-07-01', 'anong chai gai', 0],
    ['2026-08-25', 'anong chai fon gai', 0],
    ['2026-09-01', 'anong chai ek fon gai', 0],
    ['2026-11-01', 'anong chai ek fon gai', 1],
    ['', 'anong chai ek fon gai', 1],
  ] as const)('%s: who lived in it then, and how each of them stood', async (day, expected, village) => {
    const body = await on(day);
    expect(body.members.map(({ personId }) => nameOf(personId)).sort()).toEqual(expected.split(' '));
    expect([body.place.placeId, body.past]).toEqual([app.land.eastVillages[village].placeId, day !== '']);
    for (const member of body.members) {
      const { standing, ...page } = await risk('district_officer', member.personId, day && `?on=${day}`);
      const { band, index, low, high, coverage, observedOn, validUntil } = standing!;
      expect(member, nameOf(member.personId)).toMatchObject({ band, index, low, high, coverage, observedOn, validUntil });
      expect(member, nameOf(member.personId)).toMatchObject({ place: page.place, householdId: home, ageGroup: page.ageGroup, sex: 2 });
      expect(member.reasons).toEqual(page.reasons.slice(0, member.reasons.length));
    }
  });

  test('its answers are those of the day, and the index of a member with them', async () => {
    const debt = async (day: string) => (await on(day)).questions.find(({ code }) => code === 'debt')!;
    expect([
      (await debt('2026-01-19')).state,
      (await debt('2026-01-20')).score,
      (await debt('2026-07-09')).score,
      (await debt('')).score,
    ]).toEqual(['never', 3, 3, 1]);
    expect((await on('2026-07-09')).timeline).toHaveLength(1);
    const anong = async (day: string) => (await on(day)).members.find(({ personId }) => personId === id('anong'))!;
    const open = household28.indicators.filter(({ unit, protected: hidden }) => unit === 'household' && !hidden),
      weighed = (codes: readonly string[]) => open.filter(({ code }) => codes.includes(code)).reduce((sum, { weight }) => sum + weight, 0);
    const index = (100 * weighed(['debt']) + 50 * weighed(['basic_needs'])) / weighed(open.map(({ code }) => code));
    expect((await anong('2026-01-31')).index).toBe(Math.round(10 * index) / 10);
    expect((await anong('2026-02-28')).band).toBe(2);
    expect((await anong('2026-10-05')).band).toBe(1);
    expect((await on('2025-11-30')).members.map(({ personId }) => nameOf(personId))).toEqual(['dara', 'bua', 'ek']);
  });

  test('whoever left the register since, or lies out of sight now, is not told of; nor is the household to others', async () => {
    const som = await app.as('district_officer');
    await som.post(`/api/people/${regionId}/${id('bua')}/move`, {
      placeId: app.land.westVillages[0].placeId,
      householdId: null,
      onDate: '2026-11-10',
      version: 2,
    });
    expect((await on('2026-02-28')).members.map(({ personId }) => nameOf(personId))).toEqual(['dara', 'anong', 'ek']);
    expect((await on('2026-02-28', 'coordinator')).members.map(({ personId }) => nameOf(personId))).toContain('bua');
    expect((await (await app.as('other_district_officer')).get(`/api/households/${regionId}/${home}/risk?on=2026-02-28`)).status).toBe(404);
  });
});

describe('a question that a later version asks in confidence', () => {
  let admin: Actor;
  beforeAll(async () => {
    admin = (await findActor(app.access, app.accountIds.administrator))!;
  });
  const published = (definition: Instrument) =>
    withActor(app.db.app, admin, (tx) =>
      publishFile({
        tx,
        bytes: Buffer.from(writeInstrumentText(definition, definition.version - 1)),
        sameMeaning: [],
        dryRun: false,
        now,
        newId: uuidv7,
        audit: async () => {},
      }),
    );
  /** Everything that Orn reads of the house, its timeline among it. */
  const read = async (): Promise<string> => {
    const orn = await app.as('watch_volunteer'),
      village = app.land.eastVillages[0].placeId;
    const texts = await Promise.all([
      orn.get(`/api/households/${regionId}/${house}/risk`),
      orn.get(`/api/people/${regionId}/${tan}/risk`),
      orn.get(`/api/people/${regionId}/${tan}/risk?on=2026-10-01`),
      orn.get(`/api/people/list?place=${village}`),
    ]);
    expect(texts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    return texts.map(({ text }) => text).join('\n');
  };
  const without = (version: number, spoil: (each: Instrument['indicators'][number]) => Instrument['indicators'][number] | null) => ({
    ...household28,
    version,
    indicators: household28.indicators.flatMap((each) => spoil(each) ?? []),
  });

  test('is private from then on, also what was answered before, and stays so when it is asked no more or again', async () => {
    const debt = household28.indicators.find(({ code }) => code === 'debt')!;
    expect(await read()).toMatch(/"debt"/);
    const hides = (text: string) => {
      for (const word of ['"debt"', debt.title.en, ...debt.answers.map(({ en }) => en), debt.reasons[3].en])
        expect(text).not.toContain(word);
      expect(text).toContain('private reason');
    };
    expect(await published(without(2, (each) => (each === debt ? { ...debt, protected: true } : each)))).toMatchObject({
      state: 'published',
      change: { changed: [{ code: 'debt', protected: true }] },
    });
    hides(await read());
    // The database masks it too, whoever asks.
    const { rows } = await sql<{ hidden: number[] }>`
      select waymark.protected_positions(instrument_id) as hidden from waymark.instrument where code = 'household-28' and version = 1`.execute(
      app.db.owner,
    );
    expect(rows[0]?.hidden).toContain(household28.indicators.indexOf(debt));
    expect(await published(without(3, (each) => (each === debt ? null : each)))).toMatchObject({ state: 'published' });
    hides(await read());
    expect(await published(without(4, (each) => each))).toMatchObject({
      state: 'refused',
      faults: [{ at: 'question 12 (debt).protected', why: expect.stringContaining('it was answered in confidence, and stays private') }],
    });
    expect(await recount(app.db.owner, now)).toEqual([]);
  });
});
