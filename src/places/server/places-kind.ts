// SPDX-License-Identifier: AGPL-3.0-or-later
import { formatOf, isMapFormat } from '../domain/mapping.ts';
import { importPlaces, placesMapping } from './import.ts';
import type { ImportKind, PlacesFollower, Trial } from './import-types.ts';
import { findCountriesOf } from './queries-undo.ts';
import { undoPlaces } from './undo.ts';

const column = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The columns and formulas of the step that reads a file. */
function trialOfPlaces(text: string, name: string, fileName: string): Trial | null {
  const step = placesMapping(text, name).steps.find(({ file }) => file === fileName);
  if (!step || isMapFormat(formatOf(step))) return null;
  const { encoding, delimiter, sheet, skipRows, headerRows, decimal, parent, latitude, longitude, population } = step;
  const found: Record<string, string | undefined> = {
    code: step.pad ? `pad(${column(step.code)}, ${step.pad})` : column(step.code),
    ...Object.fromEntries(Object.entries(step.names).map(([language, from]) => [`name ${language}`, column(from)])),
    parent:
      parent &&
      ('expression' in parent ? parent.expression : parent.pad ? `pad(${column(parent.column)}, ${parent.pad})` : column(parent.column)),
    latitude: latitude && column(latitude),
    longitude: longitude && column(longitude),
    population: population && column(population),
  };
  return {
    options: { encoding, delimiter, sheet, skipRows, headerRows, decimal },
    expressions: Object.entries(found).flatMap(([what, sql]) =>
      sql === undefined ? [] : [{ what, indicator: null, expression: { sql, type: 'text' as const } }],
    ),
  };
}

/** Places and boundaries, as one of the kinds of import; `follower` keeps in line what is kept of places. */
export const placesKind = (follower: PlacesFollower): ImportKind => ({
  kind: 'places',
  right: 'places.import',
  checkMapping: (text, name) => placesMapping(text, name),
  trial: trialOfPlaces,
  async run(args) {
    const report = await importPlaces(args);
    const { tx, batchId, now, signal, onProgress } = args;
    const countries = args.dryRun ? [] : await findCountriesOf(tx, batchId);
    if (countries.length === 0) return report;
    onProgress({ done: 0, total: 0, phase: 'Scoring places' });
    await follower.changed({ tx, batchId, countries, now, signal });
    return report;
  },
  undo: (args) => undoPlaces(args, follower),
});
