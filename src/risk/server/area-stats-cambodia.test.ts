// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partOfCambodia } from '../../../test/support/cambodia-files.ts';
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
} from '../../../test/support/cambodia.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { serveCountry } from '../../../test/support/serve-country.ts';

// Five provinces of the real files, with every oddity that these have: communes that changed their province (08, 12) or their number (23), a village
// with more poor than households, districts that the census does not know (12, 13). test/proof/cambodia.proof.ts does it with all 24 and counts every row.
const provinces = ['08', '09', '12', '13', '23'];

describe('A coordinator of Cambodia loads what is published of five provinces', () => {
  let db: TestDatabase, cambodia: Country;
  beforeAll(async () => {
    db = await testDatabase();
    cambodia = await loadCambodia(db, partOfCambodia(provinces));
  }, 300_000);
  afterAll(() => db.close());

  it('of every file rows are taken, and every row is accounted for', () => {
    for (const name of statistics) {
      const { rows, taken, rejected } = cambodia.reports.get(name)!;
      expect([name, taken > 0, taken + rejected]).toEqual([name, true, rows]);
    }
    expect(cambodia.reports.get('idpoor_2010')!.rejectedRows).toEqual([
      expect.objectContaining({ code: '13030208', column: 'TOT_HH, TOT_Per_HH', reason: 'poor_households: 154 of 40 is more than all' }),
    ]);
  });

  it('each value is the one worked out by hand', async () => {
    const byHand = valuesByHand(cambodia);
    expect(byHand.length).toBeGreaterThan(2_500);
    expect(await valuesKept(cambodia)).toEqual(byHand);
  });

  it('every province, district, commune and village stands in the band worked out by hand, and is sent so for the map', async () => {
    const byHand = await bandsOf(cambodia),
      got = await standings(cambodia);
    expect(got.map(({ code, band }) => `${code} ${band}`)).toEqual([...byHand.byHand].map(([code, band]) => `${code} ${band}`).sort());
    expect(new Set(got.map(({ band }) => band))).toEqual(new Set([0, 1, 2, 3]));
    expect(got.filter(({ band, known }) => (band === 0) !== known < 6)).toEqual([]);
    const { client, root, close } = await serveCountry(db, 'KH');
    try {
      for (const level of [1, 2, 3, 4]) {
        const rows = await shownOnMap(client, root, level);
        expect(rows.map(({ code, band }) => `${code} ${band}`).sort()).toEqual(linesOfLevel(byHand, level));
        // Where the data stop there is no number to colour by: such a place is hatched. Everywhere else there is one.
        expect(rows.filter(({ band, value }) => (band === 0) !== (value === null))).toEqual([]);
        expect(rows.filter(({ band, coverage }) => (band === 0) !== (coverage ?? 0) < 60)).toEqual([]);
      }
    } finally {
      await close();
    }
  });

  it('a file that was rehearsed or imported before changes nothing', async () => {
    const rehearsed = await take(cambodia, 'commune_db_2011', true);
    expect(rehearsed.taken).toBe(cambodia.reports.get('commune_db_2011')!.taken);
    expect(await take(cambodia, 'idpoor_2011')).toMatchObject({ sameAs: cambodia.reports.get('idpoor_2011')!.batchId });
  });
});
