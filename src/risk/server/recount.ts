// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { findLiveInstruments } from './queries-instruments.ts';
import { findLevelDifferences } from './queries-measured-levels.ts';
import { planForMany } from './queries-plan.ts';
import { findPeopleBelow, findPlacesOfCountries } from './queries.ts';
import {
  type Difference,
  findListDifferences,
  findPersonDifferences,
  findPlaceDifferences,
  findRollupAnswerDifferences,
  findRollupDifferences,
  findStrays,
} from './queries-recount.ts';

export type { Difference } from './queries-recount.ts';

const step = 4000;
const enough = 100;

/**
 * Recounts everything from the assessments and compares it with what is kept: each standing of a person or place with the score worked out
 * anew, the levels at which a country measured with all that was recorded of its places, each rollup with the sum of the standings. An empty list: equal. At most a hundred differences of a kind are named. A standing whose
 * time has come but that the clock has not reached yet is compared as of just before. `butWaiting`: those are left out whom a saved answer
 * concerns that waits to be followed. To run as the owner or as waymark_jobs.
 */
export async function recount(tx: Tx, now: Date = new Date(), { butWaiting = false } = {}): Promise<Difference[]> {
  const found: Difference[] = [];
  await planForMany(tx);
  for (const { code } of await findLiveInstruments(tx, 'person')) {
    let after: { regionId: number; personId: string } | null = null;
    while (found.length < enough) {
      const people = await findPeopleBelow(tx, null, after, step);
      const last = people.at(-1);
      if (!last) break;
      found.push(...(await findPersonDifferences(tx, code, people, now, butWaiting)));
      after = last;
    }
  }
  const places = await findPlacesOfCountries(tx, 'all');
  for (const { code } of await findLiveInstruments(tx, 'place')) {
    for (let from = 0; from < places.length && found.length < enough; from += step) {
      found.push(...(await findPlaceDifferences(tx, code, places.slice(from, from + step), now)));
    }
  }
  return [...found, ...(await findLevelDifferences(tx, enough)), ...(await recountRollups(tx))];
}

/** The narrow table that lists of people are read from, against the standings. Seconds; to run as the owner. */
export const recountLists = (tx: Tx): Promise<Difference[]> => findListDifferences(tx, enough);

/** The quick half of a recount: no standing without its person, and each rollup equal to the sum of the standings. Seconds, not minutes. */
export async function recountRollups(tx: Tx): Promise<Difference[]> {
  return [
    ...(await findStrays(tx, enough)),
    ...(await findRollupDifferences(tx, enough)),
    ...(await findRollupAnswerDifferences(tx, enough)),
  ];
}
