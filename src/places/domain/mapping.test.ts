// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { Problem } from '../../platform/domain/problem.ts';
import { filesOf, formatOf, readPlacesMapping } from './mapping.ts';

const step = { level: 1, file: 'p.csv', code: 'code', names: { en: 'name' } };
const whole = {
  country: 'XQ',
  names: { en: 'Quellaria' },
  levels: [{ en: 'country' }, { en: 'province' }, { en: 'district' }],
  steps: [step],
};

function problemOf(input: unknown): Problem {
  try {
    readPlacesMapping(input, 'q.yaml');
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the mapping was taken');
}

describe('A mapping of places', () => {
  it.each([
    ['is not a mapping', 'hello', 'the mapping'],
    ['has no country', { ...whole, country: undefined }, 'country'],
    ['has a country that is no code', { ...whole, country: 'Thailand' }, 'country'],
    ['has a key that there is not', { ...whole, steps: [{ ...step, colour: 'red' }] }, 'steps[0].colour'],
    ['has no steps', { ...whole, steps: [] }, 'steps'],
    ['has a level without a name', { ...whole, steps: [{ ...step, level: 3, parent: { column: 'x' } }] }, 'steps[0].level'],
    ['does not say where a district lies', { ...whole, steps: [step, { ...step, level: 2 }] }, 'steps[1].parent'],
    ['puts districts before provinces', { ...whole, steps: [{ ...step, level: 2, parent: { column: 'x' } }, step] }, 'steps[1].level'],
    ['has half a point', { ...whole, steps: [{ ...step, latitude: 'lat' }] }, 'steps[0].latitude'],
    ['joins boundaries by nothing', { ...whole, steps: [{ ...step, boundaries: { file: 'b.geojson' } }] }, 'steps[0].boundaries'],
    [
      'joins boundaries by two things',
      { ...whole, steps: [{ ...step, boundaries: { file: 'b.geojson', code: 'c', names: { en: 'n' } } }] },
      'steps[0].boundaries',
    ],
    ['looks for boundaries in a table', { ...whole, steps: [{ ...step, boundaries: { code: 'c' } }] }, 'steps[0].boundaries.file'],
    ['has a pad that is no number', { ...whole, steps: [{ ...step, pad: 'two' }] }, 'steps[0].pad'],
    [
      'has a date that is none',
      { ...whole, steps: [{ ...step, population: 'n', populationOn: { date: '3 March' } }] },
      'steps[0].populationOn.date',
    ],
  ])('that %s is refused by the key at fault', (_what, input, key) => {
    const problem = problemOf(input);
    expect(problem).toMatchObject({ code: 'bad-mapping', at: { file: 'q.yaml' } });
    expect(problem.detail).toContain(key);
  });

  it.each<[string, object, string]>([
    ['contry', { ...whole, contry: 'XQ' }, 'contry: there is no such key here; did you mean country?'],
    [
      'steps[0].colour',
      { ...whole, steps: [{ ...step, colour: 'red' }] },
      'steps[0].colour: there is no such key here; there are level, file',
    ],
    [
      'steps[1].parent.colum',
      { ...whole, steps: [step, { ...step, level: 2, parent: { colum: 'x' } }] },
      'steps[1].parent.colum: there is no such key here; did you mean column?',
    ],
    ['steps[0].population_on', { ...whole, steps: [{ ...step, population: 'n', population_on: {} }] }, 'did you mean populationOn?'],
    ['steps[0].boundaries.fiel', { ...whole, steps: [{ ...step, boundaries: { fiel: 'b.geojson' } }] }, 'did you mean file?'],
    [
      'steps[0].__proto__',
      { ...whole, steps: [JSON.parse('{"level":1,"file":"p.csv","code":"c","names":{"en":"n"},"__proto__":{"x":1}}')] },
      'there is no such key here',
    ],
    [
      'names.constructor',
      { ...whole, names: { en: 'Quellaria', constructor: 'x' } },
      'names.constructor: this must be a language such as en, th or pt-BR',
    ],
    [
      'steps[0].names.English',
      { ...whole, steps: [{ ...step, names: { English: 'name' } }] },
      'this must be a language such as en, th or pt-BR',
    ],
    ['levels[1].toString', { ...whole, levels: [{ en: 'country' }, { en: 'province', toString: 'x' }] }, 'this must be a language'],
    [
      'steps[0].names.__proto__',
      { ...whole, steps: [{ ...step, names: JSON.parse('{"en":"name","__proto__":"x"}') }] },
      'this must be a language',
    ],
    ['steps[0].constructor', { ...whole, steps: [{ ...step, constructor: 'x' }] }, 'there is no such key here'],
  ])('names the key %s that there is not, and the nearest', (key, input, says) => {
    const problem = problemOf(input);
    expect(problem.at).toEqual({ file: 'q.yaml', column: key });
    expect(problem.detail).toContain(says);
  });

  it('says what may stand where there is a choice', () => {
    expect(problemOf({ ...whole, steps: [{ ...step, format: 'xls' }] }).detail).toBe(
      'steps[0].format: must be one of csv, xlsx, parquet, geojson, topojson',
    );
    expect(problemOf({ country: 'XQ', levels: whole.levels, steps: whole.steps }).detail).toBe('the mapping: names is missing');
  });

  it('names its files once each and tells formats by their endings', () => {
    const mapping = readPlacesMapping(
      {
        ...whole,
        steps: [
          { ...step, boundaries: { file: 'b.topojson', code: 'c' } },
          { ...step, level: 2, file: 'd.XLSX', parent: { column: 'x' }, boundaries: { file: 'b.topojson', code: 'c' } },
        ],
      },
      'q.yaml',
    );
    expect(filesOf(mapping)).toEqual(['p.csv', 'b.topojson', 'd.XLSX']);
    expect(['a.csv', 'a.TXT', 'a.xlsx', 'a.geojson', 'a.json', 'a.topojson', 'a.parquet'].map((file) => formatOf({ file }))).toEqual([
      'csv',
      'csv',
      'xlsx',
      'geojson',
      'geojson',
      'topojson',
      'parquet',
    ]);
  });
});
