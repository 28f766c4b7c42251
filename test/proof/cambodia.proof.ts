// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import type { Instrument } from '../../src/risk/domain/instrument.ts';
import type { MapData } from '../../src/risk/domain/map-data.ts';
import { undoStats } from '../support/area-stats.ts';
import { measure } from '../support/cambodia-by-hand.ts';
import { wholeOfCambodia } from '../support/cambodia-files.ts';
import {
  bandsOf,
  linesOfLevel,
  loadCambodia,
  shownOnMap,
  standings,
  statistics,
  take,
  valuesByHand,
  valuesKept,
  type Country,
} from '../support/cambodia.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import startTestCluster from '../support/global-setup.ts';
import { serveCountry } from '../support/serve-country.ts';

// All of Cambodia, down to the last village; src/risk/server/area-stats-cambodia.test.ts does the same with five provinces.
const figures = (report: ImportReport): unknown[] =>
  report.indicators.map(({ code, values, empty, scores }) => [code, values, empty, ...scores]);

describe('A coordinator of Cambodia loads what is published of her country', () => {
  let db: TestDatabase, cambodia: Country, byHand: Awaited<ReturnType<typeof bandsOf>>, stop: (() => Promise<void>) | void;
  beforeAll(async () => {
    stop = await startTestCluster();
    db = await testDatabase();
    cambodia = await loadCambodia(db, wholeOfCambodia());
    byHand = await bandsOf(cambodia);
  }, 600_000);
  afterAll(async () => {
    await db?.close();
    await stop?.();
  });

  it('and every row of every file is accounted for', () => {
    const told = statistics.map((name) => {
      const { rows, taken, rejected, levels } = cambodia.reports.get(name)!;
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
    for (const report of cambodia.reports.values())
      expect(report.levels.map(({ known }) => known)).toEqual([1, 24, 194, 1_621, 10_620].slice(0, report.levels.length));
  });

  it('what is rejected is named by file, row, column and reason', () => {
    expect(cambodia.reports.get('idpoor_2010')!.rejectedRows).toEqual(
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
    expect(cambodia.reports.get('int_migration_commune_2011')!.rejectedRows).toHaveLength(10);
    expect(cambodia.reports.get('int_migration_commune_2011')!.rejectedRows[0]).toMatchObject({
      column: 'TT_Both',
      reason: expect.stringContaining('the whole is 0') as string,
    });
    expect(cambodia.reports.get('net_migration_district_2008')!.notes.join(' ')).toContain(
      '9 of 194 places of this level have no figure in the file: 0110 Krong Paoy Paet,',
    );
  });

  it('each value is the one worked out by hand, and each third as large as can be', async () => {
    expect(await valuesKept(cambodia)).toEqual(valuesByHand(cambodia));
    expect(figures(cambodia.reports.get('commune_db_2011')!)).toHaveLength(3);
    expect(figures(cambodia.reports.get('domestic_violence_2011')!)).toEqual([['reported_violence', 24, 0, 8, 8, 8]]);
    expect(figures(cambodia.reports.get('net_migration_district_2008')!)).toEqual([['out_migration', 185, 0, 62, 62, 61]]);
  });

  it('every province, district, commune and village stands in the band worked out by hand', async () => {
    const got = await standings(cambodia);
    expect(got.map(({ code, band }) => `${code} ${band}`)).toEqual([...byHand.byHand].map(([code, band]) => `${code} ${band}`).sort());
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
    const { client, root, close } = await serveCountry(db, 'KH');
    try {
      const shown = [];
      for (const asked of [1, 2, 3, 4]) {
        const rows = await shownOnMap(client, root, asked);
        expect(rows.map(({ code, band }) => `${code} ${band}`).sort()).toEqual(linesOfLevel(byHand, asked));
        shown.push([rows.length, ...[0, 1, 2, 3].map((band) => rows.filter((row) => row.band === band).length)]);
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
    const again = await take(cambodia, 'idpoor_2011');
    expect(again).toMatchObject({ sameAs: cambodia.reports.get('idpoor_2011')!.batchId, taken: 4_201 });
    const undone = await undoStats(db, cambodia.reports.get('idpoor_2010')!.batchId!);
    expect(undone['figures']).toBe(6_416 + 750 + 96 + 12 + 1);
    const { rows } = await sql<{ n: number; with: number }>`
      select count(*)::integer as n, max(places_with) as with from waymark.area_statistic s join waymark.place p using (place_id)
      where s.indicator = 'poor_households' and s.origin = 'summed' and p.level = 0`.execute(db.owner);
    const counted = [...measure(cambodia.folder).get('idpoor_2011')!.values()].filter(({ whole }) => whole > 0).length;
    expect(rows).toEqual([{ n: 1, with: counted }]);
    const { rows: left } = await sql<{
      n: number;
    }>`select count(*)::integer as n from waymark.standing s join waymark.place p using (place_id)
      where p.level = 4 and s.instrument_code = 'place-secondary-1' and get_byte(s.answers, 0) > 0`.execute(db.owner);
    expect(left).toEqual([{ n: 4_201 }]);
  }, 200_000);
});
