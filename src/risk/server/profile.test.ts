// SPDX-License-Identifier: AGPL-3.0-or-later
import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import { settlePeople } from '../../../test/support/settle-people.ts';
import type { MapData } from '../domain/map-data.ts';
import type { Profile } from '../domain/profile.ts';
import { installInstruments, recordAssessments } from './index.ts';

let app: TestApp;
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
  const observedAt = new Date(Date.now() - 40 * 86_400_000);
  await recordAssessments(
    app.db.owner,
    [
      [
        app.land.east,
        {
          poor_households: 3,
          no_electricity: 3,
          no_improved_latrine: 3,
          no_improved_water: 2,
          small_land: 3,
          dependency: 3,
          out_migration: 2,
        },
      ],
      [
        app.land.west,
        {
          poor_households: 1,
          no_electricity: 1,
          no_improved_latrine: 2,
          no_improved_water: 1,
          small_land: 1,
          dependency: 1,
          out_migration: 1,
        },
      ],
    ].map(([place, answers]) => ({
      assessmentId: uuidv7(),
      subjectKind: 'place' as const,
      subjectId: (place as typeof app.land.east).placeId,
      regionId: app.land.east.regionId,
      instrument: 'place-secondary-1',
      answers: answers as Record<string, 1 | 2 | 3>,
      observedAt,
      actorId: app.accountIds.coordinator,
    })),
    new Date(),
  );
});
afterAll(() => app.close());

const profile = async (who: PersonName, placeId: string, instrument = 'household-28'): Promise<Profile> => {
  const answer = await (await app.as(who)).get<Profile>(`/api/places/${placeId}/profile?instrument=${instrument}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const csv = async (who: PersonName, placeId: string, more = '') =>
  (await app.as(who)).get(`/api/map.csv?place=${placeId}&instrument=household-28${more}`);

describe('The profile of people', () => {
  it('shows the coordinator her village as it is, with a table of sex by age and its main reasons', async () => {
    const data = await profile('coordinator', app.land.eastVillages[0].placeId);
    expect(data).toMatchObject({ exact: true, own: { cover: 'shown', counts: { n: 125, high: 5 } }, missing: { peopleUnknown: 16 } });
    expect(data.place.ancestors.map(({ name }) => name)).toEqual(['Demo land', 'Ban Fa', 'East Bay']);
    expect(data.sexAge!.find(({ sex, ageGroup }) => sex === 2 && ageGroup === 3)!.counts.high).toBe(5);
    // Everybody there told of violence at home: counted in no reason, and in no share.
    expect(data.drivers.map(({ code, value, n }) => [code, value, n])).toEqual([['school_to_work', 0.04, 125]]);
    expect(data.missing.indicators.map(({ code }) => code)).not.toContain('family_violence');
    expect(data.compare.siblings.map(({ name }) => name)).toEqual(['Stone Well']);
  });

  it('is the analyst’s when the coordinator takes it away on paper', async () => {
    const { placeId } = app.land.eastVillages[0];
    const paper = await (await app.as('coordinator')).get<Profile>(`/api/places/${placeId}/profile?instrument=household-28&protect=true`);
    expect(paper.body).toMatchObject({ exact: false, own: { counts: { n: 125, high: null } }, missing: { peopleUnknown: null } });
    expect(paper.text).not.toContain('"high":5');
    expect(paper.body).toEqual(await profile('analyst', placeId));
  });

  it('shows the analyst the same pattern in the profile, the map, the parts of the parent and the table of sex by age', async () => {
    const {
      east,
      eastVillages: [reed],
      westVillages: [, old],
    } = app.land;
    const own = (await profile('analyst', reed.placeId)).own,
      part = (await profile('analyst', east.placeId)).parts.rows.find((row) => row.placeId === reed.placeId);
    const onMap = (await (await app.as('analyst')).get<MapData>(`/api/map?place=${east.placeId}&instrument=household-28`)).body.rows.find(
      (row) => row.placeId === reed.placeId,
    );
    expect(own.reasons).toEqual([]);
    expect({ ...part, reasons: [] }).toEqual(own);
    expect({ ...onMap, reasons: [] }).toEqual(own);
    expect(own.counts).toEqual({ n: 125, unknown: null, low: null, medium: null, high: null });
    const table = (await profile('analyst', old.placeId)).sexAge!;
    for (const [sex, ageGroup] of [
      [1, null],
      [2, null],
      [null, 4],
      [null, 3],
      [1, 4],
      [2, 3],
    ]) {
      expect(table.find((cell) => cell.sex === sex && cell.ageGroup === ageGroup)!.counts.n).toBeNull();
    }
    expect(JSON.stringify(await profile('analyst', reed.placeId))).not.toContain('"high":5');
  });

  it('refuses a village outside the area of the district officer and shows her the next district protected', async () => {
    const som = await app.as('district_officer');
    expect((await som.get(`/api/places/${app.land.westVillages[1].placeId}/profile`)).status).toBe(403);
    const west = await profile('district_officer', app.land.west.placeId);
    expect(west).toMatchObject({ exact: false, own: { counts: { n: 205 } } });
    expect(west.parts.rows.map(({ cover, counts }) => [cover, counts])).toEqual([
      ['outside', null],
      ['outside', null],
    ]);
  });
});

describe('The profile of a place', () => {
  it('says in words why, from what and since when, and what is missing', async () => {
    const data = await profile('analyst', app.land.east.placeId, 'place-secondary-1');
    expect(data).toMatchObject({ own: { cover: 'shown', band: 3 }, sexAge: null, exact: true });
    expect(data.drivers[0]).toMatchObject({ score: 3, origin: 'measured' });
    expect(data.history).toHaveLength(1);
    expect(data.history[0]!.index).toBe(data.own.index);
    expect(data.missing.indicators.length).toBeGreaterThan(0);
    expect(new Set(data.missing.indicators.map(({ why }) => why))).toEqual(new Set(['never']));
  });

  it('knows nothing of an import that was undone, whoever reads', async () => {
    const batchId = uuidv7(),
      { east } = app.land;
    await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
      values (${batchId}, 'area-stats', 'f', 's', 'm', '{}', 's', 'done', 'tester')`.execute(app.db.owner);
    await recordAssessments(
      app.db.owner,
      [
        {
          assessmentId: uuidv7(),
          subjectKind: 'place',
          subjectId: east.placeId,
          regionId: east.regionId,
          instrument: 'place-secondary-1',
          answers: { reported_violence: 3 },
          observedAt: new Date('1990-01-01'),
          actorId: 'tester',
          batchId,
        },
      ],
      new Date(),
    );
    const said = async (who: PersonName) =>
      (await profile(who, east.placeId, 'place-secondary-1')).missing.indicators.find(({ code }) => code === 'reported_violence')?.why;
    for (const who of ['coordinator', 'analyst'] as const) expect(await said(who)).toBe('expired');
    await sql`update waymark.import_batch set state = 'undone' where batch_id = ${batchId}`.execute(app.db.owner);
    for (const who of ['coordinator', 'analyst'] as const) expect(await said(who)).toBe('never');
  });

  it('hands a district’s answers down to its villages and says from where', async () => {
    const data = await profile('coordinator', app.land.eastVillages[0].placeId, 'place-secondary-1');
    expect(data.drivers[0]).toMatchObject({ origin: 'inherited', from: { name: 'East Bay' } });
  });

  it('is known for a past day as it was on that day', async () => {
    const ploy = await app.as('analyst');
    const on = (days: number) =>
      ploy.get<MapData>(
        `/api/map?place=${app.land.province.placeId}&instrument=place-secondary-1&date=${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}`,
      );
    expect((await on(60)).body.rows.map((row) => row.cover)).toEqual(['no-data', 'no-data']);
    expect((await on(10)).body.rows.map((row) => row.band)).toEqual([3, 1]);
  });

  it('is not believed once its time has come, even if the clock has not come round yet', async () => {
    const ploy = await app.as('analyst'),
      at = sql`instrument_code = 'place-secondary-1' and subject_id = ${app.land.west.placeId}`;
    const west = async () =>
      (await ploy.get<MapData>(`/api/map?place=${app.land.province.placeId}&instrument=place-secondary-1`)).body.rows[1]!;
    await sql`update waymark.standing set band = 3, excess = 2 * known where ${at}`.execute(app.db.owner);
    expect((await west()).band).toBe(3);
    await sql`update waymark.standing set next_change = now() - interval '1 minute' where ${at}`.execute(app.db.owner);
    expect((await west()).band).toBe(1);
  });
});

