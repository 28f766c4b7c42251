// SPDX-License-Identifier: AGPL-3.0-or-later
import { perCent } from './arithmetic.ts';
import { wordsIn } from './drivers.ts';
import type { Instrument } from './instrument.ts';
import type { BandCounts, Measure, Reason } from './map-data.ts';

/**
 * How an area is coloured from its people, in whole per cent: `high` or `medium` from the share at high risk among those whose
 * band is known, "unknown" when the band of fewer than `known` of its people is known. An area's colour says where to look
 * first; it is not an index of the area, and these borders are Waymark's own, not taken from a study.
 */
export const areaBands = { high: 20, medium: 10, known: 60 } as const;

/** Lower bounds of the colour classes for the share at high risk, in per cent. */
export const shareClasses = [0, 5, 10, 20, 30] as const;
/** ... and for an index of 0 to 100: the borders of the bands, and a step inside each wide one. */
export const indexClasses = [0, 20, 33, 47, 60, 80] as const;

/** The band of an area, from whole figures; 0 where they are not all shown. */
export function areaBand({ n, unknown, high }: BandCounts): 0 | 1 | 2 | 3 {
  if (n === null || unknown === null || high === null || n === 0) return 0;
  const known = n - unknown;
  if (known === 0 || 100 * known < areaBands.known * n) return 0;
  if (100 * high >= areaBands.high * known) return 3;
  return 100 * high >= areaBands.medium * known ? 2 : 1;
}

/** Per cent at high risk of those whose band is known, rounded half up to one decimal; null where it may not be shown or nobody is known. */
export function shareHigh({ n, unknown, high }: BandCounts): number | null {
  if (n === null || unknown === null || high === null || n - unknown <= 0) return null;
  return perCent(high, n - unknown);
}

/** Answers of one indicator among the people of an area: how many gave a scored one, and how many the worst. */
export interface AnswerShare {
  readonly code: string;
  readonly answered: number;
  readonly worst: number;
}

/** Indicators with the largest share of worst answers first; those that nobody answered so are left out. Protected ones never come in. */
export function rankShares(instrument: Instrument, shares: readonly AnswerShare[]): AnswerShare[] {
  const order = new Map(instrument.indicators.filter((i) => !i.protected).map((indicator, position) => [indicator.code, position]));
  return shares
    .filter(({ code, answered, worst }) => order.has(code) && answered > 0 && worst > 0)
    .toSorted((a, b) => b.worst * a.answered - a.worst * b.answered || order.get(a.code)! - order.get(b.code)!);
}

/** The main reasons of an area in words. */
export function reasonsOf(instrument: Instrument, shares: readonly AnswerShare[], locale: string, limit = 3): Reason[] {
  return rankShares(instrument, shares)
    .slice(0, limit)
    .map(({ code }) => {
      const indicator = instrument.indicators.find((i) => i.code === code)!;
      return { code, text: wordsIn(indicator.reasons[3], locale), score: 3 };
    });
}

/** Rounds a share to whole steps of five per cent: shares of answers have no closed months, so a finer one would tell of a single answer. */
export function inFives(share: number): number {
  return Math.floor((share + 2.5) / 5) * 5;
}

/** Lower bounds of up to five classes with about as many areas in each; fewer where values repeat. */
export function equalClasses(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const bounds = [0, 1, 2, 3, 4].map((i) => sorted[Math.floor((i * sorted.length) / 5)]).filter((value) => value !== undefined);
  return [...new Set(bounds)];
}

/** Colour classes of a measure; null for bands, which are classes themselves. */
export function classesOf(measure: Measure, values: readonly (number | null)[]): number[] | null {
  if (measure === 'band') return null;
  if (measure === 'share-high') return [...shareClasses];
  if (measure === 'index') return [...indexClasses];
  return equalClasses(values.filter((value) => value !== null));
}
