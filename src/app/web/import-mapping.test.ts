// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import fc from 'fast-check';
import { mappingFault } from '../../risk/domain/mapping.ts';
import { readPlacesMapping } from '../../places/domain/mapping.ts';
import {
  emptyDraft,
  looksPercent,
  noIndicator,
  noStep,
  placesMapping,
  statsMapping,
  suggest,
  suggestStep,
} from '../../places/web/imports/draft.ts';
import { endOfFirstRows, firstRowsOf } from '../../places/web/imports/first-rows.ts';
import { toYaml } from '../../places/web/imports/yaml.ts';

const preview = {
  file: 'villages.csv',
  columns: ['P_Code', 'Village name', 'District code', 'lat', 'long', 'population 2008', 'poor', 'households'],
  rowCount: 2,
  notes: [],
  rows: [
    { row: 2, cells: ['010203', 'Ban A', '0102', '1', '2', '120', '1.200,5', '2.401'] },
    { row: 3, cells: ['010204', 'Ban B', '0102', '', '', '', 'many', '0'] },
  ],
};

describe('a coordinator who chooses columns', () => {
  test('gets a mapping that the importer of statistics takes', () => {
    const mapping = statsMapping({
      ...emptyDraft.stats,
      country: 'XA',
      level: '3',
      code: 'P_Code',
      pad: '6',
      date: '2025-06-01',
      source: 'Survey: 2025 "B"',
      decimal: ',',
      indicators: {
        poor_households: { ...noIndicator, how: 'part', column: 'poor', whole: 'house"holds' },
        no_latrine: { ...noIndicator, how: 'value', unit: 'percent', column: 'lat' },
        reported_violence: noIndicator,
        landless: { ...noIndicator, how: 'formula', formula: '  num("a") / 2 ' },
      },
    });
    const read = parse(toYaml(mapping)) as { indicators: Record<string, unknown>; source: string };
    expect(mappingFault(read)).toBeUndefined();
    expect(read.source).toBe('Survey: 2025 "B"');
    expect(read.indicators).toEqual({
      poor_households: { part: 'num("poor")', whole: 'num("house""holds")', sumUp: true },
      no_latrine: { value: 'pct("lat")' },
      landless: { value: 'num("a") / 2' },
    });
  });

  test('gets a mapping that the importer of places takes, larger areas first', () => {
    const mapping = placesMapping({
      country: 'XA',
      countryName: 'Demo',
      levels: ['Country', 'Province', 'District'],
      source: '',
      steps: {
        'b.csv': {
          ...noStep,
          level: '2',
          code: 'code',
          names: { en: 'name', th: '' },
          parent: 'prov',
          population: 'pop',
          populationOn: '2020-01-01',
          boundaryFile: 'shapes.geojson',
          boundaryCode: 'id',
        },
        'a.geojson': { ...noStep, level: '1', code: 'code', names: { en: 'name' }, boundaryFile: 'own' },
        'shapes.geojson': noStep,
      },
    });
    const read = readPlacesMapping(parse(toYaml(mapping)), 'mapping.yaml');
    expect(read.steps.map((step) => step.file)).toEqual(['a.geojson', 'b.csv']);
    expect(read.steps[0]?.boundaries).toEqual({ code: 'code' });
    expect(read.steps[1]).toMatchObject({
      parent: { column: 'prov' },
      boundaries: { file: 'shapes.geojson', code: 'id' },
      populationOn: { date: '2020-01-01' },
      names: { en: 'name' },
    });
  });

  test('is offered the columns whose names say what they hold', () => {
    expect(suggestStep(preview, 3)).toMatchObject({
      level: '3',
      code: 'P_Code',
      names: { en: 'Village name' },
      parent: 'District code',
      latitude: 'lat',
      longitude: 'long',
      population: 'population 2008',
      boundaryFile: '',
    });
    expect(suggest('code', ['name', 'value'])).toBe('');
  });

  test('is offered per cent where a column of shares goes beyond 1', () => {
    const shares = (...cells: string[]) => ({ ...preview, columns: ['x'], rows: cells.map((cell, row) => ({ row, cells: [cell] })) });
    expect(looksPercent('x', shares('0,5', '41,2', ''))).toBe(true);
    expect(looksPercent('x', shares('0.5', '1'))).toBe(false);
    expect(looksPercent('x', shares('12', '1200'))).toBe(false);
    expect(looksPercent('y', preview)).toBe(false);
  });
});

describe('the first rows of a large table', () => {
  const text = (rows: number, row: string) => new TextEncoder().encode(row.repeat(rows));
  test('end where a row ends, not within a quoted cell that goes over lines', () => {
    const whole = text(50, 'a,b\n'),
      cut = new TextEncoder().encode('a,"b\nc');
    expect(endOfFirstRows(whole)).toBe(whole.length - 1);
    expect(endOfFirstRows(new Uint8Array([...whole, ...cut]))).toBe(whole.length - 1);
    expect(endOfFirstRows(text(50, 'a,b\r'))).toBe(50 * 4 - 1);
  });
  test('are not guessed where rows are long or letters take two bytes', () => {
    expect(endOfFirstRows(text(3, 'a,b\n'))).toBeUndefined();
    expect(endOfFirstRows(new Uint8Array([0xff, 0xfe, ...text(50, 'a,b\n')]))).toBeUndefined();
    expect(endOfFirstRows(text(50, 'a\0,\0b\0\n\0'))).toBeUndefined();
  });
  test('are all that is sent of it, while a small one or a spreadsheet goes whole', async () => {
    const file = (name: string, rows: number) => new File([text(rows, '010203,Ban A,120\n')], name);
    const [large, small, book] = [file('a.csv', 100_000), file('a.csv', 100), file('a.xlsx', 100_000)];
    expect((await firstRowsOf(large)).size).toBeLessThan(256 * 1024);
    expect((await (await firstRowsOf(large)).text()).endsWith('010203,Ban A,120')).toBe(true);
    expect(await firstRowsOf(small)).toBe(small);
    expect(await firstRowsOf(book)).toBe(book);
  });
});

test('any text survives being written as YAML', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
        fc.oneof(fc.string(), fc.integer(), fc.boolean()),
        { minKeys: 1 },
      ),
      (tree) => {
        expect(parse(toYaml(tree))).toEqual({ ...tree });
      },
    ),
  );
});
