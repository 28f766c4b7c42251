// SPDX-License-Identifier: AGPL-3.0-or-later
import { score, type Band, type Score } from './arithmetic.ts';
import type { Indicator, Instrument } from './instrument.ts';

type Sums = Omit<Score, 'band'>;
type Scored = Pick<Instrument, 'bands' | 'indicators'>;

/** The score of some of the answers, as if nothing else were asked. */
export function scoreOfSome(answers: ArrayLike<number>, { bands, indicators }: Scored, counts: (indicator: Indicator) => boolean): Score {
  const some = indicators.flatMap((indicator, position) => (counts(indicator) ? [{ indicator, answer: answers[position] ?? 0 }] : []));
  return score(
    some.map(({ answer }) => answer),
    { bands, indicators: some.map(({ indicator }) => indicator) },
  );
}

/**
 * The sums of the answers that are not protected. An index made of them is worked out from nothing but what its reader may read anyway, so
 * that subtracting, or comparing two days, brings no protected answer to light (docs/decisions/0013-protected-answers.md).
 */
export function openSums(answers: ArrayLike<number>, instrument: Scored): Sums {
  const { band: _band, ...sums } = scoreOfSome(answers, instrument, (indicator) => !indicator.protected);
  return sums;
}

/** What a reader is shown of a score: all of it, or the index of the open answers beside the band, which counts every answer. */
export function sumsFor(
  whole: boolean,
  { answers, band, ...sums }: Sums & { readonly answers: ArrayLike<number>; readonly band: Band },
  instrument: Scored,
): Score {
  const { excess, known, applicable } = whole ? sums : openSums(answers, instrument);
  return { excess, known, applicable, band };
}
