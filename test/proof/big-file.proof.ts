// SPDX-License-Identifier: AGPL-3.0-or-later
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '../../src/platform/server/tabular.ts';

const folder = mkdtempSync(join(tmpdir(), 'waymark-big-'));
const file = join(folder, 'big.csv');
const rows = 11_000_000;
/** Beyond the engine's own half gigabyte: what reading may take, however large the file is. */
const bound = 1_400_000_000;

describe('A file of more than a gigabyte', () => {
  beforeAll(async () => {
    function* text(): Generator<string> {
      yield 'code;village;poor;households;note\r';
      for (let from = 0; from < rows; from += 5_000) {
        let piece = '';
        for (let i = from; i < from + 5_000; i++) piece += `${10_000_000 + i};"Ban ""${i}""; the upper";${i % 90};${100 + (i % 300)};caf\u00e9 ${'x'.repeat(50)}\r`;
        yield piece;
      }
    }
    // CR only and windows-1252: every byte of it is brought into UTF-8 on the way.
    await pipeline(Readable.from(text()).map((piece: string) => Buffer.from(piece, 'latin1')), createWriteStream(file));
    expect(statSync(file).size).toBeGreaterThan(1_000_000_000);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is read row by row within a bound of memory', async () => {
    let most = 0;
    const watch = setInterval(() => { most = Math.max(most, process.memoryUsage().rss); }, 100);
    const table = await openTable(file);
    try {
      expect([table.rowCount, table.badCount, table.notes]).toEqual([rows, 0, ['The text is windows-1252, told from its letters.']]);
      const { rows: values } = await table.query({ code: 'pad(code, 10)', poor: { sql: 'num(poor) / num(households)', type: 'number' } });
      let seen = 0, sum = 0, last = 0;
      for await (const batch of values) {
        for (const { row, values: { poor }, bad } of batch) {
          if (bad.length > 0 || row <= last) throw new Error(`row ${row} is out of order or bad`);
          seen++;
          sum += Number(poor);
          last = row;
        }
      }
      expect([seen, last]).toEqual([rows, rows + 1]);
      expect(sum / rows).toBeGreaterThan(0.1);
      expect((await table.preview(1))[0]).toEqual({ row: 2, cells: ['10000000', 'Ban "0"; the upper', '0', '100', `café ${'x'.repeat(50)}`] });
    } finally {
      clearInterval(watch);
      await table.close();
    }
    expect(most).toBeLessThan(bound);
  }, 900_000);
});
