// SPDX-License-Identifier: AGPL-3.0-or-later
import { importPlaces, placesMapping } from './import.ts';
import type { ImportKind } from './import-types.ts';
import { undoPlaces } from './undo.ts';

/** Places and boundaries, as one of the kinds of import. */
export const placesImport: ImportKind = {
  kind: 'places',
  right: 'places.import',
  checkMapping: (text, name) => placesMapping(text, name),
  run: importPlaces,
  undo: undoPlaces,
};