describe('What is taken away in a file', () => {
  it('is protected for the coordinator too, who sees more on screen', async () => {
    const answer = await csv('coordinator', app.land.east.placeId);
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const lines = answer.text.split('\r\n');
    expect(lines[1]).toContain('#adm+code,#adm+name,');
    expect(lines[2]).toContain('XA11,East Bay,2,medium,325,140,90,45,50,');
    expect(lines[3]).toContain('XA1101,Reed Pond,3,unknown,125,,,,,"split held back: fewer than 11,');
    expect(answer.text).toBe((await csv('analyst', app.land.east.placeId)).text);
  });

  it('opens as a spreadsheet with numbers as numbers, codes as text and a sheet about the figures', async () => {
    const nok = await app.as('analyst');
    const response = await fetch(`${app.url}/api/map.xlsx?place=${app.land.province.placeId}&instrument=household-28`, {
      headers: { cookie: [...nok.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await response.arrayBuffer());
    const [figures, about] = book.worksheets;
    expect(figures!.getRow(3).getCell(1).value).toBe('XA1');
    expect(figures!.getRow(3).getCell(5).value).toBe(530);
    expect(figures!.views[0]).toMatchObject({ state: 'frozen' });
    expect(about!.getColumn(1).values).toContain('Smallest number of people shown');
  });

  it('is GeoJSON with every part, with or without a boundary', async () => {
    const answer = await (
      await app.as('analyst')
    ).get<{ features: { properties: { cover: string; counts: { n: number | null } } }[] }>(
      `/api/map.geojson?place=${app.land.east.placeId}&instrument=household-28`,
    );
    const body = JSON.parse(answer.text) as {
      waymark: Record<string, unknown>;
      features: { geometry: unknown; properties: { cover: string; counts: { high: number | null } } }[];
    };
    expect(body.features).toHaveLength(2);
    expect(body.features[0]!.properties).toMatchObject({ cover: 'held-back', counts: { high: null } });
    expect(body.waymark['Smallest number of people shown']).toBe(11);
  });

  it('is refused outside one’s area and leaves a trace', async () => {
    expect((await csv('other_coordinator', app.land.eastVillages[0].placeId)).status).toBe(403);
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from waymark.audit_entry where action = 'map.export'`.execute(
      app.db.owner,
    );
    expect(rows[0]!.n).toBeGreaterThan(0);
  });
});
