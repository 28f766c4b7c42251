// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Restriction } from '../../people/domain/restriction.ts';
import { PlaceRef } from '../../places/domain/place.ts';
import { Reason } from './map-data.ts';
import { Answer } from './pack.ts';
import { ListRow } from './people-list.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Unit = Type.Union([Type.Literal('person'), Type.Literal('household'), Type.Literal('place')]);

export const RiskQuery = Type.Object({
  instrument: Type.Optional(Type.String({ maxLength: 64 })),
  /** A past day, as everything stood at its end; default now. */
  on: Type.Optional(Type.String({ format: 'date' })),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
});
export type RiskQuery = Static<typeof RiskQuery>;

export const ShownScore = Type.Object({
  band: Type.Integer({ minimum: 0, maximum: 3 }),
  index: orNull(Type.Number()),
  low: orNull(Type.Number()),
  high: orNull(Type.Number()),
  coverage: orNull(Type.Number()),
});
export type ShownScore = Static<typeof ShownScore>;

/** The three integers behind an index (arithmetic.ts), so that it can move on screen as one answers. */
const Sums = Type.Object({ excess: Type.Integer(), known: Type.Integer(), applicable: Type.Integer() });

/** One question and what holds for it. Protected ones are here only for whoever may read them. */
export const QuestionState = Type.Object({
  code: Type.String(),
  unit: Unit,
  title: Type.String(),
  private: Type.Boolean(),
  /** `unknown`, `refused`: asked, and that was the answer. `expired`: what was said holds no more. `never`: not asked yet, or taken back. */
  state: Type.Union([
    Type.Literal('known'),
    Type.Literal('not-applicable'),
    Type.Literal('unknown'),
    Type.Literal('refused'),
    Type.Literal('expired'),
    Type.Literal('never'),
  ]),
  /** What was said last, 1 to 3; null where it was no such answer. */
  score: orNull(Type.Integer()),
  text: orNull(Type.String()),
  observedOn: orNull(Type.String()),
  /** Until when it holds, or held. */
  validUntil: orNull(Type.String()),
});
export type QuestionState = Static<typeof QuestionState>;

export const TimelineAnswer = Type.Object({
  code: Type.String(),
  title: Type.String(),
  answer: Answer,
  /** The words of a scored answer. */
  text: orNull(Type.String()),
  /** Which side, of a question that has one answer a sex. */
  side: orNull(Type.Union([Type.Literal('female'), Type.Literal('male')])),
  /** Corrected or taken back later, on which day and in which role: it counts no more. Null: it was not. */
  voided: orNull(Type.Object({ takenBack: Type.Boolean(), on: Type.String(), role: orNull(Type.String()) })),
});
export type TimelineAnswer = Static<typeof TimelineAnswer>;

/** One visit, or a correction of one, as it was recorded. By role, never by name. */
export const TimelineEntry = Type.Object({
  assessmentId: Type.String(),
  about: Unit,
  place: orNull(PlaceRef),
  kind: Type.Union([Type.Literal('visit'), Type.Literal('correction'), Type.Literal('retraction')]),
  supersedes: orNull(Type.String()),
  observedAt: Type.String({ format: 'date-time' }),
  recordedAt: Type.String({ format: 'date-time' }),
  /** Both as days of the place, which are not always those of whoever reads. */
  observedOn: Type.String(),
  recordedOn: Type.String(),
  role: orNull(Type.String()),
  imported: Type.Boolean(),
  answers: Type.Array(TimelineAnswer),
  /** Stands for all protected answers that are not the reader's to read. */
  privateReason: orNull(Type.String()),
});
export type TimelineEntry = Static<typeof TimelineEntry>;

const Scored = Type.Object({ code: Type.String(), version: Type.Integer(), title: Type.String() });
const shared = {
  instrument: Scored,
  instruments: Type.Array(Type.Object({ code: Type.String(), title: Type.String() })),
  place: PlaceRef,
  /** The day this speaks of. */
  asOf: Type.String(),
  past: Type.Boolean(),
  /** Whether protected answers are among the questions and in the timeline: the reader is the person or her case worker. */
  whole: Type.Boolean(),
  /** How many questions of this kind are private and not shown here. */
  privateQuestions: Type.Integer(),
  questions: Type.Array(QuestionState),
  /** Newest first. */
  timeline: Type.Array(TimelineEntry),
};

/** GET /api/people/:regionId/:personId/risk */
export const PersonRisk = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  householdId: orNull(Type.String()),
  ...shared,
  sex: Type.Integer(),
  ageGroup: orNull(Type.Integer()),
  restricted: Restriction,
  /** She asks to have an answer set right, and the reader may do that: also while her record is used no further. */
  asksToSetRight: Type.Boolean(),
  /** Null: she was not counted on that day (died, left, merged). */
  standing: orNull(
    Type.Intersect([
      ShownScore,
      Type.Object({
        observedOn: orNull(Type.String()),
        validUntil: orNull(Type.String()),
      }),
      /** Of the open answers alone where the reader does not see the protected ones. */
      Sums,
    ]),
  ),
  reasons: Type.Array(Reason),
  /** Sentences about answers of hers and her household's that are a warning by themselves. */
  warnings: Type.Array(Type.String()),
  /** The same about where she lives. */
  placeWarnings: Type.Array(Type.String()),
  /** The index after each visit, oldest first. */
  history: Type.Array(Type.Intersect([ShownScore, Type.Object({ date: Type.String() })])),
});
export type PersonRisk = Static<typeof PersonRisk>;

/** A member as a list shows her, with the sums of the open answers: the same to every reader. */
export const MemberRow = Type.Intersect([ListRow, Sums]);
export type MemberRow = Static<typeof MemberRow>;

/** GET /api/households/:regionId/:householdId/risk */
export const HouseholdRisk = Type.Object({
  regionId: Type.Integer(),
  householdId: Type.String(),
  ...shared,
  reasons: Type.Array(Reason),
  warnings: Type.Array(Type.String()),
  /** Who lives in it, as they stand now; of a past day, who lived in it then, as they stood. */
  members: Type.Array(MemberRow),
});
export type HouseholdRisk = Static<typeof HouseholdRisk>;

/** GET /api/places/:placeId/risk: what is asked of a place itself, and handed down to everybody who lives there. */
export const PlaceRisk = Type.Object({
  regionId: Type.Integer(),
  placeId: Type.String(),
  ...shared,
  /** Questions that hold one answer a sex stand here and not among the others. */
  female: Type.Array(QuestionState),
  male: Type.Array(QuestionState),
  /** How many people an answer concerns; null where it concerns none of them, or the reader may not count them. */
  people: orNull(Type.Integer()),
});
export type PlaceRisk = Static<typeof PlaceRisk>;
