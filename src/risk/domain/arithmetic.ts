// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument } from './instrument.ts';

/** 0 unknown, 1 low, 2 medium, 3 high. */
export type Band = 0 | 1 | 2 | 3;

/** Three integers that hold index, interval and coverage exactly (db/migrations/0011_standings.sql), and the band they fall into. */
export interface Score {
  /** Sum of w * (s - 1) over the known answers. */
  readonly excess: number;
  /** Sum of w over the known answers. */
  readonly known: number;
  /** Sum of w over all answers that are not "not applicable". */
  readonly applicable: number;
  readonly band: Band;
}

type Bands = Instrument['bands'];

/** The band by comparing integers: no division, so no rounding on the border. */
export function bandOf(excess: number, known: number, applicable: number, bands: Bands): Band {
  if (known === 0 || 100 * known < bands.coverage * applicable) return 0;
  if (50 * excess >= bands.high * known) return 3;
  if (50 * excess >= bands.medium * known) return 2;
  return 1;
}

/** `answers`: one plain byte an indicator (1 2 3 scores, 6 not applicable, everything else missing). Throws a RangeError if the lengths differ. */
export function score(answers: ArrayLike<number>, instrument: Pick<Instrument, 'bands' | 'indicators'>): Score {
  if (answers.length !== instrument.indicators.length) {
    throw new RangeError(`${answers.length} answers for ${instrument.indicators.length} indicators`);
  }
  let excess = 0,
    known = 0,
    applicable = 0;
  instrument.indicators.forEach(({ weight }, i) => {
    const answer = answers[i] ?? 0;
    if (answer === 6) return;
    applicable += weight;
    if (answer < 1 || answer > 3) return;
    known += weight;
    excess += weight * (answer - 1);
  });
  return { excess, known, applicable, band: bandOf(excess, known, applicable, instrument.bands) };
}

/** 100 * part / whole, rounded half up to one decimal, from integers >= 0. `whole` must not be 0. */
export function perCent(part: number, whole: number): number {
  return Math.floor((2000 * part + whole) / (2 * whole)) / 10;
}

/** What a screen shows of a score: each 0..100 with one decimal, rounded half up; null where nothing can be said. */
export interface Shown {
  readonly index: number | null;
  /** The index if every missing answer were a 1 ... */
  readonly low: number | null;
  /** ... or a 3. */
  readonly high: number | null;
  readonly coverage: number | null;
}

/** The numbers behind the three integers. No answer applies: all null. None is known: no index, interval 0 to 100. */
export function shown({ excess, known, applicable }: Pick<Score, 'excess' | 'known' | 'applicable'>): Shown {
  return {
    index: known === 0 ? null : perCent(excess, 2 * known),
    low: applicable === 0 ? null : perCent(excess, 2 * applicable),
    high: applicable === 0 ? null : perCent(excess + 2 * (applicable - known), 2 * applicable),
    coverage: applicable === 0 ? null : perCent(known, applicable),
  };
}
