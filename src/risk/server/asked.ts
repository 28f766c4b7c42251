// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { wordsIn } from '../domain/drivers.ts';
import { definitionsOf } from './map-question.ts';
import { findLive } from './queries-map.ts';

/** What is asked about people here: each instrument in use, how many questions it has, and which of them are private. */
export async function instrumentsOfPeople(
  tx: Tx,
  locale: string,
): Promise<{ title: string; questions: number; private: readonly string[] }[]> {
  const { ids } = await findLive(tx);
  return (await definitionsOf(tx, ids))
    .filter(({ scores }) => scores === 'person')
    .map(({ title, indicators }) => ({
      title: wordsIn(title, locale),
      questions: indicators.length,
      private: indicators.filter((each) => each.protected).map((each) => wordsIn(each.title, locale)),
    }));
}
