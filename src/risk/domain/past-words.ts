// SPDX-License-Identifier: AGPL-3.0-or-later
import { dateAt } from '../../platform/domain/zoned-time.ts';
import type { PlaceRef } from '../../places/domain/place.ts';
import { drivers, privateReasonIn, wordsIn } from './drivers.ts';
import { foldPerson, sidesOf, type Effective, type PastAssessment } from './fold.ts';
import type { Indicator, Instrument } from './instrument.ts';
import { unpackAnswers, type Answer, type Answers } from './pack.ts';
import type { QuestionState, TimelineAnswer, TimelineEntry } from './person-risk.ts';
import { validUntil } from './valid-until.ts';
import { warningsOf } from './warning.ts';

/** An assessment as a reader may see it: protected answers are there, or each byte says the worst of them. */
export interface SeenAssessment extends PastAssessment {
  readonly whole: boolean;
  readonly place: PlaceRef | null;
  readonly role: string | null;
  readonly imported: boolean;
}

/** Who reads: in which language, in which time zone, at which moment, about somebody of which sex (ISO 5218). */
export interface Reading {
  readonly instrument: Instrument;
  readonly at: number;
  readonly zone: string;
  readonly locale: string;
  readonly sex: number;
  /** Whether the reader sees protected answers. */
  readonly whole: boolean;
  /** Questions of other kinds of holders are left out. */
  readonly units: readonly Indicator['unit'][];
}

const onDay = (moment: number | null, zone: string): string | null => (moment === null ? null : dateAt(moment, zone));
const scored = (answer: number): boolean => answer >= 1 && answer <= 3;

/** The same history as if nothing ever ran out: tells "ran out" from "never asked". */
const lasting = (history: readonly PastAssessment[]): PastAssessment[] =>
  history.map((a) => ({ ...a, validUntil: a.validUntil.map(() => Number.MAX_SAFE_INTEGER) }));

function stateOf(holds: Effective, last: Effective): QuestionState['state'] {
  if (holds.observedAt === null) return last.observedAt === null ? 'never' : 'expired';
  if (scored(holds.answer)) return 'known';
  return holds.answer === 6 ? 'not-applicable' : holds.answer === 5 ? 'refused' : 'unknown';
}

/** Every question that the reader may know of: what holds for it, until when, or what is missing. */
export function questionsOf(history: readonly SeenAssessment[], reading: Reading): QuestionState[] {
  const { instrument, at, zone, locale, sex, whole, units } = reading;
  const holds = foldPerson(history, instrument, sex, at),
    last = foldPerson(lasting(history), instrument, sex, at);
  return instrument.indicators.flatMap((indicator, i): QuestionState[] => {
    // Of a household she has left, her case worker gets masked answers: what each of them says is not known to the reader.
    const masked = !whole || history.some((each) => !each.whole && each.subjectKind === indicator.unit);
    if (!units.includes(indicator.unit) || (indicator.protected && masked)) return [];
    const now = holds[i]!,
      before = last[i]!,
      score = scored(before.answer) ? before.answer : null;
    return [
      {
        code: indicator.code,
        unit: indicator.unit,
        title: wordsIn(indicator.title, locale),
        private: indicator.protected,
        state: stateOf(now, before),
        score,
        text: score === null ? null : wordsIn(indicator.answers[score - 1]!, locale),
        observedOn: onDay(before.observedAt, zone),
        validUntil: onDay(
          now.validUntil ?? (before.observedAt === null ? null : validUntil(before.observedAt, indicator.months, zone)),
          zone,
        ),
      },
    ];
  });
}

/** The sides of a by-sex answer that are about this reader's person; null for a question that has one answer for everybody. */
function saidOf(given: Answers[string], sex: number): readonly (readonly [TimelineAnswer['side'], Answer])[] {
  if (typeof given !== 'object') return [[null, given]];
  const sides = sidesOf(sex).map((side) => (side === 0 ? ('female' as const) : ('male' as const)));
  return sides.flatMap((side) => (given[side] === undefined ? [] : [[side, given[side]] as const]));
}

/** An answer as it was given; of both sexes apart where one of them alone was set right. */
function givenOf(given: Answers[string], corrections: readonly { readonly said: Answers }[], code: string): Answers[string] {
  const apart = typeof given !== 'object' && corrections.some(({ said }) => typeof said[code] === 'object');
  return apart ? { female: given, male: given } : given;
}

/** What a correction says in place of an answer, or of one side of it; undefined where it does not speak of that. */
const insteadOf = (said: Answers[string] | undefined, side: TimelineAnswer['side']): Answer | undefined =>
  typeof said !== 'object' ? said : side === null ? undefined : said[side];

