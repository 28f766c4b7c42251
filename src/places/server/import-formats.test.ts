// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import exceljs from 'exceljs';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { importMade } from '../../../test/support/places-import.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());
beforeEach(async () => {
  await sql`truncate waymark.place, waymark.place_boundary, waymark.place_level, waymark.place_previous, waymark.import_batch cascade`.execute(
    db.owner,
  );
});

const head = 'country: XQ\nnames: { en: Quellaria }\nlevels: [{ en: country }, { en: province }]\n';
const known = async () =>
  (
    await sql<object>`select code, name, names, latitude, longitude, population, population_on from waymark.place where level = 1 order by code`.execute(
      db.owner,
    )
  ).rows;

async function workbook(fill: (sheet: exceljs.Worksheet) => void): Promise<Buffer> {
  const book = new exceljs.Workbook();
  book.addWorksheet('Read me').addRow(['not this one']);
  fill(book.addWorksheet('Provinces'));
  return Buffer.from(await book.xlsx.writeBuffer());
}
async function parquet(select: string): Promise<Buffer> {
  const path = join(testFolder('waymark-parquet-'), 'p.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`copy (${select}) to '${path}' (format parquet)`);
  connection.closeSync();
  return readFileSync(path);
}

describe('Places from a spreadsheet', () => {
  const mapping = `${head}steps: [{ level: 1, file: p.xlsx, sheet: Provinces, skipRows: 1, code: code, pad: 2, names: { en: name, th: ชื่อ }, latitude: lat, longitude: lon, population: people, populationOn: { column: counted } }]\n`;

  it('come with numbers that were codes, dates that were dates, and texts of any script', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['Provinces of Quellaria, as of March']);
      sheet.addRow(['code', 'name', 'ชื่อ', 'lat', 'lon', 'people', 'counted']);
      sheet.addRow([1, { richText: [{ text: 'Ar' }, { text: 'an' }] }, 'อรัญ', 15.5, 101.25, 1200, new Date(Date.UTC(2008, 2, 3))]);
      sheet.addRow([]);
      sheet.addRow([
        '02',
        { formula: 'CONCATENATE("Be","la")', result: 'Bela' },
        null,
        null,
        null,
        { formula: '2*50', result: 100 },
        '2008-03-03',
      ]);
    });
    const report = await importMade(db, mapping, { 'p.xlsx': file });
    expect(report).toMatchObject({ rows: 2, taken: 2, rejected: 0 });
    expect(await known()).toEqual([
      {
        code: '01',
        name: 'Aran',
        names: { en: 'Aran', th: 'อรัญ' },
        latitude: 15.5,
        longitude: 101.25,
        population: 1200,
        population_on: '2008-03-03',
      },
      { code: '02', name: 'Bela', names: { en: 'Bela' }, latitude: null, longitude: null, population: 100, population_on: '2008-03-03' },
    ]);
  });

  it('name the row of the sheet and the column for each that cannot be taken', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['A title']);
      sheet.addRow(['code', 'name', 'ชื่อ', 'lat', 'lon', 'people', 'counted']);
      sheet.addRow([1, 'Aran', null, 95, 101, 1, null]);
      sheet.addRow([]);
      sheet.addRow([2, 'Bela', null, null, null, { error: '#REF!' }, null]);
      sheet.addRow([null, 'Caro']);
      sheet.addRow([4, { formula: '=A1' }]);
      sheet.addRow([5, 'Dora', null, null, null, 7, 'someday']);
      sheet.addRow([6, 'Ever', null, null, null, null, null, 'beyond']);
    });
    const report = await importMade(db, mapping, { 'p.xlsx': file });
    expect(report.rejectedRows.map(({ file: from, row, column }) => [from, row, column])).toEqual(
      expect.arrayContaining([
        ['p.xlsx', 3, 'lat'],
        ['p.xlsx', 5, 'people'],
        ['p.xlsx', 6, 'code'],
        ['p.xlsx', 8, 'counted'],
        ['p.xlsx', 9, 'H'],
      ]),
    );
    expect(report.taken + report.rejected).toBe(report.rows);
  });

  it('of another sheet are asked for by a name that is there', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['code', 'name']);
    });
    await expect(importMade(db, mapping.replace('sheet: Provinces', 'sheet: Province'), { 'p.xlsx': file })).rejects.toMatchObject({
      code: 'bad-mapping',
      detail: expect.stringContaining('did you mean Provinces?') as string,
      at: { file: 'p.xlsx' },
    });
  });
});

describe('Places from a Parquet file', () => {
  const mapping = `${head}steps: [{ level: 1, file: p.parquet, code: code, pad: 2, names: { en: name }, latitude: lat, longitude: lon, population: people, populationOn: { column: counted } }]\n`;

  it('come whatever types its columns have', async () => {
    const file = await parquet(
      "select * from (values (1::integer, 'Aran', 15.5::double, 101.25::decimal(9,4), 1200::bigint, date '2008-03-03'), (2, ' Bela ', null, null, 100, date '2008-03-03')) t(code, name, lat, lon, people, counted)",
    );
    expect(await importMade(db, mapping, { 'p.parquet': file })).toMatchObject({ rows: 2, taken: 2, rejected: 0 });
    expect(await known()).toMatchObject([
      { code: '01', name: 'Aran', latitude: 15.5, longitude: 101.25, population: 1200, population_on: '2008-03-03' },
      { code: '02', name: 'Bela', population: 100 },
    ]);
  });

  it('name row and column for each that cannot be taken, and the column that was meant', async () => {
    const file = await parquet(
      "select * from (values ('1', 'Aran', 'x'), (null, 'Bela', '1'), ('3', null, '2'), ('4', 'Dora', '-4')) t(code, name, people)",
    );
    const small = `${head}steps: [{ level: 1, file: p.parquet, code: code, names: { en: name }, population: people }]\n`;
    const report = await importMade(db, small, { 'p.parquet': file });
    expect(report.rejectedRows.map(({ row, column }) => [row, column])).toEqual([
      [2, 'people'],
      [3, 'code'],
      [4, 'name'],
      [5, 'people'],
    ]);
    await expect(importMade(db, small.replace('population: people', 'population: peopel'), { 'p.parquet': file })).rejects.toMatchObject({
      code: 'bad-mapping',
      detail: expect.stringContaining('did you mean people?') as string,
      at: { file: 'p.parquet' },
    });
    await expect(importMade(db, small, { 'p.parquet': file.subarray(0, file.length - 20) })).rejects.toMatchObject({
      code: 'unreadable-file',
      at: { file: 'p.parquet' },
    });
  });
});
