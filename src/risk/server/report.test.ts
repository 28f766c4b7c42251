// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import { settlePeople } from '../../../test/support/settle-people.ts';
import { seededId } from '../../platform/builders.ts';
import type { Report } from '../domain/report.ts';
import type { WhereFirst } from '../domain/where-first.ts';
import { installInstruments } from './index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  let n = 0;
  await installInstruments(app.db.owner, () => seededId('instrument', ++n));
  const [pond, well] = app.land.eastVillages;
  await settlePeople(app, pond, [12, 30, 15, 20], 2, 3);
  await settlePeople(app, pond, [0, 2, 1, 1], 1, 2); // four boys: never to be seen by whoever only reads figures
  await settlePeople(app, well, [11, 40, 14, 12], 2, 4);
  await settlePeople(app, app.land.westVillages[0], [20, 60, 20, 40], 2, 4);
});
afterAll(() => app?.close());

const get = async <T>(who: PersonName, path: string): Promise<T> => {
  const answer = await (await app.as(who)).get<T>(path);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

describe('reports', () => {
  test('Som, who works with these people, sees by age and sex how many stand where, and how many are not known', async () => {
    const report = await get<Report>('district_officer', `/api/people/report?place=${app.land.east.placeId}&by=age`);
    expect(report.exact).toBe(true);
    const row = (ageGroup: number) => report.rows.find((each) => each.ageGroup === ageGroup);
    expect(row(3)).toMatchObject({ counts: { n: 77, unknown: 12, low: 30, medium: 15, high: 20 }, missing: 15.6 });
    expect(row(2)).toMatchObject({ counts: { n: 4, high: 1 } });
    expect(report.total.counts.n).toBe(158);
    const bySex = await get<Report>('district_officer', `/api/people/report?place=${app.land.east.placeId}&by=sex`);
    expect(bySex.rows.map(({ sex, counts }) => [sex, counts.n])).toEqual([
      [2, 154],
      [1, 4],
      [0, 0],
    ]);
  });

  test('Ploy the analyst never sees the four boys, whichever way she asks; nor does any file', async () => {
    const { placeId } = app.land.east;
    for (const by of ['age', 'sex', 'place&level=3', 'place&level=3&sex=1', 'age&sex=1', 'sex&ageGroup=2']) {
      const report = await get<Report>('analyst', `/api/people/report?place=${placeId}&by=${by}`);
      for (const { counts } of [...report.rows, report.total])
        for (const value of Object.values(counts)) expect(value === null || value === 0 || value >= 11, `${by}: ${value}`).toBe(true);
    }
    for (const who of ['analyst', 'district_officer'] as const) {
      const file = await (await app.as(who)).get(`/api/people/report.csv?place=${placeId}&by=age&locale=en`);
      expect(file.status).toBe(200);
      const boys = file.text.split('\r\n').find((line) => line.includes('10 to 13'))!;
      expect(boys).not.toMatch(/,4,/);
      expect(boys).toContain('held back');
    }
  });

  test('narrowed to a sex or an age, answer, file and record of use say of whom they are', async () => {
    const { placeId } = app.land.east;
    const men = await get<Report>('district_officer', `/api/people/report?place=${placeId}&by=place&level=3&sex=1`);
    expect([men.sex, men.ageGroup, men.total.counts.n]).toEqual([1, null, 4]);
    // By age the choice of an age would say nothing: none is claimed.
    const women = await get<Report>('analyst', `/api/people/report?place=${placeId}&by=age&sex=2&ageGroup=4`);
    expect([women.sex, women.ageGroup, women.rows.length]).toEqual([2, null, 7]);
    const ploy = await app.as('analyst');
    const file = await ploy.get(`/api/people/report.csv?place=${placeId}&by=place&level=3&sex=2&ageGroup=4&locale=en`);
    expect(file.headers.get('content-disposition')).toMatch(/-report-place-female-age-18-to-25-household-28-\d{4}-\d\d-\d\d\.csv"$/);
    const [head, ...lines] = file.text.trim().split('\r\n');
    expect(head!.endsWith(',Sex,Age')).toBe(true);
    expect(lines.length).toBe(3);
    for (const line of lines) expect(line.endsWith(',female,18 to 25')).toBe(true);
    // By sex the line itself says it, and the total is of everybody.
    const bySex = (await ploy.get(`/api/people/report.csv?place=${placeId}&by=sex&sex=1&locale=en`)).text.trim().split('\r\n');
    expect(bySex.slice(1).map((line) => line.split(',').at(-2))).toEqual(['female', 'male', 'not known', 'everybody']);
    const { rows } = await sql<{ detail: object }>`
      select detail from waymark.audit_entry where action = 'people.export-report' order by at desc, entry_id desc limit 2`.execute(
      app.db.owner,
    );
    expect(rows.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ by: 'sex', sex: null, ageGroup: null }),
      expect.objectContaining({ by: 'place', sex: 2, ageGroup: 4 }),
    ]);
  });

  test('a place instrument has no report on people, and a village of others none at all', async () => {
    const ploy = await app.as('analyst');
    expect((await ploy.get(`/api/people/report?place=${app.land.east.placeId}&by=age&instrument=place-secondary-1`)).status).toBe(400);
    expect(
      (await (await app.as('other_district_officer')).get(`/api/people/report?place=${app.land.eastVillages[0].placeId}&by=age`)).status,
    ).toBe(403);
  });
});

