// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync } from 'node:fs';
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
const provinces = '  - { level: 1, file: p.csv, code: code, pad: 2, names: { en: name } }\n';
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

describe('Rows that cannot be taken are named with file, row, column and reason; the others are taken', () => {
  it.each([
    [
      'a parent that nobody knows',
      'code,name,province\n0101,Ka,01\n0901,Lu,09\n',
      { row: 3, column: 'province', code: '0901', reason: /parent 09 is not known/ },
    ],
    ['an empty code', 'code,name,province\n0101,Ka,01\n,Lu,01\n', { row: 3, column: 'code', reason: /code is empty/ }],
    ['an empty name', 'code,name,province\n0101,Ka,01\n0102,,01\n', { row: 3, column: 'name', code: '0102', reason: /name is empty/ }],
    [
      'no parent',
      'code,name,province\n0101,Ka,01\n0102,Lu,\n',
      { row: 3, column: 'province', code: '0102', reason: /which place it lies/ },
    ],
    ['itself as parent', 'code,name,province\n0101,Ka,01\n0102,Lu,0102\n', { row: 3, column: 'province', reason: /within itself/ }],
    [
      'a parent of its own level',
      'code,name,province\n0101,Ka,01\n0102,Lu,XQ\n',
      { row: 3, column: 'province', code: '0102', reason: /XQ is a place of level 0; one of level 2 must lie in one of level 1/ },
    ],
    [
      'the code of a province',
      'code,name,province\n0101,Ka,01\nXQ,Lu,01\n',
      { row: 3, column: 'code', code: 'XQ', reason: /here already as a place of level 0/ },
    ],
    ['too few cells', 'code,name,province\n0101,Ka,01\n0102\n', { row: 3, column: 'name' }],
  ])('%s', async (_what, text, fault) => {
    const report = await importMade(db, head + provinces + districts, { 'p.csv': twoProvinces, 'd.csv': text });
    expect(report).toMatchObject({ rows: 4, taken: 3, rejected: 1 });
    const { reason, ...where } = fault as { reason?: RegExp };
    expect(report.rejectedRows).toEqual([expect.objectContaining({ file: 'd.csv', ...where })]);
    if (reason) expect(report.rejectedRows[0]!.reason).toMatch(reason);
    expect(await placesKnown()).toBe(4);
  });

  it('two parents for one code: neither is believed', async () => {
    const report = await importMade(db, head + provinces + districts, {
      'p.csv': twoProvinces,
      'd.csv': 'code,name,province\n0101,Ka,01\n0102,Lu,01\n0102,Lu,02\n',
    });
    expect(report.rejectedRows.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [3, 'province', 'this code has two parents: 01 here; 02 in row 4 of d.csv'],
      [4, 'province', 'this code has two parents: 02 here; 01 in row 3 of d.csv'],
    ]);
    expect(readFileSync(report.rejectedFile!, 'utf8')).toContain('d.csv,3,province,0102,this code has two parents');
    expect(await placesKnown()).toBe(4);
  });

  it('one village twice with different names or figures, in two files', async () => {
    const villages = (file: string): string =>
      `  - { level: 3, file: ${file}, code: code, pad: 6, names: { en: name }, parent: { expression: "left(pad(code, 6), 4)" }, population: people }\n`;
    const report = await importMade(db, head + provinces + districts + villages('v1.csv') + villages('v2.csv'), {
      'p.csv': twoProvinces,
      'd.csv': 'code,name,province\n0101,Ka,01\n',
      'v1.csv': 'code,name,people\n10101,Ban A,10\n10102,Ban B,20\n10103,Ban C,30\n',
      'v2.csv': 'code,name,people\n10101,Ban A,11\n10102,Ban Bo,20\n10103,Ban C,30\n',
    });
    expect(report.rejectedRows.map(({ file, row, column, code }) => [file, row, column, code])).toEqual([
      ['v1.csv', 2, 'people', '010101'],
      ['v1.csv', 3, 'name', '010102'],
      ['v2.csv', 2, 'people', '010101'],
      ['v2.csv', 3, 'name', '010102'],
    ]);
    expect(report.rejectedRows[2]!.reason).toBe('this code comes more than once with different figures, also in row 2 of v1.csv');
    expect(report.rejectedRows[3]!.reason).toBe('this code stands for two places: "Ban Bo" here; "Ban B" in row 3 of v1.csv');
    expect(report.notes.join('\n')).toMatch(/1 rows repeat another village exactly/);
    expect(report.notes.join('\n')).toMatch(/v1\.csv: 3 codes had lost their leading zero and got it back \(10101 in row 2 is 010101\)/);
    expect(await placesKnown()).toBe(5);
  });

  it('numbers and dates that may mean two things are not guessed', async () => {
    const step =
      '  - { level: 1, file: p.csv, code: code, names: { en: name }, latitude: lat, longitude: lon, population: people, populationOn: { column: counted } }\n';
    const report = await importMade(db, head + step, {
      'p.csv': [
        'code;name;lat;lon;people;counted',
        '01;Aran;18.5;99.1;1000;2008-03-03',
        '02;Bela;18,5;99.1;1000;2008',
        '03;Caro;18.5;;1000;2008',
        '04;Dinu;2054000;512000;1000;2008',
        '05;Elba;99.1;18.5;1000;2008',
        '06;Foru;18.5;99.1;many;2008',
        '07;Gana;18.5;99.1;-3;2008',
        '08;Hilo;18.5;99.1;1000;3/3/2551',
        '09;Iska;18.5;99.1;1000;31/02/2008',
        '10;Juno;98.5;120;12.5;2008',
        '11;Kela;18.5;99.1;12.5;2008',
        '',
      ].join('\n'),
    });
    expect(report.rejectedRows.map(({ row, column, reason }) => [row, column, reason.replace(/;.*/, '')])).toEqual([
      [3, 'lat', '"18,5" is not a number of degrees'],
      [4, 'lon', 'only one of latitude and longitude is there'],
      [5, 'lat', 'its point (512000, 2054000) is not in degrees'],
      [6, 'lat', 'its point (18.5, 99.1) lies outside the world'],
      [7, 'people', '"many" is not a number'],
      [8, 'people', '"-3" cannot be a number of people'],
      [9, 'counted', '"3/3/2551" is not a date of the common era (day/month/year, year-month-day or a year)'],
      [10, 'counted', '"31/02/2008" is not a date of the common era (day/month/year, year-month-day or a year)'],
      [11, 'lat', 'its point (120, 98.5) is not in degrees'],
      [12, 'people', '"12.5" is not a whole number'],
    ]);
    expect([report.rejectedRows[0]!.reason, report.rejectedRows[6]!.reason]).toEqual([
      expect.stringContaining('; if that is a decimal comma, say decimal: "," in the mapping'),
      expect.stringContaining('; is it of the Buddhist era (2008)? Say era: buddhist'),
    ]);
  });

  it('reads decimal commas and Buddhist years when the mapping says that they are', async () => {
    const step =
      '  - { level: 1, file: p.csv, code: code, names: { en: name }, decimal: ",", latitude: lat, longitude: lon, population: people, populationOn: { column: counted, era: buddhist } }\n';
    const report = await importMade(db, head + step, { 'p.csv': 'code;name;lat;lon;people;counted\n01;Aran;18,5;99,1;1.000;3/3/2551\n' });
    expect(report.rejectedRows).toEqual([]);
    const { rows } = await sql`select latitude, longitude, population, population_on from waymark.place where code = '01'`.execute(
      db.owner,
    );
    expect(rows).toEqual([{ latitude: 18.5, longitude: 99.1, population: 1_000, population_on: '2008-03-03' }]);
  });

  it('a place that is here already within another, or names a parent by an expression: the columns it reads are named', async () => {
    await importMade(db, head + provinces + districts, { 'p.csv': twoProvinces, 'd.csv': 'code,name,province\n0101,Ka,01\n' });
    const moved = await importMade(db, head + provinces + districts, {
      'p.csv': twoProvinces,
      'd.csv': 'code,name,province\n0101,Ka,02\n',
    });
    expect(moved.rejectedRows).toEqual([
      {
        file: 'd.csv',
        row: 2,
        column: 'province',
        code: '0101',
        reason: 'this place is here already within 01; an import does not move it to 02',
      },
    ]);
    const told =
      '  - { level: 2, file: d.csv, code: code, pad: 4, names: { en: name, th: thai }, parent: { expression: "left(pad(code, 4), 2)" } }\n';
    const orphan = await importMade(db, head + provinces + told, {
      'p.csv': twoProvinces,
      'd.csv': 'code,name,thai\n901,Ka,ก\n0102,Lu,ล\n0102,Lu,ว\n',
    });
    expect(orphan.rejectedRows.map(({ row, column, code }) => [row, column, code])).toEqual([
      [3, 'name, thai', '0102'],
      [4, 'name, thai', '0102'],
      [2, 'code', '0901'],
    ]);
  });

  it('writes all of them to a file that no spreadsheet runs as formulas', async () => {
    const lines = Array.from({ length: 150 }, (_, i) => `=cmd${i},,01`);
    const report = await importMade(db, head + provinces + districts, {
      'p.csv': twoProvinces,
      'd.csv': `code,name,province\n${lines.join('\n')}\n`,
    });
    expect(report).toMatchObject({ rejected: 150, taken: 2 });
    expect(report.rejectedRows).toHaveLength(100);
    const text = readFileSync(report.rejectedFile!, 'utf8');
    expect(text.split('\n').filter((line) => line !== '')).toHaveLength(151);
    expect(text).toContain("d.csv,2,name,'=cmd0,the name is empty");
  });

  it('names what an earlier hand broke, by row and column, and keeps it', async () => {
    const report = await importMade(db, head + provinces.replace('en: name', 'en: name, th: thai'), {
      'p.csv': 'code,name,thai\n01,Ar\ufffdn,\n02,Caf\u00c3\u00a9 Bela,à¸šà¹‰à¸²à¸™\n03,Café São Tomé,บ้าน\n',
    });
    expect(report.rejected).toBe(0);
    expect(report.notes).toContain(
      'p.csv: 3 names hold remains of letters that were lost before this file was made; kept as they are; mend them at the source: row 2, name: Ar\ufffdn; row 3, name: Caf\u00c3\u00a9 Bela; row 3, thai: à¸šà¹‰à¸²à¸™.',
    );
  });

  it('keeps names that look like formulas as text', async () => {
    const report = await importMade(db, head + provinces, { 'p.csv': 'code,name\n01,=1+1\n' });
    expect(report.notes).toContain('p.csv: 1 names begin like a formula and were kept as plain text.');
    const { rows } = await sql`select name from waymark.place where code = '01'`.execute(db.owner);
    expect(rows).toEqual([{ name: '=1+1' }]);
  });
});

