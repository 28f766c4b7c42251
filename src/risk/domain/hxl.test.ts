// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { exportWords } from './export-words.ts';
import { columnsOf, factsOf, membersOf } from './hxl.ts';
import type { MapData, MapRow } from './map-data.ts';

const row: MapRow = {
  placeId: 'p',
  code: 'XA0101',
  name: 'Lila',
  names: { en: 'Lila', th: 'ลีลา' },
  level: 2,
  cover: 'held-back',
  counts: { n: 40, low: null, medium: null, high: null, unknown: null },
  index: null,
  low: null,
  high: null,
  coverage: null,
  band: 0,
  value: null,
  reasons: [],
  observedOn: null,
  validUntil: null,
};
const data: MapData = {
  place: row,
  level: 2,
  levelNames: {},
  instrument: { code: 'household-28', version: 1, scores: 'person', title: 'Household assessment', description: '' },
  measure: 'share-high',
  indicator: null,
  asOf: '2026-10-31',
  total: row,
  rows: [row],
  classes: null,
  threshold: 11,
  exact: false,
  sources: [],
};
const columns = (locale: string) => columnsOf(data, locale);

describe('a file of figures', () => {
  it("has headings and words in its reader's language", () => {
    const cells = columns('th').map((column) => [column.heading, column.of(row)]);
    expect(cells).toContainEqual(['ชื่อ', 'ลีลา']);
    expect(cells).toContainEqual(['ระดับความเสี่ยง', 'ไม่ทราบ']);
    expect(cells.flat().filter((cell) => typeof cell === 'string' && /\b(high|risk|people|shown)\b/i.test(cell))).toEqual([]);
    expect(
      factsOf(data, 'th')
        .map(([fact]) => fact)
        .join(),
    ).not.toMatch(/[a-z]/i);
  });
  it('has the same hashtags, order and codes in every language, for programs', () => {
    const machine = (locale: string) => columns(locale).map(({ tag, kind }) => `${tag} ${kind}`);
    expect(machine('th')).toEqual(machine('en'));
    expect(columns('th')[0]!.of(row)).toBe('XA0101');
    expect(new Set(machine('en')).size).toBe(machine('en').length);
    expect(new Set(columns('th').map(({ heading }) => heading)).size).toBe(columns('th').length);
  });
  it('falls back to English, and keeps the members of features English', () => {
    expect(columns('lo').map(({ heading }) => heading)).toEqual(columns('en').map(({ heading }) => heading));
    expect(exportWords('th-TH')).toBe(exportWords('th'));
    expect(membersOf(data).map(({ heading }) => heading)).toEqual([
      'Code',
      'Name',
      'Level',
      'Band',
      'People',
      'Risk low',
      'Risk medium',
      'Risk high',
      'Risk not known',
      'Per cent at high risk',
      'Not shown',
      'Date',
      'Source',
    ]);
  });
});
