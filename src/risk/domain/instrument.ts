// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** Words by BCP 47 language tag; `en` is always there and is what other languages fall back to. */
export const Words = Type.Intersect([Type.Object({ en: Type.String() }), Type.Record(Type.String(), Type.String())]);
export type Words = Static<typeof Words>;

/** Places only: how a measured value becomes an answer. */
export const Cuts = Type.Object({
  /** `fixed`: values below `at[0]` score 1, below `at[1]` score 2, else 3 (mirrored for `lower-is-worse`). `terciles`: the two cuts are the country's terciles at the level measured, computed at import and kept with the batch. */
  method: Type.Union([Type.Literal('fixed'), Type.Literal('terciles')]),
  worse: Type.Union([Type.Literal('higher'), Type.Literal('lower')]),
  at: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
  /** Where the thresholds come from, for the reader. */
  source: Words,
});
export type Cuts = Static<typeof Cuts>;

export const Indicator = Type.Object({
  code: Type.String({ pattern: '^[a-z][a-z0-9_]{1,62}$' }),
  /** Whose answer it is; people inherit their household's and their place's. */
  unit: Type.Union([Type.Literal('person'), Type.Literal('household'), Type.Literal('place')]),
  /** Heading under which it stands: life-and-care, education ... */
  theme: Type.String(),
  weight: Type.Integer({ minimum: 1, maximum: 100 }),
  /** How long an answer stays valid. */
  months: Type.Integer({ minimum: 1, maximum: 240 }),
  /** A 3 raises an early warning by itself. */
  warns: Type.Boolean(),
  /** Readable afterwards only by the person and her case worker; elsewhere a "private reason". */
  protected: Type.Boolean(),
  /** Holds one answer for females and one for males. */
  bySex: Type.Boolean(),
  title: Words,
  question: Words,
  answers: Type.Tuple([Words, Words, Words]),
  /** A sentence for a list of reasons, used when the answer is 3 and 2: "no local work for those who finish school". */
  reasons: Type.Object({ 2: Words, 3: Words }),
  cuts: Type.Optional(Cuts),
  /** Unit of the measured value: a share shown as per cent, or a rate per this many people. */
  measure: Type.Optional(
    Type.Union([Type.Object({ kind: Type.Literal('share') }), Type.Object({ kind: Type.Literal('rate'), per: Type.Integer() })]),
  ),
});
export type Indicator = Static<typeof Indicator>;

export const Instrument = Type.Object({
  code: Type.String({ pattern: '^[a-z][a-z0-9-]{1,62}$' }),
  version: Type.Integer({ minimum: 1 }),
  /** What it gives a standing to. A person's instrument also holds household and place answers. */
  scores: Type.Union([Type.Literal('person'), Type.Literal('place')]),
  title: Words,
  description: Words,
  /** Whole per cents: high if index >= high, medium if >= medium; unknown when coverage < coverage. */
  bands: Type.Object({ medium: Type.Integer(), high: Type.Integer(), coverage: Type.Integer() }),
  indicators: Type.Array(Indicator, { minItems: 1, maxItems: 250 }),
});
export type Instrument = Static<typeof Instrument>;

/** Whether its answers are scored from measured values: they come with the file that measured them and from nobody's hand. */
export const madeOfStatistics = ({ indicators }: Pick<Instrument, 'indicators'>): boolean =>
  indicators.some(({ cuts }) => cuts !== undefined);

/** Asked of places by somebody who knows them. */
export const asksOfPlaces = (instrument: Pick<Instrument, 'indicators'>): boolean =>
  !madeOfStatistics(instrument) && instrument.indicators.some(({ unit }) => unit === 'place');

/** One byte of a packed assessment (db/migrations/0010_assessments.sql). */
export const answerCodes = { notAsked: 0, one: 1, two: 2, three: 3, unknown: 4, refused: 5, notApplicable: 6, withdrawn: 7 } as const;
export type AnswerCode = (typeof answerCodes)[keyof typeof answerCodes];
