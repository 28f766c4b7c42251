// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FilePreview } from '../../domain/imports-api.ts';
import type { ImportKind } from './imports-data.ts';
import { emptyPeople, type PeopleDraft } from './people-draft.ts';
import type { Tree } from './yaml.ts';

/** What the import page knows before anything is sent: kept in one piece, so that going back to a step loses nothing. */
export interface Draft {
  readonly kind: ImportKind;
  readonly files: readonly File[];
  /** `columns`: the page writes the mapping. `text`: a mapping that already exists. */
  readonly way: 'columns' | 'text';
  readonly text: string;
  readonly textName: string;
  readonly stats: StatsDraft;
  readonly places: PlacesDraft;
  readonly people: PeopleDraft;
}

/** Whether the file is about people, and which of the two kinds then. */
export const ofPeople = (kind: ImportKind): 'people' | 'observations' | null =>
  kind === 'people' || kind === 'observations' ? kind : null;

/** How one indicator is found in the file. */
export interface IndicatorDraft {
  readonly how: 'none' | 'value' | 'part' | 'formula';
  readonly unit: 'share' | 'percent';
  readonly column: string;
  readonly whole: string;
  readonly formula: string;
}

export interface StatsDraft {
  readonly country: string;
  readonly level: string;
  readonly code: string;
  readonly pad: string;
  readonly name: string;
  readonly date: string;
  readonly source: string;
  readonly instrument: string;
  readonly decimal: '.' | ',';
  readonly indicators: Readonly<Record<string, IndicatorDraft>>;
}

/** One file with the places of one level. */
export interface PlacesStepDraft {
  readonly level: string;
  readonly code: string;
  readonly pad: string;
  readonly names: Readonly<Record<string, string>>;
  readonly parent: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly population: string;
  readonly populationOn: string;
  /** '' none, 'own' this file's own shapes, else the name of another chosen file. */
  readonly boundaryFile: string;
  readonly boundaryCode: string;
}

export interface PlacesDraft {
  readonly country: string;
  readonly countryName: string;
  /** From the country down, in English. */
  readonly levels: readonly string[];
  readonly source: string;
  readonly steps: Readonly<Record<string, PlacesStepDraft>>;
}

export const noIndicator: IndicatorDraft = { how: 'none', unit: 'share', column: '', whole: '', formula: '' };
export const noStep: PlacesStepDraft = {
  level: '',
  code: '',
  pad: '',
  names: {},
  parent: '',
  latitude: '',
  longitude: '',
  population: '',
  populationOn: '',
  boundaryFile: '',
  boundaryCode: '',
};

export const emptyDraft: Draft = {
  kind: 'area-stats',
  files: [],
  way: 'columns',
  text: '',
  textName: '',
  stats: {
    country: '',
    level: '',
    code: '',
    pad: '',
    name: '',
    date: '',
    source: '',
    instrument: 'place-secondary-1',
    decimal: '.',
    indicators: {},
  },
  places: { country: '', countryName: '', levels: ['Country', 'Province', 'District', 'Village'], source: '', steps: {} },
  people: emptyPeople,
};

export const isMapFile = (name: string): boolean => /\.(geojson|topojson|json)$/i.test(name);

