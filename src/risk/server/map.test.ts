// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { TestPlace } from '../../../test/support/demo-land.ts';
import { settlePeople } from '../../../test/support/settle-people.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { installInstruments } from './index.ts';

let app: TestApp;
const rowOf = (data: MapData, place: TestPlace): MapRow => data.rows.find((row) => row.placeId === place.placeId)!;
const map = async (who: Parameters<TestApp['as']>[0], place: TestPlace, more = ''): Promise<MapData> => {
  const answer = await (await app.as(who)).get<MapData>(`/api/map?place=${place.placeId}&instrument=household-28${more}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

beforeAll(async () => {
  app = await startApp();
  await installInstruments(app.db.owner, uuidv7);
  const {
    eastVillages: [reed, stone],
    westVillages: [high, old],
  } = app.land;
  await settlePeople(app, reed, [20, 60, 40, 5]);
  await settlePeople(app, stone, [30, 80, 50, 40]);
  await settlePeople(app, high, [12, 30, 30, 30]);
  await settlePeople(app, old, [15, 40, 20, 25]);
  await settlePeople(app, old, [0, 3, 0, 0], 1, 4);
});
afterAll(() => app.close());

describe('The map of people', () => {
  it('shows the coordinator of the province exact figures of her villages', async () => {
    const data = await map('coordinator', app.land.east);
    expect(data.exact).toBe(true);
    expect(rowOf(data, app.land.eastVillages[0])).toMatchObject({
      cover: 'shown',
      counts: { n: 125, unknown: 20, low: 60, medium: 40, high: 5 },
    });
    expect(data.total.counts).toEqual({ n: 325, unknown: 50, low: 140, medium: 90, high: 45 });
  });

  it('leaves out for the coordinator too, when it is to go on paper, what is too small to pass on', async () => {
    const [reed] = app.land.eastVillages;
    expect(rowOf(await map('coordinator', app.land.east, '&protect=false'), reed).counts!.high).toBe(5);
    const paper = await map('coordinator', app.land.east, '&protect=true&reasons=true');
    expect(paper.exact).toBe(false);
    for (const { counts } of [paper.total, ...paper.rows])
      for (const figure of Object.values(counts!)) expect(figure === null || figure === 0 || figure > 10).toBe(true);
    expect(rowOf(paper, reed)).toMatchObject({ cover: 'held-back', counts: { n: 125, high: null }, reasons: [] });
    expect(paper.rows).toEqual((await map('analyst', app.land.east, '&reasons=true')).rows);
    const filtered = await map('coordinator', app.land.east, '&protect=true&sex=2&ageGroup=3');
    expect(filtered.rows).toEqual((await map('analyst', app.land.east, '&sex=2&ageGroup=3')).rows);
  });

  it('shows the analyst the village without its five people, and the one next to it without its split either', async () => {
    const data = await map('analyst', app.land.east, '&reasons=true');
    expect(data.exact).toBe(false);
    expect(rowOf(data, app.land.eastVillages[0])).toMatchObject({
      cover: 'held-back',
      counts: { n: 125, unknown: null, low: null, medium: null, high: null },
      value: null,
      band: 0,
      reasons: [],
    });
    expect(rowOf(data, app.land.eastVillages[1])).toMatchObject({ cover: 'held-back', counts: { n: 200, high: null } });
    expect(data.total).toMatchObject({ cover: 'shown', counts: { n: 325, high: 45 } });
  });

  it('gives the analyst the same figure of a village whether it is a part or the whole', async () => {
    const part = rowOf(await map('analyst', app.land.east), app.land.eastVillages[0]);
    const whole = (await map('analyst', app.land.eastVillages[0])).total;
    expect(whole).toEqual({ ...part, reasons: [] });
  });

  it('lets nobody subtract one sex from all: three men among a hundred women', async () => {
    const [, old] = app.land.westVillages;
    const all = rowOf(await map('analyst', app.land.west), old),
      men = rowOf(await map('analyst', app.land.west, '&sex=1'), old),
      women = rowOf(await map('analyst', app.land.west, '&sex=2'), old);
    expect(all.counts!.n).toBe(103);
    expect([men.cover, women.cover]).toEqual(['small', 'small']);
    expect([men.counts!.n, women.counts!.n]).toEqual([null, null]);
  });

  it('gives the coordinator of West Ridge large areas outside her own protected, and villages there not at all', async () => {
    const province = await map('other_coordinator', app.land.province);
    expect(province.exact).toBe(false);
    expect(rowOf(province, app.land.west)).toMatchObject({ cover: 'shown', counts: { n: 205 } });
    expect(rowOf(province, app.land.east)).toMatchObject({ cover: 'shown', counts: { n: 325 } });
    const villages = await map('other_coordinator', app.land.province, '&level=3&reasons=true');
    const reed = rowOf(villages, app.land.eastVillages[0]);
    expect(reed).toMatchObject({ cover: 'outside', counts: null, value: null, band: 0, reasons: [], observedOn: null });
    expect(rowOf(villages, app.land.westVillages[1])).toMatchObject({ cover: 'shown', counts: { n: 103 } });
    const refused = await (await app.as('other_coordinator')).get(`/api/map?place=${app.land.eastVillages[0].placeId}`);
    expect(refused.status).toBe(403);
  });

  it('shows the administrator, who has no dealings with people, protected figures only', async () => {
    const data = await map('administrator', app.land.east);
    expect(rowOf(data, app.land.eastVillages[0]).counts!.high).toBeNull();
  });

  it('colours areas by the share at high risk of those whose band is known, and gives reasons', async () => {
    const data = await map('coordinator', app.land.province, '&measure=share-high&reasons=true');
    expect(rowOf(data, app.land.east)).toMatchObject({ value: 16.4, band: 2 });
    expect(data.classes).toEqual([0, 5, 10, 20, 30]);
    expect(rowOf(data, app.land.east).reasons![0]!.code).toBe('school_to_work');
  });

  it('tells reasons of the whole alone unless they are asked for, and of one part when that part is asked about', async () => {
    const plain = await map('coordinator', app.land.province);
    expect(plain.total.reasons![0]!.code).toBe('school_to_work');
    expect(plain.rows.every((row) => row.reasons === undefined)).toBe(true);
    const { total } = await map('coordinator', app.land.east, '&level=2');
    expect(total).toEqual(rowOf(await map('coordinator', app.land.province, '&reasons=true'), app.land.east));
  });

  it('refuses what it cannot answer in words', async () => {
    const mali = await app.as('coordinator');
    const ask = (more: string) => mali.get<{ detail: string }>(`/api/map?place=${app.land.east.placeId}&instrument=household-28${more}`);
    expect((await ask('&measure=indicator&indicator=family_violence')).status).toBe(403);
    expect((await ask('&measure=indicator')).status).toBe(400);
    expect((await ask('&measure=indicator&indicator=nothing')).status).toBe(404);
    expect((await ask('&measure=index')).status).toBe(400);
    expect((await ask('&ageGroup=9')).status).toBe(400);
    expect((await ask('&level=0')).status).toBe(400);
    expect((await app.anonymous().get(`/api/map?place=${app.land.east.placeId}`)).status).toBe(401);
  });

  it('colours one indicator by the share of worst answers', async () => {
    const data = await map('coordinator', app.land.province, '&measure=indicator&indicator=school_to_work');
    expect(rowOf(data, app.land.east).value).toBe(13.8);
    expect(rowOf(await map('analyst', app.land.province, '&measure=indicator&indicator=school_to_work'), app.land.east).value).toBe(15);
  });

  it('answers past days from the last closed month, and says when a figure is repeated', async () => {
    const [reed] = app.land.eastVillages;
    const close = (month: string, high: number) =>
      sql`insert into waymark.rollup_month (region_id, place_id, instrument_code, month_end, sex, age_group, band, n)
      select p.region_id, p.place_id, 'household-28', ${month}::date, 2, 3, b.band, b.n from waymark.place p, (values (1, 100), (2, 60), (3, ${high}::integer)) b(band, n)
      where p.place_id in (${app.land.country.placeId}, ${app.land.province.placeId}, ${app.land.east.placeId}, ${reed.placeId})`.execute(
        app.db.owner,
      );
    await close('2026-01-31', 30);
    await close('2026-02-28', 34);
    try {
      const march = await map('analyst', app.land.east, '&date=2026-03-15');
      expect(march.asOf).toBe('2026-02-28');
      expect(march.total).toMatchObject({ counts: { n: 190, high: 30 }, observedOn: '2026-01-31', carriedFrom: '2026-01-31' });
      expect((await map('coordinator', app.land.east, '&date=2026-03-15')).total).toMatchObject({
        counts: { n: 194, high: 34 },
        observedOn: '2026-02-28',
      });
      expect((await map('analyst', app.land.east, '&date=2025-12-31')).total.cover).toBe('no-data');
    } finally {
      await sql`delete from waymark.rollup_month`.execute(app.db.owner);
    }
  });
});
