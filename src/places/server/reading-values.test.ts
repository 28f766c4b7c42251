// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { padCode } from '../domain/cells.ts';
import { openTable, type Value, type ValueType } from '../../platform/server/tabular.ts';

const folder = mkdtempSync(join(tmpdir(), 'waymark-values-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an expression over the column x makes of each text; 'bad' where it refuses. */
async function readAll(texts: readonly string[], sql: string, type: ValueType, decimal: '.' | ',' = '.'): Promise<Value[]> {
  const path = join(folder, 'x.csv');
  writeFileSync(path, ['n\tx', ...texts.map((text, i) => `${i}\t"${text.replaceAll('"', '""')}"`)].join('\n'));
  const table = await openTable(path, { delimiter: '\t', encoding: 'utf-8', decimal });
  try {
    const out: Value[] = [];
    for await (const batch of (await table.query({ x: { sql, type } })).rows)
      for (const { values, bad } of batch) out.push(bad.length > 0 ? 'bad' : values['x']!);
    return out;
  } finally {
    await table.close();
  }
}

describe('Numbers, as every import reads them', () => {
  it('read back every number that is written plainly, with either sign before the fraction', async () => {
    const numbers = fc.sample(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => n === 0 || (Math.abs(n) > 1e-300 && Math.abs(n) < 1e300)),
      1_000,
    );
    const plain = numbers.map(String),
      comma = plain.map((text) => text.replace('.', ','));
    for (const helper of ['num(x)', 'deg(x)']) {
      expect((await readAll(plain, helper, 'number')).map((n) => Number(n) + 0)).toEqual(numbers.map((n) => n + 0));
      expect((await readAll(comma, helper, 'number', ',')).map((n) => Number(n) + 0)).toEqual(numbers.map((n) => n + 0));
    }
  });

  it.each([
    [
      'num(x)',
      '.',
      { '1,234': 1_234, '1 234 567': 1_234_567, '1,234.5': 1_234.5, '๑๒': 12, '1,5': 'bad', '1.234,5': 'bad', '1,23': 'bad' },
    ],
    ['num(x)', ',', { '1.234': 1_234, '1.234,5': 1_234.5, '13,649': 13.649, '1,234.5': 'bad', '1.5': 'bad' }],
    ['deg(x)', '.', { '13.649': 13.649, '-0.5': -0.5, '13,649': 'bad', '1 234': 'bad', '18,5': 'bad', '๑๘.๕': 18.5 }],
    ['deg(x)', ',', { '13,649': 13.649, '1.234,5': 'bad', '13.649': 'bad' }],
  ] as const)('%s with %j before the fraction', async (helper, decimal, expected) => {
    expect(await readAll(Object.keys(expected), helper, 'number', decimal)).toEqual(Object.values(expected));
  });

  it.each(['num(x)', 'deg(x)', 'pct(x)'])('%s takes nothing else for a number', async (helper) => {
    const texts = ['abc', '1e', '0x10', 'Infinity', 'NaN', '--1', '1 2', '1;2', '12a', '.', '-', '1.2.3', "'"];
    expect(await readAll(texts, helper, 'number')).toEqual(texts.map(() => 'bad'));
  });
});

describe('Dates, as every import reads them', () => {
  it('are days of the calendar, written either way round; a month or a year is its first day', async () => {
    const expected = {
      '2008-03-03': '2008-03-03',
      '3/3/2008': '2008-03-03',
      '31.12.2008': '2008-12-31',
      '2008': '2008-01-01',
      '2008-03': '2008-03-01',
      '2008-3': '2008-03-01',
      '2008-02-29': '2008-02-29',
      '๓/๓/๒๐๐๘': '2008-03-03',
      '2009-02-29': 'bad',
      '13/13/2008': 'bad',
      'March 2008': 'bad',
      '08': 'bad',
      '0000': 'bad',
      '2008-13': 'bad',
      '2008-00': 'bad',
      '3/2008': 'bad',
      '20080303': 'bad',
      '2551': 'bad',
      '29/2/2551': 'bad',
    };
    expect(await readAll(Object.keys(expected), 'ce_date(x)', 'date')).toEqual(Object.values(expected));
  });

  it('of the Buddhist era only where the mapping says so', async () => {
    const expected = {
      '2551': '2008-01-01',
      '29/2/2551': '2008-02-29',
      '2551-03-03': '2008-03-03',
      '2551-03': '2008-03-01',
      '29/2/2552': 'bad',
      '2008-03-03': 'bad',
      '2008': 'bad',
    };
    expect(await readAll(Object.keys(expected), 'be_date(x)', 'date')).toEqual(Object.values(expected));
  });

  it('every day of both eras comes back', async () => {
    const days = fc
      .sample(fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }), 500)
      .map((day) => day.toISOString().slice(0, 10));
    const thai = days.map((day) => `${day.slice(8)}/${Number(day.slice(5, 7))}/${Number(day.slice(0, 4)) + 543}`);
    expect(await readAll(days, 'ce_date(x)', 'date')).toEqual(days);
    expect(await readAll(thai, 'be_date(x)', 'date')).toEqual(days);
  });
});

it('Codes get their zeros back alike in expressions and where boundaries are joined', async () => {
  const codes = [
    ...new Set(
      fc.sample(
        fc.oneof(
          fc.nat().map(String),
          fc.nat(9_999).map((n) => `${n}.0`),
          fc.stringMatching(/^[A-Z0-9.]{1,12}$/),
        ),
        500,
      ),
    ),
  ];
  for (const width of [1, 4, 8, 30])
    expect(await readAll(codes, `pad(x, ${width})`, 'text')).toEqual(codes.map((code) => padCode(code, width)));
});
