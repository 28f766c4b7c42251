// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importStats, undoStats, withInstruments } from '../../../test/support/area-stats.ts';
import { bandsByHand, measure, type ByHand } from '../../../test/support/cambodia-by-hand.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importFolder } from '../../../test/support/places-import.ts';
import { serveCountry } from '../../../test/support/serve-country.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import type { ImportReport } from '../../places/domain/import-report.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { MapData } from '../domain/map-data.ts';

const files = [
  'idpoor_2010',
  'idpoor_2011',
  'commune_db_2011',
  'int_migration_commune_2011',
  'net_migration_district_2008',
  'domestic_violence_2011',
] as const;
const take = (db: TestDatabase, name: string, dryRun = false): Promise<ImportReport> =>
  importStats(db, sharedData('cambodia', `${name}.csv`), `mappings/cambodia/${name}.yaml`, { dryRun });
const figures = (report: ImportReport): unknown[] =>
  report.indicators.map(({ code, values, empty, scores }) => [code, values, empty, ...scores]);

async function standings(db: TestDatabase): Promise<{ code: string; level: number; band: number; known: number }[]> {
  const { rows } = await sql<{ code: string; level: number; band: number; known: number }>`
    select p.code, p.level, s.band, s.known from waymark.place p join waymark.standing s on s.place_id = p.place_id and s.subject_kind = 'place'
    where s.instrument_code = 'place-secondary-1' order by p.code`.execute(db.owner);
  return rows;
}

async function tree(db: TestDatabase): Promise<ByHand> {
  const { rows } = await sql<{ code: string; level: number; parent: string | null }>`
    select p.code, p.level, a.code as parent from waymark.place p left join waymark.place a on a.place_id = p.parent_id`.execute(db.owner);
  return { parent: new Map(rows.map((r) => [r.code, r.parent])), level: new Map(rows.map((r) => [r.code, r.level])) };
}

/** Each place's band worked out by hand, once. */
let handCount: { byHand: Map<string, number>; level: ReadonlyMap<string, number> } | undefined;
async function counted(db: TestDatabase): Promise<NonNullable<typeof handCount>> {
  if (handCount) return handCount;
  const places = await tree(db);
  return (handCount = { byHand: bandsByHand(places), level: places.level });
}

