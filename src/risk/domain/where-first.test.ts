// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MapData, MapRow } from './map-data.ts';
import { measured, neighboursOf, rankAreas, sixMonthsBefore, type Centre } from './where-first.ts';

const row = (code: string, n: number, unknown: number, high: number, more: Partial<MapRow> = {}): MapRow => ({
  placeId: code,
  code,
  name: code,
  names: {},
  level: 3,
  cover: 'shown',
  counts: { n, unknown, low: n - unknown - high, medium: 0, high },
  index: null,
  low: null,
  high: null,
  coverage: null,
  band: 1,
  value: null,
  observedOn: null,
  validUntil: null,
  ...more,
});
const map = (rows: MapRow[]): MapData => ({ rows }) as unknown as MapData;
const centres = new Map<string, Centre>(
  ['a', 'b', 'c'].map((placeId, i) => [placeId, { placeId, parentId: 'p', latitude: 18 + i / 10, longitude: 98 }]),
);

describe('where to act first', () => {
  test('by the share at high risk of those known, with the interval that the unknown leave open', () => {
    const { rows, notRanked } = rankAreas(map([row('a', 100, 50, 10), row('b', 100, 0, 30), row('c', 40, 40, 0)]), null, centres);
    expect(rows.map(({ code, rank, value, low, high, coverage }) => [code, rank, value, low, high, coverage])).toEqual([
      ['b', 1, 30, 30, 30, 100],
      ['a', 2, 20, 10, 60, 50],
    ]);
    expect(notRanked).toBe(1);
  });

  test('what may not be shown is not ranked and moves nobody', () => {
    const small = row('c', 5, 0, 5, { cover: 'small', counts: { n: null, unknown: null, low: null, medium: null, high: null } });
    const now = map([row('a', 100, 0, 10), row('b', 100, 0, 30), small]);
    const before = map([row('a', 100, 0, 20), row('b', 100, 0, 20, { carriedFrom: '2026-01-31' }), small]);
    const { rows, notRanked } = rankAreas(now, before, centres);
    expect(rows.map(({ code, change, neighbours }) => [code, change, neighbours])).toEqual([
      ['b', null, -10],
      ['a', -10, null],
    ]);
    expect(notRanked).toBe(1);
  });

  test('each area carries the day of its own figures; a place that is scored itself, the day asked for', () => {
    const { rows } = rankAreas(
      {
        ...map([
          row('a', 100, 0, 10, { observedOn: '2026-11-23' }),
          row('b', 100, 0, 30, { observedOn: '2026-05-31', carriedFrom: '2026-05-31' }),
          row('c', 0, 0, 0, { counts: null, index: 5, observedOn: '2026-02-01' }),
        ]),
        asOf: '2026-11-23',
      },
      null,
      centres,
    );
    expect(rows.map(({ code, figuresOf, carriedFrom }) => [code, figuresOf, carriedFrom])).toEqual([
      ['b', '2026-05-31', '2026-05-31'],
      ['a', '2026-11-23', null],
      ['c', '2026-11-23', null],
    ]);
  });

  test('risk that fell here and rose next door is said', () => {
    const { rows } = rankAreas(
      map([row('a', 100, 0, 10), row('b', 100, 0, 30)]),
      map([row('a', 100, 0, 30), row('b', 100, 0, 10)]),
      centres,
    );
    expect(rows.map(({ code, change, neighbours, movedNextDoor }) => [code, change, neighbours, movedNextDoor])).toEqual([
      ['b', 20, -20, false],
      ['a', -20, 20, true],
    ]);
  });

  test('the interval holds the share, whoever is unknown, and ranks never rise with the value', () => {
    const counts = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)).filter(([known, , high]) => high <= known && known > 0);
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 12 }), (all) => {
        const rows = all.map(([known, unknown, high], i) => row(`r${i}`, known + unknown, unknown, high));
        for (const each of rows) {
          const { value, low, high } = measured(each)!;
          expect(low! <= value && value <= high! + 0.05).toBe(true);
        }
        const ranked = rankAreas(map(rows), null, new Map()).rows;
        ranked.forEach((each, i) => expect(i === 0 || ranked[i - 1]!.rank <= each.rank).toBe(true));
      }),
    );
  });

  test('neighbours are the nearest; without positions, those of the same parent', () => {
    expect(neighboursOf('a', centres)).toEqual(['b', 'c']);
    const nowhere = new Map([...centres].map(([id, each]) => [id, { ...each, latitude: null, parentId: id === 'c' ? 'q' : 'p' }]));
    expect(neighboursOf('a', nowhere)).toEqual(['b']);
    expect(sixMonthsBefore('2026-11-22')).toBe('2026-05-31');
  });
});
