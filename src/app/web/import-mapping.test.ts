// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import fc from 'fast-check';
import { mappingFault } from '../../risk/domain/mapping.ts';
import { readPlacesMapping } from '../../places/domain/mapping.ts';
import { emptyDraft, noIndicator, noStep, placesMapping, statsMapping, suggest, suggestStep } from '../../places/web/imports/draft.ts';
import { tryIndicator } from '../../places/web/imports/tried.ts';
import { toYaml } from '../../places/web/imports/yaml.ts';

const preview = {
  file: 'villages.csv', columns: ['P_Code', 'Village name', 'District code', 'lat', 'long', 'population 2008', 'poor', 'households'], rowCount: 2, notes: [],
  rows: [{ row: 2, cells: ['010203', 'Ban A', '0102', '1', '2', '120', '1.200,5', '2.401'] }, { row: 3, cells: ['010204', 'Ban B', '0102', '', '', '', 'many', '0'] }],
};

describe('a coordinator who chooses columns', () => {
  test('gets a mapping that the importer of statistics takes', () => {
    const mapping = statsMapping({
      ...emptyDraft.stats, country: 'XA', level: '3', code: 'P_Code', pad: '6', date: '2025-06-01', source: 'Survey: 2025 "B"', decimal: ',',
      indicators: {
        poor_households: { ...noIndicator, how: 'part', column: 'poor', whole: 'house"holds' }, no_latrine: { ...noIndicator, how: 'value', unit: 'percent', column: 'lat' },
        reported_violence: noIndicator, landless: { ...noIndicator, how: 'formula', formula: '  num("a") / 2 ' },
      },
    });
    const read = parse(toYaml(mapping)) as { indicators: Record<string, unknown>; source: string };
    expect(mappingFault(read)).toBeUndefined();
    expect(read.source).toBe('Survey: 2025 "B"');
    expect(read.indicators).toEqual({
      poor_households: { part: 'num("poor")', whole: 'num("house""holds")', sumUp: true }, no_latrine: { value: 'pct("lat")' }, landless: { value: 'num("a") / 2' },
    });
  });

  test('gets a mapping that the importer of places takes, larger areas first', () => {
    const mapping = placesMapping({
      country: 'XA', countryName: 'Demo', levels: ['Country', 'Province', 'District'], source: '',
      steps: {
        'b.csv': { ...noStep, level: '2', code: 'code', names: { en: 'name', th: '' }, parent: 'prov', population: 'pop', populationOn: '2020-01-01', boundaryFile: 'shapes.geojson', boundaryCode: 'id' },
        'a.geojson': { ...noStep, level: '1', code: 'code', names: { en: 'name' }, boundaryFile: 'own' },
        'shapes.geojson': noStep,
      },
    });
    const read = readPlacesMapping(parse(toYaml(mapping)), 'mapping.yaml');
    expect(read.steps.map((step) => step.file)).toEqual(['a.geojson', 'b.csv']);
    expect(read.steps[0]?.boundaries).toEqual({ code: 'code' });
    expect(read.steps[1]).toMatchObject({ parent: { column: 'prov' }, boundaries: { file: 'shapes.geojson', code: 'id' }, populationOn: { date: '2020-01-01' }, names: { en: 'name' } });
  });

  test('is offered the columns whose names say what they hold', () => {
    expect(suggestStep(preview, 3)).toMatchObject({ level: '3', code: 'P_Code', names: { en: 'Village name' }, parent: 'District code', latitude: 'lat', longitude: 'long', population: 'population 2008', boundaryFile: '' });
    expect(suggest('code', ['name', 'value'])).toBe('');
  });

  test('sees at once when a chosen column holds no numbers', () => {
    const chosen = { ...noIndicator, how: 'part', column: 'poor', whole: 'households' } as const;
    expect(tryIndicator(chosen, preview, ',')).toEqual([{ row: 2, value: 0.5 }, { row: 3, value: 'many' }].map((each, index) => index === 0 ? { row: 2, value: 1200.5 / 2401 } : each));
    expect(tryIndicator(noIndicator, preview, '.')).toBeUndefined();
  });
});

test('any text survives being written as YAML', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minKeys: 1 }), (tree) => {
    expect(parse(toYaml(tree))).toEqual({ ...tree });
  }));
});
