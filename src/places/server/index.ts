// SPDX-License-Identifier: AGPL-3.0-or-later
export { readCursor, writeCursor } from './cursor.ts';
export { placesMapping } from './import.ts';
export { placesKind } from './places-kind.ts';
export { runImport, type ImportRequest } from './import-runner.ts';
export { ImportWork, knock } from './import-work.ts';
export { reviveDead as endDeadImports } from './queries-runs.ts';
export { importEndpoints } from './routes-imports.ts';
export { undoLocked } from './routes-imports-one.ts';
export type { ImportsSetup } from './import-desk.ts';
export type { ImportArgs, ImportFile, ImportKind, ImportProgress, PlacesFollower, Trial } from './import-types.ts';
export { Rejections } from './rejections.ts';
export { lockBatch } from './queries-batch.ts';
export { placesEndpoints } from './routes.ts';
export { ancestorsOf, boundariesText, findPlace, findPlaceByCode, placesByCodes, type PlaceRow } from './queries.ts';
export { simplifyTogether, type Details } from './simplify.ts';
