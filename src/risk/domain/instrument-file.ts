// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static, type TProperties } from 'typebox';
import type { Cuts, Indicator, Instrument, Words } from './instrument.ts';

const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const language = '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$';
const wordsUpTo = (most: number) =>
  Type.Record(Type.String({ pattern: language }), Type.String({ maxLength: most }), {
    additionalProperties: false,
    description: 'a language such as en, th or km',
  });
const oneOf = <const T extends string>(...values: T[]) => Type.Unsafe<T>(Type.Enum(values, { description: `one of ${values.join(', ')}` }));
const Whole = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` });
const YesNo = Type.Boolean({ description: 'true or false' });
const Short = wordsUpTo(300),
  Long = wordsUpTo(2000);

const IndicatorInFile = closed({
  code: Type.String({
    pattern: '^[a-z][a-z0-9_]{1,62}$',
    description: 'small letters, digits and _, beginning with a letter, such as school_attendance',
  }),
  unit: oneOf('person', 'household', 'place'),
  theme: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'small letters, digits and -, such as basic-needs' }),
  weight: Type.Optional(Whole(1, 100)),
  months: Whole(1, 240),
  warns: Type.Optional(YesNo),
  protected: Type.Optional(YesNo),
  bySex: Type.Optional(YesNo),
  title: Short,
  question: Long,
  answers: Type.Tuple([Short, Short, Short]),
  reasons: closed({ 2: Short, 3: Short }),
  cuts: Type.Optional(
    closed({
      method: oneOf('fixed', 'terciles'),
      worse: oneOf('higher', 'lower'),
      at: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
      source: Long,
    }),
  ),
  measure: Type.Optional(closed({ kind: oneOf('share', 'rate'), per: Type.Optional(Whole(1, 1_000_000)) })),
});
export type IndicatorInFile = Static<typeof IndicatorInFile>;

/** How a version of an instrument is written in a file (YAML): the definition as it will be published, and the languages in which it speaks. */
export const InstrumentFile = closed({
  code: Type.String({
    pattern: '^[a-z][a-z0-9-]{1,62}$',
    description: 'small letters, digits and -, beginning with a letter, such as household-28',
  }),
  version: Whole(1, 100_000),
  scores: oneOf('person', 'place'),
  languages: Type.Array(Type.String({ pattern: language, description: 'a language such as en, th or km' }), { minItems: 1, maxItems: 20 }),
  title: Short,
  description: Long,
  bands: closed({ medium: Whole(1, 99), high: Whole(2, 100), coverage: Whole(1, 100) }),
  indicators: Type.Array(IndicatorInFile, { minItems: 1, maxItems: 250 }),
});
export type InstrumentFile = Static<typeof InstrumentFile>;
export const indicatorSchema = IndicatorInFile;

const trimmed = (words: Readonly<Record<string, string>>): Words =>
  Object.fromEntries(Object.entries(words).map(([tag, text]) => [tag, text.trim()])) as Words;

/** A question as it is published, with what a file may leave out. */
export function indicatorOf(given: IndicatorInFile): Indicator {
  const [first, second, third] = given.answers;
  const { cuts, measure } = given;
  return {
    code: given.code,
    unit: given.unit,
    theme: given.theme,
    weight: given.weight ?? 1,
    months: given.months,
    warns: given.warns ?? false,
    protected: given.protected ?? false,
    bySex: given.bySex ?? false,
    title: trimmed(given.title),
    question: trimmed(given.question),
    answers: [trimmed(first), trimmed(second), trimmed(third)],
    reasons: { 2: trimmed(given.reasons[2]), 3: trimmed(given.reasons[3]) },
    ...(cuts ? { cuts: { ...cuts, source: trimmed(cuts.source) } as Cuts } : {}),
    ...(measure ? { measure: measure.kind === 'rate' ? { kind: 'rate', per: measure.per ?? 1 } : { kind: 'share' } } : {}),
  };
}

export function definitionOf({ code, version, scores, title, description, bands, indicators }: InstrumentFile): Instrument {
  return {
    code,
    version,
    scores,
    title: trimmed(title),
    description: trimmed(description),
    bands,
    indicators: indicators.map((each) => indicatorOf(each)),
  };
}

/** Every passage of words, and the way to it; `part` as a person would call it. */
export function* passagesOf(indicator: Pick<Indicator, 'title' | 'question' | 'answers' | 'reasons' | 'cuts'>): Generator<{
  readonly path: readonly (string | number)[];
  readonly part: string;
  readonly words: Readonly<Record<string, string>>;
}> {
  yield { path: ['title'], part: 'title', words: indicator.title };
  yield { path: ['question'], part: 'question', words: indicator.question };
  for (const [i, words] of indicator.answers.entries()) yield { path: ['answers', i], part: `answer ${i + 1}`, words };
  for (const score of [2, 3] as const) yield { path: ['reasons', String(score)], part: `reason ${score}`, words: indicator.reasons[score] };
  if (indicator.cuts) yield { path: ['cuts', 'source'], part: 'source of the cuts', words: indicator.cuts.source };
}

/** The languages in which all of it speaks, English first. */
export function languagesOf({ title, description, indicators }: Instrument): string[] {
  const all: Readonly<Record<string, string>>[] = [title, description];
  for (const indicator of indicators) for (const { words } of passagesOf(indicator)) all.push(words);
  const common = Object.keys(title).filter((tag) => all.every((words) => Object.hasOwn(words, tag)));
  return ['en', ...common.filter((tag) => tag !== 'en').sort()];
}

/** The file to start the next version from: what is published, in these languages, under the next number. */
export function fileOf(instrument: Instrument, languages: readonly string[], version: number): InstrumentFile {
  const said = (words: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(languages.flatMap((tag) => (words[tag] === undefined ? [] : [[tag, words[tag]]])));
  return {
    code: instrument.code,
    version,
    scores: instrument.scores,
    languages: [...languages],
    title: said(instrument.title),
    description: said(instrument.description),
    bands: { ...instrument.bands },
    indicators: instrument.indicators.map(
      ({ code, unit, theme, weight, months, warns, bySex, protected: hidden, cuts, measure, ...words }) => ({
        code,
        unit,
        theme,
        weight,
        months,
        ...(warns ? { warns } : {}),
        ...(hidden ? { protected: hidden } : {}),
        ...(bySex ? { bySex } : {}),
        title: said(words.title),
        question: said(words.question),
        answers: [said(words.answers[0]), said(words.answers[1]), said(words.answers[2])],
        reasons: { 2: said(words.reasons[2]), 3: said(words.reasons[3]) },
        ...(cuts ? { cuts: { ...cuts, source: said(cuts.source) } } : {}),
        ...(measure ? { measure: { ...measure } } : {}),
      }),
    ),
  };
}
