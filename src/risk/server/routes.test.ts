// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import type { PersonRisk, PlaceRisk } from '../domain/person-risk.ts';
import { installInstruments, peopleChanged, recount } from './index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await app.db.owner.transaction().execute(async (tx) => {
    let n = 0;
    await installInstruments(tx, () => seededId('instrument', ++n));
    const { placeId, regionId } = app.land.eastVillages[0];
    const household = aHousehold({ placeId, regionId }),
      westward = aHousehold({ placeId: app.land.westVillages[0].placeId, regionId }, 2);
    const people = [
      aPerson({ placeId, regionId, householdId: household.householdId }, 1),
      aPerson({ placeId: app.land.westVillages[0].placeId, regionId }, 2),
    ];
    await insertHouseholds(tx, [household, westward]);
    await insertPeople(tx, people);
    await peopleChanged(tx, people, new Date());
  });
});
afterAll(() => app?.close());

const visit = (given: Record<string, unknown> = {}) => ({
  assessmentId: seededId('visit', 1),
  subjectKind: 'person',
  subjectId: seededId('person', 1),
  regionId: app.land.province.regionId,
  instrument: 'household-28',
  answers: { recruiter_contact: 3, intention_to_leave: 2 },
  observedAt: '2026-10-01T09:00:00+07:00',
  ...given,
});

