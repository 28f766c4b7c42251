// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Restriction } from '../../people/domain/restriction.ts';
import { bandOf, type Score } from './arithmetic.ts';
import type { Indicator, Instrument } from './instrument.ts';
import type { Answers } from './pack.ts';
import type { QuestionState } from './person-risk.ts';

type Sums = Omit<Score, 'band'>;

/** What one question adds: a scored answer counts as known, "does not apply" leaves both sums, all else is missing. */
function adds(weight: number, score: number | null, applies: boolean): Sums {
  if (!applies) return { excess: 0, known: 0, applicable: 0 };
  return score === null ? { excess: 0, known: 0, applicable: weight } : { excess: weight * (score - 1), known: weight, applicable: weight };
}

const before = ({ weight }: Indicator, held: QuestionState | undefined): Sums =>
  adds(weight, held?.state === 'known' ? held.score : null, held?.state !== 'not-applicable');

/**
 * The index as it moves while one answers: what holds now, with these answers in place of what was said before. Private questions whose
 * earlier answer is not the reader's to know are left as they are until the answers are saved.
 */
export function liveScore(instrument: Instrument, now: Sums, questions: readonly QuestionState[], given: Answers): Score {
  const held = new Map(questions.map((question) => [question.code, question]));
  let { excess, known, applicable } = now;
  for (const indicator of instrument.indicators) {
    const answer = given[indicator.code];
    if (answer === undefined || typeof answer === 'object' || (indicator.protected && !held.has(indicator.code))) continue;
    const old = before(indicator, held.get(indicator.code)),
      fresh = adds(indicator.weight, typeof answer === 'number' ? answer : null, answer !== 'not-applicable');
    excess += fresh.excess - old.excess;
    known += fresh.known - old.known;
    applicable += fresh.applicable - old.applicable;
  }
  return { excess, known, applicable, band: bandOf(excess, known, applicable, instrument.bands) };
}

/**
 * The same of each member while one asks about their household: what is said of it is theirs too. By the open answers alone, whoever asks, as
 * members are shown in a list (docs/decisions/0013-protected-answers.md); what is private counts in no sum before nor after. Whose record is used
 * no further stays as she is: what is said of her household now does not count for her.
 */
export function liveMembers<M extends Sums & { readonly restricted: Restriction }>(
  instrument: Instrument,
  members: readonly M[],
  questions: readonly QuestionState[],
  given: Answers,
): { readonly member: M; readonly score: Score }[] {
  const open = { ...instrument, indicators: instrument.indicators.filter((indicator) => !indicator.protected) };
  return members.map((member) => ({ member, score: liveScore(open, member, questions, member.restricted === null ? given : {}) }));
}
