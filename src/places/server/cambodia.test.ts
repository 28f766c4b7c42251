// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importFolder } from '../../../test/support/places-import.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import type { AreaGeometry } from '../domain/geometry.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { covers, interiorPoint } from '../domain/inside.ts';
import { ancestorsOf, findPlaceByCode } from './index.ts';

const mapping = 'mappings/cambodia/places.yaml';

describe('A coordinator brings Cambodia in', () => {
  let db: TestDatabase;
  let report: ImportReport;
  beforeAll(async () => {
    db = await testDatabase();
    report = await importFolder(db, mapping, sharedData('cambodia'));
  });
  afterAll(() => db.close());

  it('takes every province, district, commune and village of both lists, and every boundary', () => {
    expect(report.rejectedRows).toEqual([]);
    expect(report.levels.map(({ level, known, matched, withBoundary }) => [level, known, matched, withBoundary])).toEqual([
      [0, 1, 1, 0],
      [1, 24, 24, 24],
      [2, 194, 194, 194],
      [3, 1_621, 1_621, 0],
      [4, 10_620, 10_620, 0],
    ]);
    expect(report).toMatchObject({ rows: 24 + 24 + 194 + 194 + 1_621 + 6_419 + 4_201, taken: 12_677, rejected: 0, sameAs: null });
  });

  it('says what it repaired and checked', () => {
    expect(report.notes).toEqual(
      expect.arrayContaining([
        "kh_districts.topojson: 194 boundaries were checked to lie within the area above, by area: up to 5 % outside counts as another hand's drawing, more than half is refused.",
        'idpoor_2010.csv: The text was read as Mac Roman, as the mapping says: 2 letters outside ASCII, such as in Slï¿_ng.',
        'idpoor_2010.csv: 1 name holds remains of letters that were lost before this file was made; kept as they are; mend them at the source: row 4843, Village: Slï¿_ng Chas.',
        'idpoor_2010.csv: 3072 codes had lost their leading zero and got it back (1020101 in row 2 is 01020101).',
        'idpoor_2010.csv: 171 rows name a parent that goes by another code, as the mapping says.',
      ]),
    );
    expect(report.notes.filter((note) => note.includes('partly outside'))).toEqual([]);
  });

  it('a village of a commune that was joined to Phnom Penh lies there, under its old code', async () => {
    const village = (await findPlaceByCode(db.owner, 'KH', '08011001'))!;
    expect((await ancestorsOf(db.owner, village.path)).map(({ name }) => name)).toEqual(['Cambodia', 'Phnom Penh', 'Dangkao', 'Kong Noy']);
  });

  it('reads the one village that is not in ASCII as Mac Roman: under windows-1252 it would be another', async () => {
    const { rows } = await sql<{
      code: string;
      name: string;
    }>`select code, name from waymark.place where country = 'KH' and name ~ '[^\x01-\x7e]'`.execute(db.owner);
    expect(rows).toEqual([{ code: '17120208', name: 'Slï¿_ng Chas' }]);
  });

  it('Phnom Penh is a hole in Kandal at every detail', async () => {
    for (const detail of [0, 1, 2]) {
      const { rows } = await sql<{
        name: string;
        geometry: AreaGeometry;
      }>`select p.name, b.geometry from waymark.place p join waymark.place_boundary b using (place_id)
        where p.country = 'KH' and p.level = 1 and b.detail = ${detail} and p.name in ('Phnom Penh', 'Kandal') order by p.name`.execute(
        db.owner,
      );
      const [kandal, capital] = rows;
      const middle = interiorPoint(capital!.geometry);
      expect([covers(capital!.geometry, middle), covers(kandal!.geometry, middle)]).toEqual([true, false]);
    }
  });

  it('draws the whole country lightly', async () => {
    const { rows } = await sql<{
      level: number;
      detail: number;
      kilobytes: number;
    }>`select p.level, b.detail, (sum(length(b.geometry::text)) / 1000)::int as kilobytes
      from waymark.place_boundary b join waymark.place p using (place_id) where country = 'KH' group by 1, 2 order by 1, 2`.execute(
      db.owner,
    );
    const [provinces, , exact] = rows;
    expect(provinces!.kilobytes).toBeLessThan(200);
    expect(exact!.kilobytes).toBeGreaterThan(1_000);
  });

  it('the same folder again is the same batch', async () => {
    expect(await importFolder(db, mapping, sharedData('cambodia'))).toMatchObject({ sameAs: report.batchId });
  });
});
