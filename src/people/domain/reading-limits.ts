// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** How many different people one account may open, and how often it may search (db/migrations/0038). The same bounds stand in the database. */
export const ReadingLimits = Type.Object(
  {
    peopleInTenMinutes: Type.Integer({ minimum: 50, maximum: 1_000_000 }),
    peopleInADay: Type.Integer({ minimum: 50, maximum: 1_000_000 }),
    searchesInAMinute: Type.Integer({ minimum: 5, maximum: 100_000 }),
  },
  { additionalProperties: false },
);
export type ReadingLimits = Static<typeof ReadingLimits>;

export type ReachedLimit = 'ten-minutes' | 'day' | 'searches';

const sentences: Readonly<Record<ReachedLimit, string>> = {
  'ten-minutes':
    'You opened the names of very many people within ten minutes. Wait a while; if your work needs more, an administrator can raise the limit.',
  day: 'You opened the names of very many people within a day. Go on tomorrow; if your work needs more, an administrator can raise the limit.',
  searches: 'You searched very often within a minute. Wait a moment and search again.',
};

export function sentenceOfLimit(reached: ReachedLimit): string {
  return sentences[reached];
}
