// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockJobs } from '../src/app/clock-jobs.ts';
import { aHousehold, aPerson } from '../src/people/builders.ts';
import { insertHouseholds, insertPeople } from '../src/people/server/index.ts';
import { seededId } from '../src/platform/builders.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import type { MapData } from '../src/risk/domain/map-data.ts';
import type { Answers } from '../src/risk/domain/pack.ts';
import type { Profile } from '../src/risk/domain/profile.ts';
import { peopleChanged, recordAssessments } from '../src/risk/server/index.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { instrumentsOf } from './support/instruments.ts';

/** What a closed month says stays said: through restarts, late visits, and two months without power. */
let app: TestApp;
let now = new Date('2026-08-20T02:00:00Z');
const everything = (score: 1 | 2 | 3, kind: 'person' | 'household' = 'person'): Answers =>
  Object.fromEntries(household28.indicators.filter(({ unit }) => unit === kind).map(({ code }) => [code, score]));

/** One strike of the clock in a server that has just started: nothing is remembered from the last. */
async function strike(name: string): Promise<void> {
  const job = clockJobs(app.access).find((each) => each.name === name);
  await job?.handle({}, { db: app.db.jobs, now: () => now, newId: uuidv7, signal: new AbortController().signal });
}
const closedMonths = async (): Promise<string[]> =>
  (
    await sql<{ month: string }>`
  select distinct month_end as month from waymark.rollup_month order by 1`.execute(app.db.owner)
  ).rows.map(({ month }) => month);
const exactMonths = async () => (await sql`select * from waymark.rollup_month order by 1, 2, 3, 4, 5, 6, 7`.execute(app.db.owner)).rows;

/** Everything the analyst can see of East Bay and its villages. */
async function seen(who: PersonName = 'analyst') {
  const client = await app.as(who),
    of = `instrument=household-28`;
  const answers = [];
  for (const { placeId } of [app.land.province, app.land.east, ...app.land.eastVillages]) {
    const profile = await client.get<Profile>(`/api/places/${placeId}/profile?${of}`);
    const maps = await Promise.all(
      ['', '&measure=indicator&indicator=school_attendance', '&sex=2', '&date=2026-10-31&reasons=true'].map((more) =>
        client.get<MapData>(`/api/map?place=${placeId}&${of}${more}`),
      ),
    );
    for (const answer of [profile, ...maps]) expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
    answers.push([profile.text, ...maps.map(({ text }) => text)]);
  }
  return answers;
}
const visit = (personId: string, answers: Answers, observedAt: string) => ({
  assessmentId: uuidv7(),
  subjectKind: 'person',
  subjectId: personId,
  regionId: app.land.province.regionId,
  instrument: 'household-28',
  answers,
  observedAt,
});

beforeAll(async () => {
  app = await startApp({ now: () => now });
  const { eastVillages, westVillages } = app.land,
    regionId = app.land.province.regionId;
  await app.db.owner.transaction().execute(async (tx) => {
    await instrumentsOf(tx, '2026-08-19T00:00:00Z');
    const people = [...eastVillages, ...westVillages].flatMap(({ placeId }, village) =>
      Array.from({ length: 60 }, (_, i) =>
        aPerson({ placeId, regionId, householdId: seededId('household', village), sex: i % 2 ? 2 : 1 }, 100 * village + i),
      ),
    );
    await insertHouseholds(
      tx,
      [...eastVillages, ...westVillages].map(({ placeId }, village) => aHousehold({ placeId, regionId }, village)),
    );
    await insertPeople(tx, people);
    await sql`update waymark.person set created_at = ${now}`.execute(tx);
    await peopleChanged(tx, people, now);
    const given = { regionId, instrument: 'household-28', observedAt: new Date('2026-08-20T01:00:00Z'), actorId: 'tester' };
    await recordAssessments(
      tx,
      [
        ...people.map(({ personId }, i) => ({
          ...given,
          assessmentId: uuidv7(),
          subjectKind: 'person' as const,
          subjectId: personId,
          answers: everything(i % 3 === 0 ? 3 : 1),
        })),
        ...[0, 1, 2, 3].map((village) => ({
          ...given,
          assessmentId: uuidv7(),
          subjectKind: 'household' as const,
          subjectId: seededId('household', village),
          answers: everything(2, 'household'),
        })),
      ],
      now,
    );
  });
}, 120_000);
afterAll(() => app?.close());

