// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator } from './instrument.ts';
import type { Answers } from './pack.ts';
import type { TimelineEntry } from './person-risk.ts';
import { validUntil } from './valid-until.ts';

/**
 * Why an answer given for the day of a visit changes nothing now: a newer one stands, of the day `on`; or an answer of that day holds no more.
 * It is kept all the same, and counts when somebody looks at that day.
 */
export type Idle = { readonly why: 'newer'; readonly on: string } | { readonly why: 'ended' };

export interface VisitMoment {
  /** Milliseconds. */
  readonly at: number;
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

/** `said`: everything recorded of this very person, household or place that the reader may know, newest first. */
export function idleAnswer(
  { code, months }: Pick<Indicator, 'code' | 'months'>,
  side: 'female' | 'male' | null,
  said: readonly TimelineEntry[],
  { at, now, zone }: VisitMoment,
): Idle | null {
  const newer = said.find(
    ({ observedAt, answers }) =>
      Date.parse(observedAt) > at &&
      answers.some(
        (each) =>
          each.code === code && each.voided === null && each.answer !== 'withdrawn' && (side === null || (each.side ?? side) === side),
      ),
  );
  if (newer) return { why: 'newer', on: newer.observedOn };
  return validUntil(at, months, zone) <= now ? { why: 'ended' } : null;
}

/** Of what is answered about a person or a household, the answers that count now. */
export function countingNow(
  indicators: readonly Pick<Indicator, 'code' | 'months'>[],
  given: Answers,
  said: readonly TimelineEntry[],
  moment: VisitMoment,
): Answers {
  const counting = indicators.filter((each) => given[each.code] !== undefined && idleAnswer(each, null, said, moment) === null);
  return Object.fromEntries(counting.map(({ code }) => [code, given[code]!]));
}
