// SPDX-License-Identifier: AGPL-3.0-or-later
import { score, type Band, type Score } from './arithmetic.ts';
import type { Instrument } from './instrument.ts';

type Sums = Omit<Score, 'band'>;

/**
 * The sums of the answers that are not protected. An index made of them is worked out from nothing but what its reader may read anyway, so
 * that subtracting, or comparing two days, brings no protected answer to light (docs/decisions/0013-protected-answers.md).
 */
export function openSums(answers: ArrayLike<number>, { bands, indicators }: Pick<Instrument, 'bands' | 'indicators'>): Sums {
  const open = indicators.flatMap((indicator, position) => (indicator.protected ? [] : [{ indicator, answer: answers[position] ?? 0 }]));
  const { band: _band, ...sums } = score(
    open.map(({ answer }) => answer),
    { bands, indicators: open.map(({ indicator }) => indicator) },
  );
  return sums;
}

/** What a reader is shown of a score: all of it, or the index of the open answers beside the band, which counts every answer. */
export function sumsFor(
  whole: boolean,
  { answers, band, ...sums }: Sums & { readonly answers: ArrayLike<number>; readonly band: Band },
  instrument: Pick<Instrument, 'bands' | 'indicators'>,
): Score {
  const { excess, known, applicable } = whole ? sums : openSums(answers, instrument);
  return { excess, known, applicable, band };
}
