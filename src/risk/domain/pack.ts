// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import type { Indicator, Instrument } from './instrument.ts';

export const SubjectKind = Type.Union([Type.Literal('person'), Type.Literal('household'), Type.Literal('place')]);
export type SubjectKind = Static<typeof SubjectKind>;

/** One answer as people and files give it. `withdrawn` takes back the answer of the assessment that is superseded. */
export const Answer = Type.Union([
  Type.Literal(1),
  Type.Literal(2),
  Type.Literal(3),
  Type.Literal('unknown'),
  Type.Literal('refused'),
  Type.Literal('not-applicable'),
  Type.Literal('withdrawn'),
]);
export type Answer = Static<typeof Answer>;

/** For an indicator that holds one answer per sex: one side may be left out; a plain answer counts for both. */
export const BySex = Type.Object({ female: Type.Optional(Answer), male: Type.Optional(Answer) }, { additionalProperties: false });
export type BySex = Static<typeof BySex>;

/** By indicator code; an indicator that was not asked is left out. */
export const Answers = Type.Record(Type.String(), Type.Union([Answer, BySex]));
export type Answers = Static<typeof Answers>;

const words: readonly Answer[] = [1, 2, 3, 'unknown', 'refused', 'not-applicable', 'withdrawn'];

function codeOf(answer: unknown, indicator: Indicator): number {
  const at = words.indexOf(answer as Answer);
  if (at < 0)
    throw new Problem(
      'bad-input',
      `"${String(answer)}" is not an answer to ${indicator.code}; it takes 1, 2, 3, unknown, refused, not-applicable or withdrawn.`,
    );
  return at + 1;
}

function byteOf(given: Answer | BySex, indicator: Indicator): number {
  if (typeof given !== 'object' || given === null) {
    const code = codeOf(given, indicator);
    return indicator.bySex ? code | (code << 4) : code;
  }
  if (!indicator.bySex) throw new Problem('bad-input', `${indicator.code} holds one answer for everybody, not one per sex.`);
  const female = given.female === undefined ? 0 : codeOf(given.female, indicator);
  const male = given.male === undefined ? 0 : codeOf(given.male, indicator);
  if (female === 0 && male === 0) throw new Problem('bad-input', `${indicator.code} has an answer for neither sex.`);
  return female | (male << 4);
}

/** Does any byte (either side of a by-sex one) take an answer back? */
function withdraws(byte: number): boolean {
  return (byte & 15) === 7 || byte >> 4 === 7;
}

/**
 * Packs answers into one byte an indicator (db/migrations/0010_assessments.sql). Throws Problem 'bad-input' for an indicator the instrument does
 * not know, one that belongs to another kind of subject, a word that is no answer, no answer at all, and a withdrawal that supersedes nothing.
 */
export function packAnswers(instrument: Instrument, kind: SubjectKind, answers: Answers, supersedes: string | null = null): Uint8Array {
  const bytes = new Uint8Array(instrument.indicators.length);
  for (const [code, given] of Object.entries(answers)) {
    const position = instrument.indicators.findIndex((i) => i.code === code);
    const indicator = instrument.indicators[position];
    if (!indicator) throw new Problem('bad-input', `${instrument.code} has no indicator ${code}.`);
    if (indicator.unit !== kind) throw new Problem('bad-input', `${code} is asked of a ${indicator.unit}, not of a ${kind}.`);
    const byte = byteOf(given, indicator);
    if (supersedes === null && withdraws(byte)) throw new Problem('bad-input', `${code} is withdrawn, but no earlier assessment is named.`);
    bytes[position] = byte;
  }
  if (!bytes.some((byte) => byte !== 0)) throw new Problem('bad-input', 'There is no answer in this assessment.');
  return bytes;
}

/** The reverse of packAnswers. Throws a RangeError when the bytes do not fit the instrument: the row and the instrument do not belong together. */
export function unpackAnswers(instrument: Instrument, bytes: Uint8Array): Answers {
  if (bytes.length !== instrument.indicators.length) {
    throw new RangeError(
      `${bytes.length} packed answers for the ${instrument.indicators.length} indicators of ${instrument.code} version ${instrument.version}`,
    );
  }
  const answers: Answers = {};
  const wordOf = (code: number): Answer => {
    const word = words[code - 1];
    if (word === undefined) throw new RangeError(`${code} is no packed answer`);
    return word;
  };
  instrument.indicators.forEach((indicator, position) => {
    const byte = bytes[position] ?? 0;
    if (byte === 0) return;
    if (!indicator.bySex) answers[indicator.code] = wordOf(byte);
    else {
      const female = byte & 15,
        male = byte >> 4;
      answers[indicator.code] =
        female === male ? wordOf(female) : { ...(female ? { female: wordOf(female) } : {}), ...(male ? { male: wordOf(male) } : {}) };
    }
  });
  return answers;
}