function answersOf(a: SeenAssessment, history: readonly SeenAssessment[], { locale, sex, zone }: Reading): TimelineAnswer[] {
  const corrections = history
    .filter((c) => c.supersedes === a.assessmentId)
    .toSorted((one, other) => one.recordedAt - other.recordedAt)
    .map(({ instrument, answers, recordedAt, role }) => ({ said: unpackAnswers(instrument, answers), recordedAt, role }));
  return Object.entries(unpackAnswers(a.instrument, a.answers)).flatMap(([code, given]) => {
    const indicator = a.instrument.indicators.find((each) => each.code === code)!;
    if (indicator.protected && !a.whole) return [];
    return saidOf(givenOf(given, corrections, code), sex).map(([side, answer]) => {
      // The first that touched it made an end of it, whatever became of that one; what was set right of the other sex is not about it.
      const [by] = corrections.flatMap(({ said, recordedAt, role }) => {
        const instead = insteadOf(said[code], side);
        return instead === undefined ? [] : [{ takenBack: instead === 'withdrawn', on: dateAt(recordedAt, zone), role }];
      });
      return {
        code,
        title: wordsIn(indicator.title, locale),
        answer,
        text: typeof answer === 'number' ? wordsIn(indicator.answers[answer - 1]!, locale) : null,
        side,
        voided: by ?? null,
      };
    });
  });
}

/** Whether a masked assessment holds a protected answer that counts as a reason; which and how many, nobody is told. */
function hidesReason({ whole, instrument, answers }: SeenAssessment): boolean {
  return !whole && instrument.indicators.some((indicator, i) => indicator.protected && (answers[i] === 2 || answers[i] === 3));
}

/** What was recorded, newest first; corrections and retractions stand as such beside what they void. */
export function timelineOf(history: readonly SeenAssessment[], reading: Reading): TimelineEntry[] {
  return history
    .filter((a) => a.observedAt <= reading.at)
    .toSorted((a, b) => b.observedAt - a.observedAt || b.recordedAt - a.recordedAt || (a.assessmentId < b.assessmentId ? 1 : -1))
    .map((a): TimelineEntry => {
      const answers = answersOf(a, history, reading),
        hidden = hidesReason(a);
      const retracts = a.supersedes !== null && !hidden && answers.every(({ answer }) => answer === 'withdrawn');
      return {
        assessmentId: a.assessmentId,
        about: a.subjectKind,
        place: a.place,
        kind: a.supersedes === null ? 'visit' : retracts ? 'retraction' : 'correction',
        supersedes: a.supersedes,
        observedAt: new Date(a.observedAt).toISOString(),
        recordedAt: new Date(a.recordedAt).toISOString(),
        observedOn: dateAt(a.observedAt, reading.zone),
        recordedOn: dateAt(a.recordedAt, reading.zone),
        role: a.role,
        imported: a.imported,
        answers,
        privateReason: hidden ? privateReasonIn(reading.locale) : null,
      };
    });
}

/**
 * Sentences about answers that warn by themselves: of her and her household, and of where she lives. All protected ones together say "private
 * reason" once. Masked answers do not tell which of them warns, so for whoever reads those `alone` says whether a protected one does and no
 * open one (`waymark.private_warnings`).
 */
export function warningsIn(
  instrument: Instrument,
  answers: ArrayLike<number>,
  { locale, whole }: Pick<Reading, 'locale' | 'whole'>,
  alone: boolean,
): { warnings: string[]; placeWarnings: string[] } {
  const { open, hidden, ofPlace } = warningsOf(instrument, answers);
  return {
    warnings: [
      ...open.map((indicator) => wordsIn(indicator.reasons[3], locale)),
      ...((whole ? hidden : alone && open.length === 0) ? [privateReasonIn(locale)] : []),
    ],
    placeWarnings: ofPlace.map((indicator) => wordsIn(indicator.reasons[3], locale)),
  };
}

/** The reasons and warnings of a holder alone, from what holds for her unprotected questions and, where they are hidden, the worst of the rest. */
export function reasonsOfHeld(history: readonly SeenAssessment[], reading: Reading, alone: boolean) {
  const { instrument, at, sex, locale, units } = reading;
  const answers = foldPerson(history, instrument, sex, at).map((each, i) =>
    units.includes(instrument.indicators[i]!.unit) ? each.answer : 0,
  );
  return { reasons: drivers(instrument, answers, locale), warnings: warningsIn(instrument, answers, reading, alone).warnings };
}
