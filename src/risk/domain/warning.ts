// SPDX-License-Identifier: AGPL-3.0-or-later
import { shown, type Band } from './arithmetic.ts';
import { privateReasonIn, wordsIn } from './drivers.ts';
import type { Indicator, Instrument } from './instrument.ts';
import { openSums } from './open-index.ts';

/** What warns by itself among the answers that hold, whatever the index. */
export interface Warnings {
  /** Questions about the person or her household, in the instrument's order; these lift her in every list. */
  readonly open: readonly Indicator[];
  /** Whether a protected one of those warns; which, only the answers say. */
  readonly hidden: boolean;
  /** Questions about where she lives: said of the place, they lift nobody above her neighbours. */
  readonly ofPlace: readonly Indicator[];
}

/** `answers`: one plain byte an indicator, as they were said (masked ones do not tell which of them warns). */
export function warningsOf({ indicators }: Pick<Instrument, 'indicators'>, answers: ArrayLike<number>): Warnings {
  const warning = indicators.filter((indicator, at) => indicator.warns && answers[at] === 3),
    hers = warning.filter(({ unit }) => unit !== 'place');
  return {
    open: hers.filter((each) => !each.protected),
    hidden: hers.some((each) => each.protected),
    ofPlace: warning.filter((each) => each.unit === 'place' && !each.protected),
  };
}

/**
 * What a list sorts by: whether a warning holds, then the band, then the index of the open answers in tenths. The same as
 * `waymark.open_urgency` (db/migrations/0028_lists.sql).
 */
export function urgencyOf(instrument: Instrument, answers: ArrayLike<number>, band: Band): number {
  const { open, hidden } = warningsOf(instrument, answers);
  const tenths = Math.round((shown(openSums(answers, instrument)).index ?? 0) * 10);
  return (open.length > 0 || hidden ? 10_000 : 0) + band * 2000 + tenths;
}

/**
 * Warnings in words, for a reader who does not see protected answers: the open ones, and only where there is none, "private reason". She is
 * visited for the open one anyway, and nobody learns that there is another (docs/decisions/0013-protected-answers.md).
 */
export function warningsInWords({ open, hidden }: Pick<Warnings, 'open' | 'hidden'>, locale: string): string[] {
  if (open.length > 0) return open.map((indicator) => wordsIn(indicator.reasons[3], locale));
  return hidden ? [privateReasonIn(locale)] : [];
}

/** The day by whose end a visit planned for this week is made: this Friday, or the next from Saturday on. ISO days. */
export function visitWeek(today: string): { readonly by: string; readonly before: string } {
  const at = new Date(`${today}T00:00:00Z`);
  const ahead = (days: number): string => new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  const toFriday = (5 - at.getUTCDay() + 7) % 7;
  return { by: ahead(toFriday), before: ahead(toFriday + 1) };
}
