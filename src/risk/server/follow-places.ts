// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlacesFollower } from '../../places/server/index.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { dropStandingsOfBatch, findMeasuredIn, findPlacesOfBatch, recountPlacesOfSums } from './queries-follow-places.ts';
import { findLiveInstruments } from './queries-instruments.ts';
import { planForMany } from './queries-plan.ts';
import { lockInstrument, rescorePlaceIds } from './queries.ts';

const step = 20_000;

/**
 * Figures follow the places they are about, in the transaction that brings places in or takes them back. An import never moves a place, so nothing measured
 * changes: new places take over what is handed down to them, and sums say anew of how many places they are made.
 */
export const followPlaces: PlacesFollower = {
  async going({ tx, batchId }) {
    await lockAll(tx); // before the places themselves: an import of statistics asks in this order too
    await dropStandingsOfBatch(tx, batchId);
  },

  async changed({ tx, batchId, countries, now, signal }) {
    const codes = await lockAll(tx);
    await planForMany(tx);
    for (const code of codes) {
      if (!(await findMeasuredIn(tx, code, countries, now))) continue;
      for (let after: string | null = null; ;) {
        if (signal?.aborted) throw new Problem('cancelled');
        const ids: string[] = await findPlacesOfBatch(tx, batchId, after, step);
        const last = ids.at(-1);
        if (last === undefined) break;
        await rescorePlaceIds(tx, code, ids, now);
        after = last;
      }
    }
    for (const country of countries) await recountPlacesOfSums(tx, country);
  },
};

/** From here on nobody else scores places or sums their statistics: whoever does so later sees the places as they are then. */
async function lockAll(tx: Tx): Promise<string[]> {
  const codes = (await findLiveInstruments(tx, 'place')).map(({ code }) => code);
  for (const code of codes) await lockInstrument(tx, code);
  return codes;
}
