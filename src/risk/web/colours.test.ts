// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cover, MapRow } from '../domain/map-data.ts';
import { classOf, legendOf, radiusOf, stepTone, toneOf } from './colours.ts';
import { filterRows, pageOf, sortRows } from './rows.ts';

const aRow = (name: string, changes: Partial<MapRow> = {}): MapRow => ({
  placeId: name,
  code: name,
  name,
  names: {},
  level: 2,
  cover: 'shown',
  counts: null,
  index: null,
  low: null,
  high: null,
  coverage: null,
  band: 0,
  value: null,
  reasons: [],
  observedOn: null,
  validUntil: null,
  ...changes,
});

describe('colours', () => {
  it('are the band when bands are coloured', () => {
    const tone = (band: number) => toneOf(aRow('a', { band }), { measure: 'band', classes: null });
    expect([1, 2, 3].map(tone)).toEqual(['low', 'medium', 'high']);
  });
  it('hatch what is not known with lines and what may not be shown with dots, never the same', () => {
    const tone = (cover: Cover) => toneOf(aRow('a', { cover }), { measure: 'band', classes: null });
    expect([tone('shown'), tone('no-data')]).toEqual(['unknown', 'unknown']);
    expect([tone('small'), tone('held-back'), tone('outside')]).toEqual(['held', 'held', 'held']);
  });
  it('never colour a place without a value', () => {
    expect(toneOf(aRow('a', { band: 3 }), { measure: 'index', classes: [0, 20, 40] })).toBe('unknown');
    expect(toneOf(aRow('a', { value: 3 }), { measure: 'index', classes: null })).toBe('unknown');
  });
  it('put a value on a bound into the class that begins there', () => {
    expect([0, 19.9, 20, 39.9, 40, 100].map((value) => classOf(value, [0, 20, 40]))).toEqual([0, 0, 1, 1, 2, 2]);
  });
  it('use the whole ramp however few classes there are', () => {
    expect([0, 1].map((at) => stepTone(at, 2))).toEqual(['step-1', 'step-6']);
    for (const classes of [2, 3, 4, 5, 6]) {
      const tones = Array.from({ length: classes }, (_, at) => stepTone(at, classes));
      expect(new Set(tones).size, `${classes} classes`).toBe(classes);
      expect(tones).toEqual([...tones].sort());
    }
    expect(stepTone(0, 1)).toBe('step-3');
  });
  it('grow a circle with the people it stands for, by area', () => {
    expect(radiusOf(400, 400)).toBe(12);
    expect(radiusOf(100, 400)).toBe(8);
    expect(radiusOf(null, 400)).toBe(5);
  });
});

describe('the legend', () => {
  it('counts every place exactly once', () => {
    const row = fc.record({
      band: fc.integer({ min: 0, max: 3 }),
      cover: fc.constantFrom<Cover>('shown', 'small', 'outside', 'no-data'),
      value: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('band', 'index', 'share-high'), (rows, measure) => {
        const all = rows.map((each, i) => aRow(String(i), each));
        const entries = legendOf({ measure: measure as 'band', classes: measure === 'band' ? null : [0, 10, 20, 50], rows: all });
        expect(entries.reduce((sum, entry) => sum + entry.places, 0)).toBe(all.length);
      }),
    );
  });
  it('says highest first, and names hatchings only where they occur', () => {
    const rows = [aRow('a', { band: 3 }), aRow('b', { band: 1 })];
    expect(legendOf({ measure: 'band', classes: null, rows }).map((entry) => [entry.tone, entry.places])).toEqual([
      ['high', 1],
      ['medium', 0],
      ['low', 1],
    ]);
    expect(legendOf({ measure: 'band', classes: null, rows: [aRow('c')] }).at(-1)).toMatchObject({ tone: 'unknown', places: 1 });
  });
});

describe('the table', () => {
  const rows = [aRow('Ban 10', { value: 5 }), aRow('Ban 2', { value: null }), aRow('Äkwan', { value: 9, names: { th: 'เอกวัน' } })];
  const names = (list: readonly MapRow[]) => list.map((row) => row.name);
  it('sorts names as people do, numbers inside names too', () => {
    expect(names(sortRows(rows, { key: 'name', down: false }, (row) => row.name, 'en'))).toEqual(['Äkwan', 'Ban 2', 'Ban 10']);
  });
  it('keeps what has no figure last, upwards and downwards', () => {
    expect(names(sortRows(rows, { key: 'value', down: false }, (row) => row.name, 'en'))).toEqual(['Ban 10', 'Äkwan', 'Ban 2']);
    expect(names(sortRows(rows, { key: 'value', down: true }, (row) => row.name, 'en'))).toEqual(['Äkwan', 'Ban 10', 'Ban 2']);
  });
  it('loses and doubles nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.option(fc.integer()))), (list) => {
        const all = list.map(([name, value]) => aRow(name, { value }));
        expect(sortRows(all, { key: 'value', down: true }, (row) => row.name, 'en')).toHaveLength(all.length);
      }),
    );
  });
  it('finds a name without its accents, in any script, and by code', () => {
    expect(names(filterRows(rows, 'akwan'))).toEqual(['Äkwan']);
    expect(names(filterRows(rows, 'เอก'))).toEqual(['Äkwan']);
    expect(names(filterRows(rows, '  '))).toHaveLength(3);
  });
  it('pages through 1,621 rows and never beyond the last', () => {
    const many = Array.from({ length: 1621 }, (_, i) => i);
    expect(pageOf(many, 99, 50)).toMatchObject({ page: 32, pages: 33, from: 1601 });
    expect(pageOf([], 3, 50)).toEqual({ rows: [], page: 0, pages: 1, from: 0 });
  });
});
