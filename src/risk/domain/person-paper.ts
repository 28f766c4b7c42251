// SPDX-License-Identifier: AGPL-3.0-or-later
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { shown, type Shown } from './arithmetic.ts';
import { foldPerson } from './fold.ts';
import type { Indicator } from './instrument.ts';
import { scoreOfSome } from './open-index.ts';
import type { Reading, SeenAssessment } from './past-words.ts';
import type { TimelineEntry } from './person-risk.ts';

/** How somebody stands by the answers that are on the page she is handed, and by nothing else. */
export interface PaperStanding extends Pick<Shown, 'index' | 'low' | 'high'> {
  readonly band: number;
  readonly observedOn: string | null;
  readonly validUntil: string | null;
}

/** What the risk room says of somebody on a page or in a file that she is handed. */
export interface PersonOnPaper {
  readonly instrument: { readonly code: string; readonly title: string };
  readonly instruments: readonly { readonly code: string }[];
  /** Null: she is not counted (died, left). */
  readonly standing: PaperStanding | null;
  /** How many private questions are left out. */
  readonly hidden: number;
  /** Without answers about places. */
  readonly timeline: readonly (TimelineEntry & { readonly about: 'person' | 'household' })[];
}

/**
 * Whether a question may be told on paper. A private one about the household never: somebody else of it may have answered, and the one who is
 * handed the page, or finds it, may be the one who is feared (docs/decisions/0013-protected-answers.md). One about herself where the reader may read it.
 */
export const tellsOnPaper = ({ protected: isPrivate, unit }: Indicator, whole: boolean): boolean =>
  !isPrivate || (whole && unit === 'person');

/** An assessment as if nothing private had been asked of the household, under whichever version it was recorded. */
export function withoutHouseholdsSecrets(a: SeenAssessment): SeenAssessment {
  if (a.subjectKind !== 'household') return a;
  return { ...a, answers: a.answers.map((byte, position) => (a.instrument.indicators[position]?.protected ? 0 : byte)) };
}

/**
 * Index, band and dates of what may be told. Neither the figures nor the days follow from an answer that is left out, so that nothing can be
 * worked back from the answers printed beside them.
 */
export function paperStanding(history: readonly SeenAssessment[], { instrument, sex, at, zone, whole }: Reading): PaperStanding {
  const held = foldPerson(history, instrument, sex, at);
  const counts = (indicator: Indicator): boolean => tellsOnPaper(indicator, whole);
  const { band, ...sums } = scoreOfSome(
    held.map(({ answer }) => answer),
    instrument,
    counts,
  );
  const said = held.filter(({ answer }, i) => counts(instrument.indicators[i]!) && [1, 2, 3, 6].includes(answer));
  const day = (moments: readonly (number | null)[], pick: (...all: number[]) => number): string | null => {
    const known = moments.filter((moment) => moment !== null);
    return known.length === 0 ? null : dateAt(pick(...known), zone);
  };
  const { index, low, high } = shown(sums);
  return {
    band,
    index,
    low,
    high,
    observedOn: day(
      said.map(({ observedAt }) => observedAt),
      Math.max,
    ),
    validUntil: day(
      said.map(({ validUntil }) => validUntil),
      Math.min,
    ),
  };
}
