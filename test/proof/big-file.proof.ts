// SPDX-License-Identifier: AGPL-3.0-or-later
import { appendFileSync, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import { openTable } from '../../src/platform/server/tabular.ts';
import { importStats, withInstruments } from '../support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import startTestCluster from '../support/global-setup.ts';
import { importFolder } from '../support/places-import.ts';

const folder = mkdtempSync(join(tmpdir(), 'waymark-big-'));
const file = join(folder, 'big.csv');
const rows = 11_000_000;
/** Beyond the engine's own half gigabyte: what reading may take, however large the file is. */
const bound = 1_400_000_000;

/** The most memory this process held while `work` ran, in bytes; the table engine is in it, the database is not. */
async function most(work: () => Promise<void>): Promise<number> {
  let held = 0;
  const watch = setInterval(() => {
    held = Math.max(held, process.memoryUsage().rss);
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  return held;
}

describe('A file of more than a gigabyte', () => {
  beforeAll(async () => {
    function* text(): Generator<string> {
      yield 'code;village;poor;households;note\r';
      for (let from = 0; from < rows; from += 5_000) {
        let piece = '';
        for (let i = from; i < from + 5_000; i++)
          piece += `${10_000_000 + i};"Ban ""${i}""; the upper";${i % 90};${100 + (i % 300)};caf\u00e9 ${'x'.repeat(50)}\r`;
        yield piece;
      }
    }
    // CR only and windows-1252: every byte of it is brought into UTF-8 on the way.
    await pipeline(
      Readable.from(text()).map((piece: string) => Buffer.from(piece, 'latin1')),
      createWriteStream(file),
    );
    expect(statSync(file).size).toBeGreaterThan(1_000_000_000);
  }, 300_000);
  afterAll(() => rmSync(file, { force: true }));

  it('is read row by row within a bound of memory', async () => {
    expect(await most(readAll)).toBeLessThan(bound);
  }, 900_000);

  async function readAll(): Promise<void> {
    const table = await openTable(file);
    try {
      expect([table.rowCount, table.badCount, table.notes]).toEqual([
        rows,
        0,
        [
          'The text was read as windows-1252, told from its letters: 11000000 letters outside ASCII; check names such as caf\u00e9.',
          'Its lines end in CR alone, as those of old Mac files do.',
        ],
      ]);
      const { rows: values } = await table.query({ code: 'pad(code, 10)', poor: { sql: 'num(poor) / num(households)', type: 'number' } });
      let seen = 0,
        sum = 0,
        last = 0;
      for await (const batch of values) {
        for (const {
          row,
          values: { poor },
          bad,
        } of batch) {
          if (bad.length > 0 || row <= last) throw new Error(`row ${row} is out of order or bad`);
          seen++;
          sum += Number(poor);
          last = row;
        }
      }
      expect([seen, last]).toEqual([rows, rows + 1]);
      expect(sum / rows).toBeGreaterThan(0.1);
      expect((await table.preview(1))[0]).toEqual({
        row: 2,
        cells: ['10000000', 'Ban "0"; the upper', '0', '100', `café ${'x'.repeat(50)}`],
      });
    } finally {
      await table.close();
    }
  }
});

/**
 * A list of villages with a gigabyte of remarks: a whole import of the places, then of the statistics, from the one file. Near its end stands
 * a row with a bad figure, and when all is done a quote that is never closed.
 */
describe('A whole import from a file of more than a gigabyte', () => {
  const villages = 30_000,
    bad = villages - 100,
    remarks = 'x'.repeat(36_000),
    list = join(folder, 'villages.csv');
  const code = (i: number): string => String(i).padStart(6, '0');
  let db: TestDatabase, stopCluster: (() => Promise<void>) | void;
  beforeAll(async () => {
    function* text(): Generator<string> {
      yield '\ufeffcode,name,district,people,poor,households,remarks\r\n';
      for (let i = 0; i < villages; i++) {
        yield `${code(i)},"Ban ""${i}"" noi",${String(i % 10).padStart(2, '0')},${i === bad ? 'many' : 100 + (i % 300)},${i === bad + 1 ? '1;5' : i % 90},${100 + (i % 300)},${remarks}\r\n`;
      }
    }
    await pipeline(Readable.from(text()), createWriteStream(list));
    expect(statSync(list).size).toBeGreaterThan(1_050_000_000);
    writeFileSync(join(folder, 'd.csv'), ['code,name', ...Array.from({ length: 10 }, (_, i) => `0${i},District ${i}`)].join('\n'));
    writeFileSync(
      join(folder, 'places.yaml'),
      [
        'country: XQ',
        'names: { en: Quellaria }',
        'levels: [{ en: country }, { en: district }, { en: village }]',
        'steps:',
        '  - { level: 1, file: d.csv, code: code, names: { en: name } }',
        '  - { level: 2, file: villages.csv, code: code, names: { en: name }, parent: { column: district }, population: people }',
      ].join('\n'),
    );
    writeFileSync(
      join(folder, 'poor.yaml'),
      [
        'country: XQ',
        'level: 2',
        'instrument: place-secondary-1',
        'source: made for this proof',
        'code: { column: code }',
        'observed: { date: "2025-06-30" }',
        'indicators:',
        '  poor_households: { part: num(poor), whole: num(households), sumUp: true }',
      ].join('\n'),
    );
    stopCluster = await startTestCluster();
    db = await testDatabase();
    await withInstruments(db);
  }, 300_000);
  afterAll(async () => {
    await db.close();
    await stopCluster?.();
    rmSync(folder, { recursive: true, force: true });
  });

  const known = async (): Promise<Record<string, number>> =>
    (
      await sql<Record<string, number>>`select (select count(*)::int from waymark.place) as places,
    (select count(*)::int from waymark.area_statistic where origin = 'measured') as figures, (select count(*)::int from waymark.import_batch where state = 'done') as batches`.execute(
        db.owner,
      )
    ).rows[0]!;
  const say = (what: string, report: ImportReport, held: number): void =>
    console.log(
      `${what} from ${(statSync(list).size / 1e9).toFixed(2)} GB: ${(report.milliseconds / 1000).toFixed(0)} s, at most ${Math.round(held / 1e6)} MB`,
    );

  it('of places: the bad row is named by file, row and column, the others are taken', async () => {
    let report!: ImportReport;
    const held = await most(async () => {
      report = await importFolder(db, join(folder, 'places.yaml'), folder);
    });
    say('places', report, held);
    expect(report).toMatchObject({
      rows: villages + 10,
      taken: villages + 9,
      rejected: 1,
      rejectedRows: [{ file: 'villages.csv', row: bad + 2, column: 'people', code: code(bad), reason: '"many" is not a number' }],
    });
    expect(report.notes).toContain('villages.csv: The text was read as UTF-8, as its byte-order mark says.');
    expect(await known()).toEqual({ places: villages + 10, figures: 0, batches: 1 });
    expect(held).toBeLessThan(bound);
  }, 480_000);

  it('of statistics: the bad row and the village that is not there are named, the others are taken', async () => {
    let report!: ImportReport;
    const held = await most(async () => {
      report = await importStats(db, list, join(folder, 'poor.yaml'));
    });
    say('statistics', report, held);
    expect(report.rejectedRows).toMatchObject([
      { file: 'villages.csv', row: bad + 2, column: 'code', code: code(bad) },
      { file: 'villages.csv', row: bad + 3, column: 'poor', code: code(bad + 1), reason: '"1;5" is not a number' },
    ]);
    expect(report).toMatchObject({ rows: villages, taken: villages - 2, rejected: 2 });
    expect(readFileSync(report.rejectedFile!, 'utf8')).toContain(`villages.csv,${bad + 3},poor,${code(bad + 1)},`);
    expect(await known()).toEqual({ places: villages + 10, figures: villages - 2, batches: 2 });
    expect(held).toBeLessThan(bound);
  }, 480_000);

  it('that breaks off near its end is named by file, row and column, and nothing of it is taken', async () => {
    appendFileSync(list, `${code(villages)},"Ban without an end,00,1,1,100,\r\n`);
    const before = await known(),
      fault = { code: 'unreadable-file', at: { file: 'villages.csv', row: villages + 2, column: 'name' } };
    await expect(importFolder(db, join(folder, 'places.yaml'), folder)).rejects.toMatchObject(fault);
    await expect(importStats(db, list, join(folder, 'poor.yaml'))).rejects.toMatchObject(fault);
    expect(await known()).toEqual(before);
  }, 480_000);
});