describe('A coordinator of Cambodia loads what is published of her country', () => {
  let db: TestDatabase;
  const reports = new Map<string, ImportReport>();
  beforeAll(async () => {
    db = await testDatabase();
    await importFolder(db, 'mappings/cambodia/places.yaml', sharedData('cambodia'));
    await withInstruments(db);
    const rehearsed = await take(db, 'idpoor_2010', true);
    for (const name of files) reports.set(name, await take(db, name));
    expect({ ...reports.get('idpoor_2010'), ...rehearsed }).toMatchObject({ rows: 6_419, taken: 6_416 });
  }, 600_000);
  afterAll(() => db.close());

  it('and every row of every file is accounted for', () => {
    const told = files.map((name) => {
      const { rows, taken, rejected, levels } = reports.get(name)!;
      return [name, rows, taken, rejected, levels.map(({ matched }) => matched)];
    });
    expect(told).toEqual([
      ['idpoor_2010', 6_419, 6_416, 3, [1, 12, 96, 750, 6_416]],
      ['idpoor_2011', 4_201, 4_201, 0, [1, 9, 64, 496, 4_201]],
      ['commune_db_2011', 1_621, 1_621, 0, [1, 24, 194, 1_621]],
      ['int_migration_commune_2011', 1_621, 1_611, 10, [1, 24, 194, 1_611]],
      ['net_migration_district_2008', 185, 185, 0, [1, 24, 185]],
      ['domestic_violence_2011', 24, 24, 0, [1, 24]],
    ]);
    for (const report of reports.values())
      expect(report.levels.map(({ known }) => known)).toEqual([1, 24, 194, 1_621, 10_620].slice(0, report.levels.length));
  });

  it('what is rejected is named by file, row, column and reason', () => {
    expect(reports.get('idpoor_2010')!.rejectedRows).toEqual(
      [
        [218, '01030610', '47 of 38'],
        [1_178, '02090104', '48 of 37'],
        [3_382, '13030208', '154 of 40'],
      ].map(([row, code, much]) => ({
        file: 'idpoor_2010.csv',
        row,
        column: 'TOT_HH, TOT_Per_HH',
        code,
        reason: `poor_households: ${much} is more than all`,
      })),
    );
    expect(reports.get('int_migration_commune_2011')!.rejectedRows).toHaveLength(10);
    expect(reports.get('int_migration_commune_2011')!.rejectedRows[0]).toMatchObject({
      column: 'TT_Both',
      reason: expect.stringContaining('the whole is 0') as string,
    });
    expect(reports.get('net_migration_district_2008')!.notes.join(' ')).toContain(
      '9 of 194 places of this level have no figure in the file: 0110 Krong Paoy Paet,',
    );
  });

  it('each value is the one worked out by hand, and each third as large as can be', async () => {
    const { rows } = await sql<{ indicator: string; code: string; value: number; part: number | null; whole: number | null }>`
      select s.indicator, p.code, s.value, s.part, s.whole from waymark.area_statistic s join waymark.place p using (place_id) where s.origin = 'measured'`.execute(
      db.owner,
    );
    const byHand = measure();
    const expected = [...byHand].flatMap(([indicator, values]) =>
      [...values].map(([code, { value }]) =>
        [indicator.startsWith('idpoor') ? 'poor_households' : indicator, code, value.toPrecision(12)].join(' '),
      ),
    );
    expect(rows.map(({ indicator, code, value }) => [indicator, code, value.toPrecision(12)].join(' ')).sort()).toEqual(expected.sort());
    expect(figures(reports.get('commune_db_2011')!)).toHaveLength(3);
    expect(figures(reports.get('domestic_violence_2011')!)).toEqual([['reported_violence', 24, 0, 8, 8, 8]]);
    expect(figures(reports.get('net_migration_district_2008')!)).toEqual([['out_migration', 185, 0, 62, 62, 61]]);
  });

  it('every province, district, commune and village stands in the band worked out by hand', async () => {
    const got = await standings(db);
    const { byHand } = await counted(db);
    expect(got.map(({ code, band }) => `${code} ${band}`)).toEqual([...byHand].map(([code, band]) => `${code} ${band}`).sort());
    const counts = [1, 2, 3, 4].map((level) => [0, 1, 2, 3].map((band) => got.filter((s) => s.level === level && s.band === band).length));
    // By level: unknown, low, medium, high. Each band is there at each level; "unknown" is where a place has fewer than six of the nine.
    expect(counts).toEqual([
      [0, 4, 15, 5],
      [0, 41, 113, 40],
      [6, 333, 828, 454],
      [71, 1_772, 6_123, 2_654],
    ]);
    expect(got.filter(({ band, known }) => (band === 0) !== known < 6)).toEqual([]);
  });

  it('and the map that she is sent shows each of them so, at every level', async () => {
    const { byHand, level } = await counted(db);
    const { client, root, close } = await serveCountry(db, 'KH');
    try {
      const shown = [];
      for (const asked of [1, 2, 3, 4]) {
        const { status, text, body } = await client.get<MapData>(`/api/map?place=${root}&level=${asked}&instrument=place-secondary-1`);
        expect(status, text.slice(0, 500)).toBe(200);
        expect(body.rows.map(({ code, band }) => `${code} ${band}`).sort()).toEqual(
          [...byHand]
            .filter(([code]) => level.get(code) === asked)
            .map(([code, band]) => `${code} ${band}`)
            .sort(),
        );
        // Where the data stop there is no number to colour by: such a place is hatched. Everywhere else there is one.
        expect(body.rows.filter(({ band, value }) => (band === 0) !== (value === null))).toEqual([]);
        expect(body.rows.filter(({ band, coverage }) => (band === 0) !== (coverage ?? 0) < 60)).toEqual([]);
        shown.push([body.rows.length, ...[0, 1, 2, 3].map((band) => body.rows.filter((row) => row.band === band).length)]);
      }
      expect(shown).toEqual([
        [24, 0, 4, 15, 5],
        [194, 0, 41, 113, 40],
        [1_621, 6, 333, 828, 454],
        [10_620, 71, 1_772, 6_123, 2_654],
      ]);
      // ... and mappings/README.md accounts for each of them in its table.
      const lines = new Map([['places', shown.map(([all]) => all!)]]);
      const { body: instrument } = await client.get<Instrument>('/api/instruments/place-secondary-1');
      for (const { code } of instrument.indicators) {
        const has = [];
        for (const asked of [1, 2, 3, 4]) {
          const question = `/api/map?place=${root}&level=${asked}&instrument=place-secondary-1&measure=indicator&indicator=${code}`;
          has.push((await client.get<MapData>(question)).body.rows.filter(({ value }) => value !== null).length);
        }
        lines.set(`has ${code}`, has);
      }
      for (const [i, word] of ['unknown', 'low', 'medium', 'high'].entries())
        lines.set(
          word,
          shown.map((counts) => counts[i + 1]!),
        );
      const table = [...lines].map(([what, counts]) => `| ${what} | ${counts.map((n) => n.toLocaleString('en')).join(' | ')} |`);
      const page = readFileSync('mappings/README.md', 'utf8').split('\n');
      expect(page.filter((line) => /^\| (places|has |unknown|low|medium|high)/.test(line))).toEqual(table);
      // The file of a map has a feature for each place, with its boundary where there is one.
      const districts = await client.get<{ features: { geometry: unknown }[] }>(
        `/api/map.geojson?place=${root}&level=2&instrument=place-secondary-1`,
      );
      expect(districts.body.features).toHaveLength(194);
    } finally {
      await close();
    }
  });

  it('a province says from how many of its communes its sum is', async () => {
    const { rows } = await sql<{ with: number; all: number; whole: number }>`
      select s.places_with as with, s.places_all as all, s.whole from waymark.area_statistic s join waymark.place p using (place_id)
      where p.code = '12' and s.indicator = 'dependency'`.execute(db.owner);
    expect(rows).toEqual([{ with: 90, all: 96, whole: expect.any(Number) as number }]);
  });

  it('importing a file again changes nothing; taking it back leaves no trace, and later sums are made anew', async () => {
    const again = await take(db, 'idpoor_2011');
    expect(again).toMatchObject({ sameAs: reports.get('idpoor_2011')!.batchId, taken: 4_201 });
    const undone = await undoStats(db, reports.get('idpoor_2010')!.batchId!);
    expect(undone['figures']).toBe(6_416 + 750 + 96 + 12 + 1);
    const { rows } = await sql<{ n: number; with: number }>`
      select count(*)::integer as n, max(places_with) as with from waymark.area_statistic s join waymark.place p using (place_id)
      where s.indicator = 'poor_households' and s.origin = 'summed' and p.level = 0`.execute(db.owner);
    const counted = [...measure().get('idpoor_2011')!.values()].filter(({ whole }) => whole > 0).length;
    expect(rows).toEqual([{ n: 1, with: counted }]);
    const { rows: left } = await sql<{
      n: number;
    }>`select count(*)::integer as n from waymark.standing s join waymark.place p using (place_id)
      where p.level = 4 and s.instrument_code = 'place-secondary-1' and get_byte(s.answers, 0) > 0`.execute(db.owner);
    expect(left).toEqual([{ n: 4_201 }]);
  }, 200_000);
});
