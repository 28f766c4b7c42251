// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, beforeAll, describe, it } from 'vitest';
import { importStats, withInstruments } from '../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importFolder } from '../../../test/support/places-import.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import { sql } from 'kysely';

describe('x', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await importFolder(db, 'mappings/cambodia/places.yaml', sharedData('cambodia'));
    await withInstruments(db);
  }, 200_000);
  afterAll(() => db.close());
  it('y', async () => {
    for (const name of ['idpoor_2010', 'idpoor_2011', 'commune_db_2011', 'int_migration_commune_2011', 'net_migration_district_2008', 'domestic_violence_2011']) {
      const report = await importStats(db, sharedData('cambodia', `${name}.csv`), `mappings/cambodia/${name}.yaml`, { onProgress: (p) => console.error(performance.now() | 0, JSON.stringify(p)) });
      console.log(name, JSON.stringify({ ...report }, null, 1));
    }
    console.log((await sql`select p.level, s.band, count(*) from waymark.standing s join waymark.place p using (place_id) where instrument_code = 'place-secondary-1' and s.subject_kind = 'place' group by 1, 2 order by 1, 2`.execute(db.owner)).rows);
    console.log((await sql`select p.level, s.known, s.applicable, count(*) from waymark.standing s join waymark.place p using (place_id) where instrument_code = 'place-secondary-1' and s.subject_kind = 'place' group by 1, 2,3 order by 1, 2`.execute(db.owner)).rows);
  }, 300_000);
});
