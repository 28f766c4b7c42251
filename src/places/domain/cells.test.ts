// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareCode, padCode, readCount, readDate, readNumber } from './cells.ts';

describe('readNumber', () => {
  it('reads back every number that is written plainly', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => { expect(readNumber(String(value))).toEqual({ ok: Number(String(value)) }); }));
  });
  it('never takes a comma for more or less than it is told', () => {
    expect(readNumber('13,649')).toMatchObject({ bad: expect.stringMatching(/decimal comma/) as string });
    expect(readNumber('13,649', ',')).toEqual({ ok: 13.649 });
    expect(readNumber('1.234,5', ',')).toEqual({ ok: 1234.5 });
    for (const text of ['', 'abc', '1e', '0x10', 'Infinity', '1 000', '--1']) expect(readNumber(text)).toHaveProperty('bad');
  });
});

describe('readCount', () => {
  it.each([['1000', 1_000], ['1,000', 1_000], ['1 234 567', 1_234_567], ['0', 0]])('%s is %i people', (text, n) => { expect(readCount(text)).toEqual({ ok: n }); });
  it.each(['1,5', '1.5', '-1', '99999999999', 'ten', ''])('%s is no number of people', (text) => { expect(readCount(text)).toHaveProperty('bad'); });
});

describe('readDate', () => {
  it.each([['2008-03-03', '2008-03-03'], ['3/3/2008', '2008-03-03'], ['31.12.2008', '2008-12-31'], ['2008', '2008-01-01'], ['2008-03', '2008-03-01'], ['2008-02-29', '2008-02-29']])('%s is %s', (text, date) => { expect(readDate(text)).toEqual({ ok: date }); });
  it.each(['2009-02-29', '13/13/2008', 'March 2008', '08', '0000'])('%s is no date', (text) => { expect(readDate(text)).toHaveProperty('bad'); });
  it('takes years of the Buddhist era only when told', () => {
    expect(readDate('2551')).toMatchObject({ bad: expect.stringMatching(/Buddhist era \(2008\)/) as string });
    expect(readDate('29/2/2551', 'buddhist')).toEqual({ ok: '2008-02-29' });
    expect(readDate('2551-03-03', 'buddhist')).toEqual({ ok: '2008-03-03' });
  });
});

it('padCode restores zeros of numbers and leaves words alone', () => {
  expect([padCode('102', 4), padCode('0102', 4), padCode('10203', 4), padCode('TH1', 4), padCode('7', undefined)]).toEqual(['0102', '0102', '10203', 'TH1', '7']);
});

it('bareCode tells codes apart that differ by more than zeros in front', () => {
  expect(['01', '1', '001', '10', '0', 'TH01', ''].map(bareCode)).toEqual(['1', '1', '1', '10', undefined, undefined, undefined]);
});