describe('recording an assessment over HTTP', () => {
  test('Som of East Bay records a visit; sending it again changes nothing; the audit names no answer', async () => {
    const som = await app.as('district_officer');
    expect(await som.post('/api/assessments', visit())).toMatchObject({
      status: 201,
      body: { assessmentId: seededId('visit', 1), recorded: true, rescored: 1 },
    });
    expect(await som.post('/api/assessments', visit())).toMatchObject({ status: 201, body: { recorded: false, rescored: 0 } });
    const { rows } = await sql<{
      place_id: string;
      detail: unknown;
    }>`select place_id, detail from waymark.audit_entry where action = 'assessments.record'`.execute(app.db.owner);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.place_id).toBe(app.land.eastVillages[0].placeId);
    expect(JSON.stringify(rows[0]?.detail)).not.toMatch(/recruiter|leave/);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test('the same id with other answers is refused', async () => {
    expect(await (await app.as('district_officer')).post('/api/assessments', visit({ answers: { recruiter_contact: 1 } }))).toMatchObject({
      status: 409,
    });
  });

  test('a phone whose clock runs ahead is not turned away: its visit counts as of now, and is known again when it is sent again', async () => {
    const som = await app.as('district_officer');
    const ahead = (milliseconds: number, n: number) =>
      visit({
        assessmentId: seededId('ahead', n),
        answers: { recruiter_contact: 2 },
        observedAt: new Date(Date.now() + milliseconds).toISOString(),
      });
    const hours = 3_600_000,
      sent = ahead(3 * hours, 1);
    expect(await som.post('/api/assessments', sent)).toMatchObject({ status: 201, body: { recorded: true } });
    expect(await som.post('/api/assessments', sent)).toMatchObject({ status: 201, body: { recorded: false } });
    expect(await som.post('/api/assessments', { ...sent, observedAt: '2026-10-02T09:00:00Z' })).toMatchObject({ status: 409 });
    expect(await som.post('/api/assessments', ahead(25 * hours, 2))).toMatchObject({ status: 400 });
    const { rows } = await sql`select observed_at <= recorded_at and observed_at > now() - interval '1 minute' as now
      from waymark.assessment where assessment_id = ${seededId('ahead', 1)}`.execute(app.db.owner);
    expect(rows).toEqual([{ now: true }]);
  });

  test('she cannot write about West Ridge, nor about the province', async () => {
    const som = await app.as('district_officer');
    expect(
      (await som.post('/api/assessments', visit({ assessmentId: seededId('visit', 2), subjectId: seededId('person', 2) }))).status,
    ).toBe(403);
    expect(
      (
        await som.post(
          '/api/assessments',
          visit({
            assessmentId: seededId('visit', 3),
            subjectKind: 'place',
            subjectId: app.land.province.placeId,
            answers: { place_shock: 3 },
          }),
        )
      ).status,
    ).toBe(403);
  });

  test('of a place whoever may answer for it reads what was said, by sex where that is asked, and how many people it concerns', async () => {
    const som = await app.as('district_officer'),
      { placeId, regionId } = app.land.eastVillages[0];
    const read = async (id: string) => (await som.get<PlaceRisk>(`/api/places/${id}/risk`)).body;
    const before = await read(placeId);
    expect(before).toMatchObject({ regionId, placeId, people: 1, timeline: [], instrument: { code: 'household-28' } });
    expect(before.questions.map(({ code, state }) => [code, state])).toEqual(
      ['legal_channels', 'place_setting', 'place_shock'].map((code) => [code, 'never']),
    );
    expect((await read(app.land.east.placeId)).people).toBe(1);
    const say = (n: number, subjectId: string, answers: object, supersedes: string | null = null) =>
      som.post(
        '/api/assessments',
        visit({ assessmentId: seededId('of a place', n), subjectKind: 'place', subjectId, answers, supersedes }),
      );
    expect((await say(1, app.land.east.placeId, { place_shock: 2, place_setting: 1 })).body).toMatchObject({ recorded: true, rescored: 1 });
    expect((await say(2, placeId, { place_setting: 3, gender_barriers: { female: 3, male: 1 } })).body).toMatchObject({ recorded: true });
    const after = await read(placeId);
    // Its own answer before that of the area around it.
    expect(after.questions.map(({ code, score }) => [code, score])).toEqual([
      ['legal_channels', null],
      ['place_setting', 3],
      ['place_shock', 2],
    ]);
    expect([after.female, after.male].map((of) => of.map(({ code, score }) => [code, score]))).toEqual([
      [['gender_barriers', 3]],
      [['gender_barriers', 1]],
    ]);
    expect(after.timeline.map(({ place, answers }) => [place?.placeId, answers.length])).toEqual(
      expect.arrayContaining([
        [app.land.east.placeId, 2],
        [placeId, 3],
      ]),
    );
    const { questions } = (await som.get<PersonRisk>(`/api/people/${app.land.province.regionId}/${seededId('person', 1)}/risk`)).body;
    expect(questions.find(({ code }) => code === 'place_setting')?.score).toBe(3);
    expect((await som.get(`/api/places/${placeId}/risk?instrument=place-secondary-1`)).status).toBe(404);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, number]>([
    ['a 4', { answers: { recruiter_contact: 4 } }, 400],
    ['an indicator nobody knows', { answers: { shoe_size: 1 } }, 400],
    ['a date of the year 1', { observedAt: '0001-01-01T00:00:00Z' }, 400],
    ['a date before anybody could have seen it', { observedAt: '1899-12-31T23:59:59Z' }, 400],
    ['a date to come', { observedAt: '2999-01-01T00:00:00Z' }, 400],
    ['a date that is none', { observedAt: 'yesterday' }, 400],
    ['an id that is none', { assessmentId: 'x' }, 400],
    ['a field nobody asked for', { note: 'her name' }, 400],
    ['an unknown instrument', { instrument: 'no-such' }, 404],
    ['somebody not registered', { subjectId: seededId('nobody') }, 403],
  ])('refuses %s and keeps nothing', async (_, given, status) => {
    const answer = await (
      await app.as('district_officer')
    ).post('/api/assessments', visit({ assessmentId: seededId('visit', 'bad'), ...given }));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    const { rows } = await sql`select 1 from waymark.assessment where assessment_id = ${seededId('visit', 'bad')}`.execute(app.db.owner);
    expect(rows).toEqual([]);
  });

  test.each(['person', 'household', 'place'] as const)(
    'a %s that is not registered is refused in the same words as one that lies elsewhere, so nothing says who exists',
    async (subjectKind) => {
      const som = await app.as('district_officer');
      const elsewhere = { person: seededId('person', 2), household: seededId('household', 2), place: app.land.westVillages[0].placeId }[
        subjectKind
      ];
      const answers = { person: { life_stage: 2 }, household: { debt: 2 }, place: { place_shock: 2 } }[subjectKind];
      const refused = async (subjectId: string) => {
        const { status, body } = await som.post<Record<string, unknown>>(
          '/api/assessments',
          visit({ assessmentId: seededId('visit', 'whoever'), subjectKind, subjectId, answers }),
        );
        return { status, ...body, instance: null }; // each answer has a number of its own
      };
      const unknown = await refused(seededId('nobody'));
      expect(unknown).toMatchObject({ status: 403, type: '/problems/outside-your-area' });
      expect(await refused(elsewhere)).toEqual(unknown);
    },
  );

  test('an analyst may not record, and nobody who is not signed in', async () => {
    expect((await (await app.as('analyst')).post('/api/assessments', visit())).status).toBe(403);
    expect((await app.anonymous().post('/api/assessments', visit())).status).toBe(401);
  });
});

describe('what statistics measured', () => {
  const onPlace = (given: Record<string, unknown>) =>
    visit({ subjectKind: 'place', subjectId: app.land.east.placeId, regionId: app.land.east.regionId, ...given });
  const kept = async () =>
    (
      await sql`select 1 from waymark.assessment where subject_kind = 'place' and assessment_id = ${seededId('visit', 'by hand')}`.execute(
        app.db.owner,
      )
    ).rows.length;

  test.each(['district_officer', 'coordinator'] as const)(
    'is not said by the hand of a %s: place figures come with the file that measured them',
    async (who) => {
      const answer = await (
        await app.as(who)
      ).post<{ detail: string }>(
        '/api/assessments',
        onPlace({ assessmentId: seededId('visit', 'by hand'), instrument: 'place-secondary-1', answers: { poor_households: 3 } }),
      );
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('import the file that measured them') } });
      expect(await kept()).toBe(0);
    },
  );

  test('what Som sees of her own district is hers to say', async () => {
    const answer = await (
      await app.as('district_officer')
    ).post('/api/assessments', onPlace({ assessmentId: seededId('visit', 'by hand'), answers: { place_shock: 3 } }));
    expect(answer).toMatchObject({ status: 201, body: { recorded: true } });
    expect(await kept()).toBe(1);
  });
});

describe('instruments over HTTP', () => {
  test('everybody signed in reads the list and each instrument whole', async () => {
    const ploy = await app.as('analyst');
    const list = await ploy.get<{ code: string; indicators: number }[]>('/api/instruments');
    expect(list.body.map((i) => [i.code, i.indicators])).toEqual([
      ['household-28', 28],
      ['place-secondary-1', 9],
    ]);
    const one = await ploy.get<{ indicators: { code: string; title: Record<string, string> }[] }>('/api/instruments/household-28');
    expect(one.body.indicators[0]?.title['th']).toBe('ช่วงวัย');
    expect((await ploy.get('/api/instruments/no-such')).status).toBe(404);
    expect((await app.anonymous().get('/api/instruments')).status).toBe(401);
  });
});