describe('Codes that lost the zero in front', () => {
  const bareProvinces = '  - { level: 1, file: p.csv, code: code, names: { en: name }, boundaries: { file: b.geojson, code: pcode } }\n';
  const bareDistricts = '  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: province } }\n';
  const nothing =
    '{"type":"FeatureCollection","features":[{"properties":{"pcode":1},"geometry":null},{"properties":{"pcode":"3"},"geometry":null},{"properties":{},"geometry":null}]}';

  it('do not enter beside the whole ones in silence; the mapping is told what to say', async () => {
    const report = await importMade(db, head + bareProvinces + bareDistricts, {
      'p.csv': 'code,name\n01,Aran\n02,Bela\n1,Aran\n2,Bela\n003,Caro\n30,Dinu\n',
      'd.csv': 'code,name,province\n0101,Ka,01\n201,Lu,2\n202,Mo,30\n',
      'b.geojson': nothing,
    });
    expect(report.rejectedRows.map(({ file, row, column, code, reason }) => [file, row, column, code, reason])).toEqual([
      ['p.csv', 4, 'code', '1', 'this code differs only by zeros in front from 01; if both are one place, say pad: 2 in the mapping'],
      ['p.csv', 5, 'code', '2', 'this code differs only by zeros in front from 02; if both are one place, say pad: 2 in the mapping'],
      [
        'b.geojson',
        1,
        'pcode',
        '1',
        'feature 1 belongs to 1, which is no place of this level, but 01 is: if that is meant, say pad: 2 under boundaries in the mapping',
      ],
      [
        'b.geojson',
        2,
        'pcode',
        '3',
        'feature 2 belongs to 3, which is no place of this level, but 003 is: if that is meant, say pad: 3 under boundaries in the mapping',
      ],
      ['b.geojson', 3, 'pcode', null, 'feature 3 has no pcode; it has no properties at all'],
      ['d.csv', 3, 'province', '201', 'its parent 2 is not known, but 02 is: if that is meant, say pad: 2 for the parent in the mapping'],
    ]);
    expect(await placesKnown()).toBe(1 + 4 + 2);
  });

  it('nor in a later import, whichever of the two came first; the same code again is the same place', async () => {
    await importMade(db, head + provinces.replace('pad: 2, ', ''), { 'p.csv': 'code,name\n01,Aran\n2,Bela\n' });
    const report = await importMade(db, head + provinces.replace('pad: 2, ', ''), { 'p.csv': 'code,name\n1,Aran\n2,Bela\n02,Bela\n' });
    expect(report.rejectedRows.map(({ row, column, code, reason }) => [row, column, code, reason])).toEqual([
      [
        2,
        'code',
        '1',
        'this code differs only by zeros in front from 01, which is here already; if both are one place, say pad: 2 in the mapping',
      ],
      [4, 'code', '02', expect.stringMatching(/from 2, which is here already; .* undo that import, say pad: 2 in its mapping/)],
    ]);
    expect(await placesKnown()).toBe(3);
  });

  it('are one place where the mapping says how long a code is', async () => {
    expect(
      await importMade(db, head + provinces + districts, {
        'p.csv': 'code,name\n01,Aran\n1,Aran\n',
        'd.csv': 'code,name,province\n101,Ka,1\n0101,Ka,01\n',
      }),
    ).toMatchObject({ rows: 4, taken: 4, rejected: 0 });
    expect(await placesKnown()).toBe(3);
  });
});

