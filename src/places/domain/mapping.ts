// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static, type TProperties } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { schemaFault } from '../../platform/domain/schema-fault.ts';

const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const Text = Type.String({ minLength: 1 });
/** By BCP 47 language: what something is called, or which column says so. */
const ByLanguage = Type.Record(Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]+)*$' }), Text, {
  minProperties: 1,
  additionalProperties: false,
  description: 'a language such as en, th or pt-BR',
});
const Format = Type.Union([
  Type.Literal('csv'),
  Type.Literal('xlsx'),
  Type.Literal('parquet'),
  Type.Literal('geojson'),
  Type.Literal('topojson'),
]);
const Outside = Type.Union([Type.Literal('reject'), Type.Literal('keep')]);

/** How the polygons of a level are found and joined to its places. Without `file`: the step's own file. */
export const BoundariesMapping = closed({
  file: Type.Optional(Text),
  format: Type.Optional(Format),
  /** TopoJSON with several objects: which. */
  object: Type.Optional(Text),
  /** The property with the place's code ... */
  code: Type.Optional(Text),
  pad: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
  /** ... or the properties with its names, where there is none: {th: pro_th}. */
  names: Type.Optional(ByLanguage),
});
export type BoundariesMapping = Static<typeof BoundariesMapping>;

/** One file with the places of one level. Several steps may feed one level. Column names are the file's own. */
export const PlacesStep = closed({
  level: Type.Integer({ minimum: 1, maximum: 9 }),
  file: Text,
  format: Type.Optional(Format),
  object: Type.Optional(Text),
  encoding: Type.Optional(Text),
  delimiter: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')])),
  sheet: Type.Optional(Type.Union([Text, Type.Integer({ minimum: 1 })])),
  skipRows: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  headerRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  code: Text,
  /** Digits a code has; shorter ones lost their leading zeros and get them back. */
  pad: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
  names: ByLanguage,
  /** Level 1 lies in the country; every other level states its parent's code. */
  parent: Type.Optional(
    Type.Union([
      closed({
        column: Text,
        pad: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
        instead: Type.Optional(Type.Record(Type.String(), Text)),
      }),
      closed({ expression: Text, instead: Type.Optional(Type.Record(Type.String(), Text)) }),
    ]),
  ),
  latitude: Type.Optional(Text),
  longitude: Type.Optional(Text),
  population: Type.Optional(Text),
  populationOn: Type.Optional(
    Type.Union([
      closed({ date: Text }),
      closed({ column: Text, era: Type.Optional(Type.Union([Type.Literal('common'), Type.Literal('buddhist')])) }),
    ]),
  ),
  /** The sign before the fraction in this file's numbers. */
  decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
  source: Type.Optional(Text),
  boundaries: Type.Optional(BoundariesMapping),
  /** What becomes of a point or polygon that lies outside its parent by more than `tolerance` degrees. */
  outside: Type.Optional(Outside),
  tolerance: Type.Optional(Type.Number({ minimum: 0, maximum: 5 })),
});
export type PlacesStep = Static<typeof PlacesStep>;

export const PlacesMapping = closed({
  /** ISO 3166-1 alpha-2, or X and a letter for a fictional country. */
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  names: ByLanguage,
  /** What the levels are called, from the country (level 0) down. */
  levels: Type.Array(ByLanguage, { minItems: 1, maxItems: 10 }),
  source: Type.Optional(Text),
  steps: Type.Array(PlacesStep, { minItems: 1, maxItems: 50 }),
});
export type PlacesMapping = Static<typeof PlacesMapping>;

/**
 * Checks what a mapping file holds. Throws `bad-mapping` that names the mapping and the key at fault; for a key that
 * is not known, the nearest that is.
 */
export function readPlacesMapping(input: unknown, mappingName: string): PlacesMapping {
  const refuse = (key: string, why: string): never => {
    throw new Problem('bad-mapping', `${key}: ${why}`, { at: { file: mappingName, column: key } });
  };
  const fault = schemaFault(PlacesMapping, input);
  if (fault) return refuse(keyOf(fault.path), fault.why);
  const mapping = input as PlacesMapping;
  mapping.steps.forEach((step, i) => checkStep(step, i, mapping, refuse));
  return mapping;
}

/** `steps[0].parent.column`; the mapping itself has no name. */
function keyOf(path: readonly (string | number)[]): string {
  return (
    path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
      .join('')
      .replace(/^\./, '') || 'the mapping'
  );
}

function checkStep(step: PlacesStep, i: number, mapping: PlacesMapping, refuse: (key: string, why: string) => never): void {
  const key = `steps[${i}]`;
  if (step.level >= mapping.levels.length)
    refuse(`${key}.level`, `level ${step.level} has no name; levels names 0 to ${mapping.levels.length - 1}`);
  if (i > 0 && step.level < mapping.steps[i - 1]!.level)
    refuse(`${key}.level`, 'larger areas come first: put this step before those of lower levels');
  if (step.level > 1 && !step.parent)
    refuse(`${key}.parent`, 'say where each place lies: {column: ...} or {expression: ...}; it is never guessed from the code');
  if ((step.latitude === undefined) !== (step.longitude === undefined)) refuse(`${key}.latitude`, 'latitude and longitude come together');
  if (step.populationOn && !step.population) refuse(`${key}.populationOn`, 'a date without a population column');
  if (step.boundaries && !step.boundaries.code === !step.boundaries.names)
    refuse(`${key}.boundaries`, 'join by code or by names, one of the two');
  if (step.boundaries && !step.boundaries.file && !isMapFormat(formatOf(step)))
    refuse(`${key}.boundaries.file`, 'name the file with the boundaries');
  const date = step.populationOn && 'date' in step.populationOn ? step.populationOn.date : undefined;
  if (date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(date))
    refuse(`${key}.populationOn.date`, 'write the date as "2008-03-03", in quotes');
}

/** As stated, else by the file's ending. */
export function formatOf(described: { readonly file?: string; readonly format?: Static<typeof Format> }): Static<typeof Format> {
  if (described.format) return described.format;
  const ending = described.file?.toLowerCase().split('.').at(-1);
  if (ending === 'geojson' || ending === 'json') return 'geojson';
  if (ending === 'topojson') return 'topojson';
  if (ending === 'xlsx' || ending === 'parquet') return ending;
  return 'csv';
}

export function isMapFormat(format: Static<typeof Format>): format is 'geojson' | 'topojson' {
  return format === 'geojson' || format === 'topojson';
}

/** Every file the mapping speaks of, once each. */
export function filesOf(mapping: PlacesMapping): string[] {
  return [...new Set(mapping.steps.flatMap((step) => [step.file, ...(step.boundaries?.file ? [step.boundaries.file] : [])]))];
}
