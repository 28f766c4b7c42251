// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument, Words } from './instrument.ts';
import type { Reason } from './map-data.ts';

/** The words in a reader's language: the exact tag, its first part ("th-TH" -> "th"), or English. */
export function wordsIn(words: Words, locale: string): string {
  // A language is asked for in an address, where anybody may write "constructor".
  const said = (tag: string): string | undefined => (Object.hasOwn(words, tag) ? words[tag] : undefined);
  return said(locale) ?? said(locale.split('-')[0] ?? '') ?? words.en;
}

const privateReason: Words = { en: 'private reason', th: 'เหตุผลส่วนตัว', km: 'មូលហេតុឯកជន' };

/** What stands in place of a protected answer. */
export function privateReasonIn(locale: string): string {
  return wordsIn(privateReason, locale);
}

/**
 * Why somebody stands where they stand: answers of 3 first, then of 2, heavier indicators before lighter ones, then in the instrument's
 * order. `answers`: one plain byte an indicator. A protected answer says "private reason" and carries no code; several of them say it once,
 * so that their number tells nothing, with the score of the worst.
 */
export function drivers(instrument: Instrument, answers: ArrayLike<number>, locale: string, limit = Number.POSITIVE_INFINITY): Reason[] {
  const ranked = instrument.indicators
    .map((indicator, position) => ({ indicator, position, score: answers[position] ?? 0 }))
    .filter(({ score }) => score === 3 || score === 2)
    .sort((a, b) => b.score - a.score || b.indicator.weight - a.indicator.weight || a.position - b.position);
  const reasons: Reason[] = [];
  let privateSaid = false;
  for (const { indicator, score } of ranked) {
    if (indicator.protected) {
      if (!privateSaid) reasons.push({ code: null, text: privateReasonIn(locale), score });
      privateSaid = true;
    } else {
      reasons.push({ code: indicator.code, text: wordsIn(indicator.reasons[score === 3 ? 3 : 2], locale), score });
    }
  }
  return reasons.slice(0, limit);
}
