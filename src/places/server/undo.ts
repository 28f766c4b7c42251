// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportKind, PlacesFollower } from './import-types.ts';
import { deletePlacesOf, findChangedSince, findCountriesOf, findGrownUpon, restoreBoundaries, restorePlaces } from './queries-undo.ts';

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
 * What was only taken over to them, or left empty by undone statistics, goes with them, and what is kept of the places around them follows. Refused, with nothing changed, when a later import changed the same places or when anything hangs on those it brought.
 */
export async function undoPlaces(
  { tx, batchId, now }: Parameters<ImportKind['undo']>[0],
  follower: PlacesFollower,
): Promise<Record<string, number>> {
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
  const countries = await findCountriesOf(tx, batchId);
  if (countries.length > 0) await follower.going({ tx, batchId });
  const boundaries = await restoreBoundaries(tx, batchId);
  const restored = await restorePlaces(tx, batchId);
  try {
    const removed = await deletePlacesOf(tx, batchId);
    if (countries.length > 0) await follower.changed({ tx, batchId, countries, now });
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
}
