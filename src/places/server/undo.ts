// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportKind } from './import-types.ts';
import { deletePlacesOf, dropEmptyStandings, findChangedSince, findGrownUpon, restoreBoundaries, restorePlaces } from './queries-undo.ts';

/** What other rooms keep of a place, in words a coordinator knows. */
const words: Readonly<Record<string, string>> = {
  household: 'households are registered there',
  person: 'people are registered there',
  standing: 'risk figures stand on them',
  rollup: 'counts of people stand on them',
  rollup_answer: 'counts of people stand on them',
  rollup_month: 'past counts of people stand on them',
  area_statistic: 'statistics were imported for them',
  post: 'somebody holds a post there',
  place: 'places of a later import lie within them',
};

/**
 * Takes back what a batch of places did: removes the places and boundaries it brought and gives changed ones back what stood before.
 * What their own undone statistics left empty goes with them. Refused, with nothing changed, when a later import changed the same places or when anything hangs on those it brought.
 */
export const undoPlaces: ImportKind['undo'] = async ({ tx, batchId }) => {
  const since = await findChangedSince(tx, batchId);
  if (since)
    throw new Problem(
      'changed-meanwhile',
      `${since.name} (${since.code}) was changed again after this import. Undo the later import first.`,
    );
  const grown = await findGrownUpon(tx, batchId);
  if (grown)
    throw new Problem(
      'changed-meanwhile',
      `This import cannot be undone: places of a later import lie within ${grown.name} (${grown.code}). Undo the later import first.`,
    );
  await dropEmptyStandings(tx, batchId);
  const boundaries = await restoreBoundaries(tx, batchId);
  const restored = await restorePlaces(tx, batchId);
  try {
    const removed = await deletePlacesOf(tx, batchId);
    return { removed, restored, boundaries };
  } catch (error) {
    const { code, table } = error as { code?: string; table?: string };
    if (code !== '23503') throw error;
    throw new Problem(
      'changed-meanwhile',
      `This import cannot be undone: ${words[table ?? ''] ?? `later data (${table}) hang on its places`}. Undo or move those first.`,
      { cause: error },
    );
  }
};
