// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importFolder } from '../../../test/support/places-import.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import type { ImportReport } from '../domain/import-report.ts';

const mapping = 'mappings/cambodia/places.yaml';

describe('A coordinator brings Cambodia in', () => {
  let db: TestDatabase;
  let report: ImportReport;
  beforeAll(async () => {
    db = await testDatabase();
    report = await importFolder(db, mapping, sharedData('cambodia'));
  });
  afterAll(() => db.close());

  it('takes every province, district, commune and village, and every boundary', async () => {
    console.log(JSON.stringify({ ...report, rejectedRows: report.rejectedRows.slice(0, 5) }, null, 1));
    expect(report.rejectedRows).toEqual([]);
    expect(report.levels.map(({ level, known, withBoundary }) => [level, known, withBoundary])).toEqual([
      [0, 1, 0], [1, 24, 24], [2, 194, 194], [3, 1_621, 0], [4, 10_620, 0]]);
    expect(report).toMatchObject({ rows: 24 + 24 + 194 + 194 + 1_621 + 6_419 + 4_201, rejected: 0 });
    const { rows } = await sql`select detail, sum(length(geometry::text))::int as bytes from waymark.place_boundary b join waymark.place p using (place_id) group by detail, level order by level, detail`.execute(db.owner);
    console.log(rows);
  });
});
