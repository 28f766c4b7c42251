// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator, Instrument, Words } from '../instrument.ts';
import { shippedInstruments } from './index.ts';
import { householdInKhmer } from './khmer-household-28.ts';
import { placesInKhmer } from './khmer-place-secondary-1.ts';

/** One indicator in one language. */
export interface IndicatorWords {
  readonly title: string;
  readonly question: string;
  readonly answers: readonly [string, string, string];
  /** For an answer of 2, for an answer of 3. */
  readonly reasons: readonly [two: string, three: string];
  /** Where the thresholds come from, if it has any. */
  readonly cuts?: string;
}

/** A shipped instrument in one language. */
export interface InstrumentWords {
  readonly title: string;
  readonly description: string;
  readonly indicators: Readonly<Record<string, IndicatorWords>>;
}

/**
 * Languages that came after an instrument was published. A published version never changes, so their words stand beside it and are added when
 * it is read; a version 2 made for words alone would retire a version without asking anything else.
 */
const later: Readonly<Record<string, Readonly<Record<string, InstrumentWords>>>> = {
  km: { 'household-28': householdInKhmer, 'place-secondary-1': placesInKhmer },
};

/** Only beside the very English that was translated: who asks something else under the same code has other words, or none. */
function beside(words: Words, shipped: Words | undefined, language: string, said: string | undefined): Words {
  if (said === undefined || words.en !== shipped?.en || Object.hasOwn(words, language)) return words;
  return { ...words, [language]: said };
}

function indicatorIn(language: string, indicator: Indicator, shipped: Indicator, said: IndicatorWords): Indicator {
  const put = (words: Words, was: Words | undefined, text: string | undefined): Words => beside(words, was, language, text);
  const [first, second, third] = indicator.answers;
  return {
    ...indicator,
    title: put(indicator.title, shipped.title, said.title),
    question: put(indicator.question, shipped.question, said.question),
    answers: [
      put(first, shipped.answers[0], said.answers[0]),
      put(second, shipped.answers[1], said.answers[1]),
      put(third, shipped.answers[2], said.answers[2]),
    ],
    reasons: {
      2: put(indicator.reasons[2], shipped.reasons[2], said.reasons[0]),
      3: put(indicator.reasons[3], shipped.reasons[3], said.reasons[1]),
    },
    ...(indicator.cuts ? { cuts: { ...indicator.cuts, source: put(indicator.cuts.source, shipped.cuts?.source, said.cuts) } } : {}),
  };
}

/** The instrument with the words of all languages that Waymark has for it. What an installation wrote itself stays as it is. */
export function inAllLanguages(instrument: Instrument): Instrument {
  const shipped = shippedInstruments.find(({ code }) => code === instrument.code);
  if (!shipped) return instrument;
  const known = new Map(shipped.indicators.map((indicator) => [indicator.code, indicator]));
  let read = instrument;
  for (const [language, instruments] of Object.entries(later)) {
    const said = instruments[instrument.code];
    if (!said) continue;
    read = {
      ...read,
      title: beside(read.title, shipped.title, language, said.title),
      description: beside(read.description, shipped.description, language, said.description),
      indicators: read.indicators.map((indicator) => {
        const was = known.get(indicator.code),
          words = Object.hasOwn(said.indicators, indicator.code) ? said.indicators[indicator.code] : undefined;
        return was && words ? indicatorIn(language, indicator, was, words) : indicator;
      }),
    };
  }
  return read;
}
