// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { writeCsv } from './csv.ts';

describe('CSV that people open in a spreadsheet', () => {
  it('keeps codes with leading zeros, scripts, quotes and line breaks as they are', () => {
    expect(writeCsv([['0102', 'บ้านฟ้า', 'says "no"', 'two\nlines', 3.5, null]])).toBe(
      '\uFEFF0102,บ้านฟ้า,"says ""no""","two\nlines",3.5,\r\n',
    );
  });

  it('runs no formula that somebody put into a name', () => {
    for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])
      expect(
        writeCsv([[evil]])
          .replace(/^\uFEFF"?/, '')
          .startsWith(`'${evil}`),
      ).toBe(true);
    expect(writeCsv([[-1]])).toBe('\uFEFF-1\r\n');
  });
});