/** A column inside a formula, whatever its name holds. */
const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`;
const digits = (text: string): number | undefined => (/^\d{1,2}$/.test(text) && Number(text) > 0 ? Number(text) : undefined);
const some = (text: string): string | undefined => (text === '' ? undefined : text);

function indicatorTree(draft: IndicatorDraft): Tree | undefined {
  if (draft.how === 'value' && draft.column) return { value: `${draft.unit === 'percent' ? 'pct' : 'num'}(${quoted(draft.column)})` };
  if (draft.how === 'part' && draft.column && draft.whole)
    return { part: `num(${quoted(draft.column)})`, whole: `num(${quoted(draft.whole)})`, sumUp: true };
  if (draft.how === 'formula' && draft.formula.trim()) return { value: draft.formula.trim() };
  return undefined;
}

/** Whether enough was chosen or written for it to be tried. */
export const saysSomething = (draft: IndicatorDraft): boolean => indicatorTree(draft) !== undefined;

/** How many indicators the file answers so far. */
export const usesOf = (draft: StatsDraft): number => Object.values(draft.indicators).filter(saysSomething).length;

/** The mapping of a file of statistics (risk/domain/mapping.ts AreaStatsMapping). */
export function statsMapping(draft: StatsDraft): Tree {
  const indicators = Object.entries(draft.indicators).map(([code, each]) => [code, indicatorTree(each)] as const);
  return {
    country: draft.country,
    level: Number(draft.level),
    instrument: draft.instrument,
    source: draft.source.trim(),
    code: { column: draft.code, pad: digits(draft.pad) },
    name: some(draft.name),
    observed: { date: draft.date },
    decimal: draft.decimal === ',' ? ',' : undefined,
    indicators: Object.fromEntries(indicators),
  };
}

/** The mapping of files of places (domain/mapping.ts PlacesMapping): larger areas first, as it wants them. */
export function placesMapping(draft: PlacesDraft): Tree {
  const steps = Object.entries(draft.steps)
    .filter(([, step]) => step.level !== '')
    .sort(([, a], [, b]) => Number(a.level) - Number(b.level));
  return {
    country: draft.country,
    names: { en: draft.countryName.trim() },
    levels: draft.levels.map((en) => ({ en })),
    source: some(draft.source.trim()),
    steps: steps.map(([file, step]): Tree => ({
      level: Number(step.level),
      file,
      code: step.code,
      pad: digits(step.pad),
      names: Object.fromEntries(Object.entries(step.names).filter(([, column]) => column)),
      parent: Number(step.level) > 1 ? { column: step.parent } : undefined,
      latitude: some(step.latitude),
      longitude: some(step.longitude),
      population: some(step.population),
      populationOn: step.population && step.populationOn ? { date: step.populationOn } : undefined,
      boundaries:
        step.boundaryFile === ''
          ? undefined
          : {
              file: step.boundaryFile === 'own' ? undefined : step.boundaryFile,
              code: step.boundaryFile === 'own' ? step.code : step.boundaryCode,
            },
    })),
  };
}

/** Which fields of the second step still stop the import; empty when it can go on. */
export function missingInStats(draft: StatsDraft): readonly (keyof StatsDraft)[] {
  const wanted = ['country', 'level', 'code', 'date', 'source'] as const;
  return wanted.filter((key) => draft[key].trim() === '');
}

export function missingInPlaces(draft: PlacesDraft): boolean {
  const steps = Object.entries(draft.steps).filter(([, step]) => step.level !== '');
  const whole = steps.every(
    ([, step]) =>
      step.code &&
      Object.values(step.names).some(Boolean) &&
      (Number(step.level) <= 1 || step.parent) &&
      (step.boundaryFile === '' || step.boundaryFile === 'own' || step.boundaryCode) &&
      !step.latitude === !step.longitude,
  );
  return (
    !/^[A-Z]{2}$/.test(draft.country) ||
    !draft.countryName.trim() ||
    draft.levels.some((each) => !each.trim()) ||
    steps.length === 0 ||
    !whole
  );
}

const patterns = {
  code: /(^|[_\s-])(p?code|pcode|adm\d_?pcode|id|geo_?code)$|^code|code$/i,
  name: /(^|[_\s-])name|name(_?en)?$|adm\d_?(en|th|km)$/i,
  parent: /parent|(prov|dist|district|province|amphoe|commune)\w*[_\s-]*(code|id)$/i,
  latitude: /^(lat|latitude|y)$/i,
  longitude: /^(lon|lng|long|longitude|x)$/i,
  population: /^(pop|population|total_?pop|totpop)[\w ]*$/i,
} as const;

/** The column whose name says what it holds, or ''. Only a suggestion: it is shown chosen and can be changed. */
export function suggest(what: keyof typeof patterns, columns: readonly string[], not: readonly string[] = []): string {
  return columns.find((column) => patterns[what].test(column.trim()) && !not.includes(column)) ?? '';
}

export function suggestStats(draft: StatsDraft, preview: FilePreview): StatsDraft {
  const { columns } = preview;
  const code = columns.includes(draft.code) ? draft.code : suggest('code', columns);
  return { ...draft, code, name: columns.includes(draft.name) ? draft.name : suggest('name', columns, [code]) };
}

export function suggestStep(preview: FilePreview, level: number): PlacesStepDraft {
  const { columns, file } = preview;
  const code = suggest('code', columns);
  const name = suggest('name', columns, [code]);
  return {
    ...noStep,
    level: String(level),
    code,
    names: { en: name },
    parent: level > 1 ? suggest('parent', columns, [code]) : '',
    latitude: suggest('latitude', columns),
    longitude: suggest('longitude', columns),
    population: suggest('population', columns),
    boundaryFile: isMapFile(file) ? 'own' : '',
  };
}

/** Whether a column of shares is written 0 to 100: some value of the first rows is more than 1, none more than 100. Only a suggestion, which the values tried then show to be right or wrong. */
export function looksPercent(column: string, { columns, rows }: FilePreview): boolean {
  const at = columns.indexOf(column);
  const values = rows.map(({ cells }) => Number.parseFloat((cells[at] ?? '').replace(',', '.'))).filter(Number.isFinite);
  return values.some((value) => value > 1) && values.every((value) => value >= 0 && value <= 100);
}
