// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importMade } from '../../../test/support/places-import.ts';
import type { Problem } from '../../platform/domain/problem.ts';

const head = `
country: XQ
names: { en: Quellaria }
levels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps:
`;
const districts = '  - { level: 2, file: d.csv, code: code, pad: 4, names: { en: name }, parent: { column: province, pad: 2 } }\n';
const twoProvinces = 'code,name\n01,Aran\n02,Bela\n';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await sql`truncate waymark.place, waymark.place_boundary, waymark.place_level, waymark.place_previous, waymark.import_batch cascade`.execute(
    db.owner,
  );
});

async function placesKnown(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.place`.execute(db.owner);
  return rows[0]!.n;
}

describe('Boundaries that cannot be taken', () => {
  const withBoundaries =
    '  - { level: 1, file: p.csv, code: code, names: { en: name }, boundaries: { file: b.geojson, code: pcode, pad: 2 } }\n';
  const ring = (...positions: number[][]): unknown => ({ type: 'Polygon', coordinates: [positions] });
  const square = ring([0, 0], [1, 0], [1, 1], [0, 1], [0, 0]);
  const collection = (...features: [unknown, unknown][]): string =>
    JSON.stringify({
      type: 'FeatureCollection',
      features: features.map(([pcode, geometry]) => ({ type: 'Feature', properties: { pcode }, geometry })),
    });

  it.each([
    ['crossing itself', ring([0, 0], [1, 1], [1, 0], [0, 1], [0, 0]), /feature 2 \(02\) crosses itself near 0\.5, 0\.5/],
    [
      'whose parts cross each other',
      {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [0, 0],
              [2, 0],
              [2, 2],
              [0, 2],
              [0, 0],
            ],
          ],
          [
            [
              [1, 1],
              [3, 1],
              [3, 3],
              [1, 3],
              [1, 1],
            ],
          ],
        ],
      },
      /feature 2 \(02\) has parts that cross each other near/,
    ],
    [
      'whose parts lie in each other',
      {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [0, 0],
              [3, 0],
              [3, 3],
              [0, 3],
              [0, 0],
            ],
          ],
          [
            [
              [1, 1],
              [2, 1],
              [2, 2],
              [1, 2],
              [1, 1],
            ],
          ],
        ],
      },
      /feature 2 \(02\) has parts that overlap: polygons 1 and 2/,
    ],
    [
      'with a hole outside',
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
          [
            [2, 2],
            [2, 3],
            [3, 3],
            [2, 2],
          ],
        ],
      },
      /feature 2 \(02\) hole 1 lies outside its shell/,
    ],
    ['not closed', ring([0, 0], [1, 0], [1, 1], [0, 1]), /is not closed: it starts at 0, 0 and ends at 1, 0/],
    ['projected', ring([512000, 2054000], [513000, 2054000], [513000, 2055000], [512000, 2054000]), /look projected \(such as UTM\)/],
    ['swapped', ring([10, 100], [10, 101], [11, 101], [10, 100]), /longitude and latitude look swapped/],
    [
      'a line',
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
      /is a LineString, not a Polygon/,
    ],
    ['nothing', null, /has no geometry/],
    ['words', ring(['a', 'b'] as unknown as number[], [1, 0], [1, 1], [0, 0]), /position 1 is not two numbers/],
  ])('%s', async (_what, geometry, reason) => {
    const report = await importMade(db, head + withBoundaries, {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square], [2, geometry]),
    });
    expect(report).toMatchObject({ rows: 4, taken: 3, rejected: 1 });
    expect(report.rejectedRows).toEqual([expect.objectContaining({ file: 'b.geojson', row: 2, column: 'geometry', code: '02' })]);
    expect(report.rejectedRows[0]!.reason).toMatch(reason);
    expect(report.notes).toContain('b.geojson: 1 of 2 boundaries belong to a province; 1 of 2 have none here (02 Bela).');
  });

  it('a boundary of no place, without a code, or twice', async () => {
    const report = await importMade(db, head + withBoundaries, {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square], ['07', square], [null, square], ['01', square]),
    });
    expect(report.rejectedRows.map(({ row, column, code, reason }) => [row, column, code, reason.replace(/;.*/, '')])).toEqual([
      [2, 'pcode', '07', 'feature 2 belongs to 07, and there is no such place at this level'],
      [3, 'pcode', null, 'feature 3 has no pcode'],
      [4, 'geometry', '01', 'feature 4 (01) is the second boundary for this place'],
    ]);
  });

  it('a district and a point far outside their province', async () => {
    const d =
      '  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: province }, latitude: lat, longitude: lon, boundaries: { file: e.geojson, code: pcode } }\n';
    const report = await importMade(db, head + withBoundaries + d, {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square]),
      'd.csv': 'code,name,province,lat,lon\n0101,Ka,01,0.5,0.5\n0102,Lu,01,0.5,1.01\n0103,Mo,01,9,9\n',
      'e.geojson': collection(
        ['0101', ring([0.1, 0.1], [0.4, 0.1], [0.4, 0.4], [0.1, 0.1])],
        ['0102', ring([5, 5], [6, 5], [6, 6], [5, 5])],
      ),
    });
    expect(report.rejectedRows.map(({ file, row, column, code, reason }) => [file, row, column, code, reason])).toEqual([
      ['d.csv', 4, 'lat, lon', '0103', 'its point (9, 9) lies 11.31 degrees outside 01'],
      [
        'e.geojson',
        2,
        'geometry',
        '0102',
        'feature 2 (0102) does not lie within 01: 100 % of its area lies outside, 7.07 degrees away at the farthest',
      ],
    ]);
    expect(report.notes).toContain(
      "e.geojson: 2 boundaries were checked to lie within the area above, by area: up to 5 % outside counts as another hand's drawing, more than half is refused.",
    );
  });

  it('a district that is larger than its province, or half in the next; one that is drawn a little beside it is taken', async () => {
    const d =
      '  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: province }, boundaries: { file: e.geojson, code: pcode } }\n';
    const box = (west: number, east: number, south = 0.2, north = 0.8): unknown =>
      ring([west, south], [east, south], [east, north], [west, north], [west, south]);
    const report = await importMade(db, head + withBoundaries + d, {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square]),
      'd.csv': 'code,name,province\n0101,Ka,01\n0102,Lu,01\n0103,Mo,01\n0104,Na,01\n0105,Pi,01\n',
      'e.geojson': collection(
        ['0101', box(-10, 11, -10, 11)],
        ['0102', box(0.4, 2.4)],
        ['0103', box(0.9, 1.15)],
        ['0104', box(0.5, 1.02)],
        ['0105', box(0.999, 1.009)],
      ),
    });
    expect(report.rejectedRows.map(({ row, column, code, reason }) => [row, column, code, reason])).toEqual([
      [
        1,
        'geometry',
        '0101',
        'feature 1 (0101) does not lie within 01: 100 % of its area lies outside, 14.14 degrees away at the farthest',
      ],
      [2, 'geometry', '0102', 'feature 2 (0102) does not lie within 01: 70 % of its area lies outside, 1.40 degrees away at the farthest'],
      [3, 'geometry', '0103', 'feature 3 (0103) does not lie within 01: 60 % of its area lies outside, 0.15 degrees away at the farthest'],
    ]);
    expect(report.notes).toContain(
      'e.geojson: 1 boundaries lie partly outside the area above and were kept; check them: feature 5 (0105 Pi): 90 % outside 01.',
    );
    const half = await importMade(db, head + withBoundaries + d, {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square]),
      'd.csv': 'code,name,province\n0101,Ka,01\n',
      'e.geojson': collection(['0101', box(0.4, 1.4)]),
    });
    expect(half).toMatchObject({
      rejected: 0,
      notes: expect.arrayContaining([
        'e.geojson: 1 boundaries lie partly outside the area above and were kept; check them: feature 1 (0101 Ka): 40 % outside 01.',
      ]) as string[],
    });
    const kept = await importMade(db, head + withBoundaries + d.replace('parent:', 'outside: keep, parent:'), {
      'p.csv': twoProvinces,
      'b.geojson': collection(['01', square]),
      'd.csv': 'code,name,province\n0101,Ka,01\n',
      'e.geojson': collection(['0101', box(0.4, 2.4)]),
    });
    expect(kept).toMatchObject({
      rejected: 0,
      notes: expect.arrayContaining([
        'e.geojson: 1 boundaries lie outside the area above and were kept, as the mapping says (0101: 70 % outside 01).',
      ]) as string[],
    });
  });

  it.each([
    [
      'a list of arcs that is short',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        two: [[7]],
      },
      'Feature 2 speaks of arc 7, and the file has 1, counted from 0: it is damaged or was not copied whole.',
    ],
    [
      'an arc run backwards that is not there',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        two: [[-3]],
      },
      'Feature 2 speaks of arc -3, and the file has 1',
    ],
    [
      'an arc that is no number',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        two: [[null]],
      },
      'Feature 2 speaks of arc null',
    ],
    [
      'a feature that names no arcs',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        two: undefined,
      },
      'Feature 2 does not say what a Polygon must say of its arcs.',
    ],
    [
      'an arc that is no list',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
          null,
        ],
        two: [[0]],
      },
      'Its arc 1 is not a list of positions.',
    ],
    ['no arcs', { two: [[0]] }, 'It has no list of arcs.'],
    [
      'a transform that is empty',
      {
        arcs: [
          [
            [0, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        two: [[0]],
        transform: null,
      },
      'Its "transform" does not give "scale" and "translate"',
    ],
  ])('TopoJSON with %s: the file and the feature are named', async (_what, { two, ...rest }, detail) => {
    const topology = JSON.stringify({
      type: 'Topology',
      ...rest,
      objects: {
        a: {
          type: 'GeometryCollection',
          geometries: [
            { type: 'Polygon', arcs: [[0]], properties: { pcode: '01' } },
            { type: 'Polygon', arcs: two, properties: { pcode: '02' } },
          ],
        },
      },
    });
    const problem = (await importMade(db, head + withBoundaries.replace('b.geojson', 'b.topojson'), {
      'p.csv': twoProvinces,
      'b.topojson': topology,
    }).catch((error: Problem) => error)) as Problem;
    expect(problem).toMatchObject({
      code: 'unreadable-file',
      at: detail.startsWith('Feature') ? { file: 'b.topojson', row: 2 } : { file: 'b.topojson' },
    });
    expect(problem.detail).toContain(detail);
  });

  it('GeoJSON that brings places and shapes at once; a bad shape costs the row and its children', async () => {
    const own = '  - { level: 1, file: a.geojson, code: pcode, names: { en: pcode }, boundaries: { code: pcode } }\n';
    const report = await importMade(db, head + own + districts, {
      'a.geojson': collection(['01', square], ['02', ring([0, 0], [1, 1], [1, 0], [0, 1], [0, 0])]),
      'd.csv': 'code,name,province\n0101,Ka,01\n0201,Lu,02\n',
    });
    expect(report).toMatchObject({ rows: 4, taken: 2, rejected: 2 });
    expect(report.rejectedRows.map(({ file, row, code }) => [file, row, code])).toEqual([
      ['a.geojson', 2, '02'],
      ['d.csv', 3, '0201'],
    ]);
  });

  it('a file in another coordinate system, or no map at all', async () => {
    const utm = JSON.stringify({ type: 'FeatureCollection', crs: { properties: { name: 'EPSG:32647' } }, features: [] });
    await expect(importMade(db, head + withBoundaries, { 'p.csv': twoProvinces, 'b.geojson': utm })).rejects.toMatchObject({
      code: 'unreadable-file',
      at: { file: 'b.geojson' },
      message: expect.stringMatching(/EPSG:32647.*WGS 84/) as string,
    });
    await expect(importMade(db, head + withBoundaries, { 'p.csv': twoProvinces, 'b.geojson': '{"type":' })).rejects.toMatchObject({
      code: 'unreadable-file',
      at: { file: 'b.geojson' },
    });
    expect(await placesKnown()).toBe(0);
  });
});