describe('closing months', () => {
  it('begins with the month in which people were first registered, and waits until it is over', async () => {
    await strike('risk:close-month');
    expect(await closedMonths()).toEqual([]);
    now = new Date('2026-08-31T17:07:00Z'); // midnight in Bangkok
    await strike('risk:close-month');
    expect(await closedMonths()).toEqual(['2026-08-31']);
    await strike('risk:close-month');
    expect(await closedMonths()).toEqual(['2026-08-31']);
  });

  it('makes up for every month that a server was off, each as it was at its end', async () => {
    now = new Date('2026-11-03T05:07:00Z');
    await strike('risk:close-month');
    expect(await closedMonths()).toEqual(['2026-08-31', '2026-09-30', '2026-10-31']);
    const { rows } = await sql<{ month: string }>`select month_end as month from waymark.published_month order by 1`.execute(app.db.owner);
    expect(rows.map(({ month }) => month)).toEqual(['2026-08-31', '2026-09-30', '2026-10-31']);
    const profile = await (await app.as('analyst')).get<Profile>(`/api/places/${app.land.east.placeId}/profile?instrument=household-28`);
    expect(profile.body.asOf).toBe('2026-10-31');
    expect(profile.body.own.counts).toMatchObject({ n: 120, high: 40 });
  });

  it('is done once by two servers whose clocks strike together', async () => {
    now = new Date('2026-12-01T05:07:00Z');
    await Promise.all([strike('risk:close-month'), strike('risk:close-month')]);
    expect((await closedMonths()).at(-1)).toBe('2026-11-30');
    const {
      rows: [row],
    } = await sql<{
      n: number;
    }>`select sum(n)::integer as n from waymark.rollup_month where month_end = '2026-11-30' and place_id = ${app.land.country.placeId}`.execute(
      app.db.owner,
    );
    expect(row?.n).toBe(240);
  });
});

describe('a place where nobody lives', () => {
  it('can be taken back after a month was closed over it', async () => {
    const { east } = app.land,
      placeId = uuidv7();
    await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      select ${placeId}, country, 'EMPTY', level + 1, place_id, path || 'empty', region_id, '{"en": "Empty"}', 'Empty', 'empty' from waymark.place where place_id = ${east.placeId}`.execute(
      app.db.owner,
    );
    now = new Date('2027-01-01T05:07:00Z');
    await strike('risk:close-month');
    // Nothing is published of nobody, so that an import which brought empty places can still be undone.
    const gone = await sql`delete from waymark.place where place_id = ${placeId}`.execute(app.db.owner);
    expect(gone.numAffectedRows).toBe(1n);
  });
});

describe('a visit brought in late', () => {
  it('changes what Mali sees at once, and nothing of what the analyst sees, also after the server starts again', async () => {
    now = new Date('2027-01-03T05:00:00Z');
    const before = await seen(),
      kept = await exactMonths();
    const mali = await app.as('coordinator'),
      exact = async () => (await mali.get<MapData>(`/api/map?place=${app.land.east.placeId}&instrument=household-28`)).body.total.counts;
    expect(await exact()).toMatchObject({ n: 120, high: 40 });
    expect((await mali.post('/api/assessments', visit(seededId('person', 1), everything(3), '2026-10-30T03:00:00Z'))).status).toBe(201);
    expect(await exact()).toMatchObject({ n: 120, high: 41 });
    expect(await seen()).toEqual(before);
    await strike('risk:tick');
    await strike('risk:close-month');
    expect(await seen()).toEqual(before);
    expect(await exactMonths()).toEqual(kept);
  });

  it('of one question alone does not move an indicator that the analyst may see', async () => {
    const before = await seen();
    const mali = await app.as('coordinator');
    for (const n of [2, 4, 5])
      expect(
        (await mali.post('/api/assessments', visit(seededId('person', n), { school_attendance: 3 }, '2026-12-02T03:00:00Z'))).status,
      ).toBe(201);
    expect(await seen()).toEqual(before);
    await strike('risk:close-month');
    expect(await seen()).toEqual(before);
  });
});

describe('sign-ins that ran out', () => {
  const sessions = async () =>
    (await sql<{ n: number }>`select count(*)::integer as n from auth."session"`.execute(app.db.owner)).rows[0]?.n;

  it('are swept by the clock; those that hold stay', async () => {
    const standing = await sessions();
    expect(standing).toBeGreaterThan(0);
    now = new Date();
    await strike('access:sweep-sessions');
    expect(await sessions()).toBe(standing);
    now = new Date(Date.now() + 30 * 86_400_000);
    await strike('access:sweep-sessions');
    expect(await sessions()).toBe(0);
  });
});