describe('Files that cannot be taken at all leave nothing behind', () => {
  it.each([
    ['a column that is not there', twoProvinces.replace('code', 'cod'), 'bad-mapping', /no column code; did you mean cod\?/],
    ['a PDF', '%PDF-1.7', 'unreadable-file', /PDF/],
    ['an empty file', '', 'unreadable-file', /./],
  ])('%s', async (_what, text, code, detail) => {
    const problem = (await importMade(db, head + provinces, { 'p.csv': text }).catch((error: Problem) => error)) as Problem;
    expect(problem).toMatchObject({ code, at: { file: 'p.csv' } });
    expect(problem.message).toMatch(detail);
    expect(await placesKnown()).toBe(0);
    const { rows } = await sql<{ state: string }>`select state from waymark.import_batch`.execute(db.owner);
    expect(rows).toEqual([{ state: 'failed' }]);
  });

  it('a mapping with a slip is refused with the key at fault', async () => {
    await expect(
      importMade(db, `${head}  - { level: 1, file: p.csv, cod: code, names: { en: name } }\n`, { 'p.csv': twoProvinces }),
    ).rejects.toMatchObject({ code: 'bad-mapping', at: { file: 'made.yaml' }, message: expect.stringMatching(/steps\[0\]/) as string });
    await expect(importMade(db, `${head}  - { level: 1, file: p.csv\n`, { 'p.csv': twoProvinces })).rejects.toMatchObject({
      code: 'bad-mapping',
      message: expect.stringMatching(/not YAML/) as string,
    });
  });

  it('a failure in the second file takes back what the first brought', async () => {
    await expect(importMade(db, head + provinces + districts, { 'p.csv': twoProvinces, 'd.csv': 'nonsense\n1\n' })).rejects.toMatchObject({
      code: 'bad-mapping',
      at: { file: 'd.csv' },
    });
    expect(await placesKnown()).toBe(0);
  });
});

it('a dry run finds the same and leaves nothing', async () => {
  const files = { 'p.csv': twoProvinces, 'd.csv': 'code,name,province\n0101,Ka,01\n0901,Lu,09\n' };
  const tried = await importMade(db, head + provinces + districts, files, { dryRun: true });
  expect(tried).toMatchObject({ dryRun: true, batchId: null, rows: 4, taken: 3, rejected: 1 });
  expect(existsSync(tried.rejectedFile!)).toBe(true);
  expect(await placesKnown()).toBe(0);
  const { rows } = await sql`select from waymark.import_batch`.execute(db.owner);
  expect(rows).toEqual([]);
  const real = await importMade(db, head + provinces + districts, files);
  expect({ ...real.levels, notes: real.notes }).toEqual({ ...tried.levels, notes: tried.notes });
});
