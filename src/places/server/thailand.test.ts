// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importFolder } from '../../../test/support/places-import.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { searchPlaces } from './queries.ts';

describe('A coordinator brings Thailand in', () => {
  let db: TestDatabase;
  let report: ImportReport;
  beforeAll(async () => {
    db = await testDatabase();
    report = await importFolder(db, 'mappings/thailand/places.yaml', sharedData('thailand'));
  });
  afterAll(() => db.close());

  it('takes every province, district and sub-district', () => {
    expect(report.rejectedRows).toEqual([]);
    expect(report.levels.map(({ level, known, matched, withBoundary }) => [level, known, matched, withBoundary])).toEqual([
      [0, 1, 1, 0],
      [1, 77, 77, 77],
      [2, 929, 929, 0],
      [3, 7_451, 7_451, 0],
    ]);
    expect(report).toMatchObject({ rows: 77 + 77 + 929 + 7_451, rejected: 0 });
  });

  it('joins the boundary of every province by its name, also where the Latin spellings differ', async () => {
    expect(report.notes).toContain('provinces.geojson: 77 of 77 boundaries belong to a province; 0 of 77 have none here.');
    const { rows } = await sql<{
      th: string;
    }>`select names ->> 'th' as th from waymark.place p join waymark.place_boundary b using (place_id)
      where b.detail = 0 and names ->> 'en' = 'Buri Ram'`.execute(db.owner);
    expect(rows).toEqual([{ th: 'บุรีรัมย์' }]);
  });

  it('finds a province by its Thai name before the places that only contain it', async () => {
    const { rows } = await searchPlaces(db.owner, { search: 'พะเยา' });
    expect(rows[0]).toMatchObject({ level: 1, names: { th: 'พะเยา', en: 'Phayao' }, within: 'Thailand' });
  });

  it('knows every name in Thai script', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.place where names ->> 'th' ~ '[ก-๙]'`.execute(
      db.owner,
    );
    expect(rows[0]!.n).toBe(1 + 77 + 929 + 7_451);
  });
});
