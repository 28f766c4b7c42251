// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import type { MapData, MapRow } from '../../risk/domain/map-data.ts';
import { comparedWith, moved, risenMost, unknownFirst, weight, worstFirst } from './change.ts';

const row = (code: string, [low, medium, high, unknown]: readonly (number | null)[], more: Partial<MapRow> = {}): MapRow => ({
  placeId: code,
  code,
  name: code,
  names: {},
  level: 2,
  cover: 'shown',
  counts: { n: 100, low: low!, medium: medium!, high: high!, unknown: unknown! },
  index: null,
  low: null,
  high: null,
  coverage: null,
  band: 0,
  value: null,
  observedOn: null,
  validUntil: null,
  ...more,
});
const map = (...rows: readonly MapRow[]): MapData => ({ rows }) as unknown as MapData;

describe('what Mali is told first', () => {
  it('ranks by the share of those whose band is known, and leaves out what is not shown', () => {
    const rows = [
      row('A', [50, 30, 10, 10]),
      row('B', [20, 0, 20, 60]),
      row('C', [null, null, null, 5], { cover: 'held-back' }),
      row('D', [0, 0, 0, 100]),
    ];
    expect(worstFirst(rows, 5).map((each) => each.code)).toEqual(['B', 'A']);
    expect(weight(rows[1]!)).toBe(50);
    expect(unknownFirst(rows, 2).map((each) => each.code)).toEqual(['D', 'B']);
  });
  it('ranks places by their index', () => {
    const place = (code: string, index: number | null) => row(code, [0, 0, 0, 0], { counts: null, index });
    expect(worstFirst([place('A', 40), place('B', null), place('C', 61.5)], 5).map((each) => each.code)).toEqual(['C', 'A']);
  });
  it('compares with the last month that is over, but never with the day before yesterday', () => {
    expect(comparedWith('2026-11-22')).toBe('2026-10-31');
    expect(comparedWith('2026-11-07')).toBe('2026-09-30');
    expect(comparedWith('2026-11-08')).toBe('2026-10-31');
    expect(comparedWith('2027-01-03')).toBe('2026-11-30');
    expect(comparedWith('2028-03-20')).toBe('2028-02-29');
  });
  it('says where risk rose, by how much, and nothing where a figure is carried or covered', () => {
    const before = map(
      row('A', [50, 40, 10, 0]),
      row('B', [80, 0, 20, 0]),
      row('C', [90, 0, 10, 0], { carriedFrom: '2026-09-30' }),
      row('D', [null, null, null, 0], { cover: 'held-back' }),
    );
    const now = map(
      row('A', [40, 40, 20, 0]),
      row('B', [79.5, 0, 20.5, 0]),
      row('C', [10, 0, 90, 0]),
      row('D', [10, 0, 90, 0]),
      row('E', [0, 0, 100, 0]),
    );
    expect(risenMost(now, before, 3)).toEqual([{ row: now.rows[0], by: 10 }]);
    expect(moved(now.rows[4]!, undefined)).toBeNull();
  });
});
