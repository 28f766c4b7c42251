// SPDX-License-Identifier: AGPL-3.0-or-later
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import type { Measure } from './tried-words.ts';

type Words = Readonly<Record<string, string>>;

/** As much of an instrument as the import page shows; the room of risk owns the whole. */
export interface InstrumentWords {
  readonly code: string;
  readonly scores: string;
  readonly title: Words;
  readonly indicators: readonly {
    readonly code: string;
    readonly title: Words;
    readonly question: Words;
    readonly unit?: string;
    readonly answers?: readonly Words[];
    readonly measure?: { readonly kind: string; readonly per?: number };
  }[];
}
export type IndicatorWords = InstrumentWords['indicators'][number];

export const inWords = (words: Words): string => words[language().code] ?? words.en ?? '';

/** A mapping may name an indicator that nothing here knows: its figure is shown as it stands. */
export function measureOf(words: IndicatorWords | undefined): Measure {
  if (!words) return 'plain';
  return words.measure?.kind === 'rate' ? 'rate' : 'share';
}

/** Those that score places, or those that score people. */
export async function loadInstruments(signal: AbortSignal, scores: 'place' | 'person' = 'place'): Promise<InstrumentWords[]> {
  const answer = await api.get<{ code: string; scores: string }[] | { rows: { code: string; scores: string }[] }>(
    '/instruments',
    undefined,
    { signal },
  );
  const list = 'rows' in answer ? answer.rows : answer;
  return Promise.all(
    list
      .filter((each) => each.scores === scores)
      .map((each) => api.get<InstrumentWords>(`/instruments/${each.code}`, undefined, { signal })),
  );
}