describe('where to act first', () => {
  test('ranks what may be shown, worst first, with its interval; the file says the same', async () => {
    const ranking = await get<WhereFirst>(
      'coordinator',
      `/api/where-first?place=${app.land.province.placeId}&level=2&instrument=household-28`,
    );
    expect(ranking.rows.map(({ name, rank, value, low, high }) => [name, rank, value, low, high])).toEqual([
      ['West Ridge', 1, 33.3, 28.6, 42.9],
      ['East Bay', 2, 24.4, 20.9, 35.4],
    ]);
    expect(ranking).toMatchObject({ comparedWith: null, notRanked: 0 });
    const file = await (
      await app.as('coordinator')
    ).get(`/api/where-first.csv?place=${app.land.province.placeId}&level=2&instrument=household-28&locale=en`);
    expect(file.text).toContain('West Ridge');
    expect(file.text.split('\r\n')[0]).toContain('Per cent at high risk');
  });

  test('of some people alone it ranks as much as may be shown of them, beside the reasons of everybody, and the file says of whom', async () => {
    const path = `/where-first?place=${app.land.province.placeId}&level=2&instrument=household-28`;
    const everybody = await get<WhereFirst>('coordinator', `/api${path}`);
    const men = await get<WhereFirst>('coordinator', `/api${path}&sex=1`);
    expect(men).toMatchObject({ sex: 1, ageGroup: null, reasonsOfToday: true, notRanked: 1 });
    expect(men.rows).toMatchObject([
      { name: 'East Bay', counts: { n: 4, high: 1 }, reasons: everybody.rows.find(({ name }) => name === 'East Bay')!.reasons },
    ]);
    expect([everybody.reasonsOfToday, everybody.sex]).toEqual([false, null]);
    // Whoever only reads figures gets no rank of four boys, nor does any file.
    for (const filter of ['&sex=1', '&ageGroup=2', '&sex=1&ageGroup=2'])
      expect((await get<WhereFirst>('analyst', `/api${path}${filter}`)).rows).toEqual([]);
    const mali = await app.as('coordinator');
    const file = await mali.get(`/api/where-first.csv${path.slice('/where-first'.length)}&sex=2&locale=en`);
    expect(file.headers.get('content-disposition')).toContain('-where-first-female-household-28-');
    const [head, ...lines] = file.text.trim().split('\r\n');
    expect(head!.endsWith('"Main reasons of everybody, as last known",Date,Instrument,Sex,Age')).toBe(true);
    for (const line of lines) expect(line).toMatch(/,\d{4}-\d\d-\d\d,household-28,female,all ages$/);
    expect((await mali.get(`/api${path}&sex=1`.replace('household-28', 'place-secondary-1'))).status).toBe(400);
  });
});
