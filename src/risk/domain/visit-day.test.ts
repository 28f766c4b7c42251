// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { versions, visits, shaped } from '../../../test/support/risk-histories.ts';
import { anIndicator, anInstrument } from '../builders.ts';
import { foldPerson } from './fold.ts';
import { packAnswers, unpackAnswers, type Answers } from './pack.ts';
import { timelineOf, type Reading, type SeenAssessment } from './past-words.ts';
import { validUntils } from './valid-until.ts';
import { countingNow, idleAnswer } from './visit-day.ts';

const zone = 'Asia/Bangkok',
  begin = Date.UTC(2024, 0, 31, 17, 30),
  hour = 3_600_000,
  now = begin + 500 * 24 * hour;

const nothing = {
  subjectKind: 'person',
  level: null,
  origin: 'measured',
  supersedes: null,
  undone: false,
  whole: true,
  place: null,
  role: null,
  imported: false,
} as const;

test('what is answered for a past day counts now where no newer answer stands and none of that day has run out, as the definition says', () => {
  let counted = 0,
    newer = 0,
    ended = 0;
  fc.assert(
    fc.property(versions('person'), visits(1), fc.oneof(fc.nat(500 * 24), fc.constantFrom(0, 24, 720, 8760)), (pair, given, visited) => {
      const history: SeenAssessment[] = [];
      given.forEach(({ version, hour: at, recorded, bytes, supersedes }, n) => {
        const instrument = pair[n % 3 === 0 ? version : 1],
          observedAt = begin + at * hour,
          old = supersedes === null ? undefined : history[supersedes % Math.max(1, history.length)];
        history.push({
          ...nothing,
          assessmentId: `visit ${String(n).padStart(3, '0')}`,
          instrument,
          answers: shaped(instrument, 'person', bytes, old !== undefined),
          observedAt,
          recordedAt: begin + recorded * 24 * hour * 400,
          validUntil: validUntils(instrument, observedAt, zone),
          supersedes: old?.assessmentId ?? null,
        });
      });
      const [, live] = pair,
        at = begin + visited * hour,
        asked = live.indicators.filter(({ unit }) => unit === 'person');
      const reading: Reading = { instrument: live, at: now, zone, locale: 'en', sex: 2, whole: true, units: ['person'] };
      const said = timelineOf(history, reading);
      const answers: Answers = Object.fromEntries(asked.map(({ code }) => [code, 3]));
      const visit: SeenAssessment = {
        ...nothing,
        assessmentId: 'visit now',
        instrument: live,
        answers: asked.length > 0 ? packAnswers(live, 'person', answers, null) : new Uint8Array(live.indicators.length),
        observedAt: at,
        recordedAt: begin + 5000 * 24 * hour,
        validUntil: validUntils(live, at, zone),
      };
      const then = foldPerson([...history, visit], live, reading.sex, now);
      const moment = { at, now, zone };
      const counts = live.indicators.filter(({ unit }, i) => unit === 'person' && then[i]!.observedAt === at && then[i]!.answer === 3);
      // Of answers of the very same moment the one that came in last counts.
      expect(Object.keys(countingNow(live.indicators, answers, said, moment)).sort()).toEqual(counts.map(({ code }) => code).sort());
      for (const each of asked) {
        const idle = idleAnswer(each, null, said, moment);
        if (idle === null) counted++;
        else if (idle.why === 'ended') ended++;
        else {
          newer++;
          const later = history.filter((a) => a.observedAt > at && unpackAnswers(a.instrument, a.answers)[each.code] !== undefined);
          expect(later.map((a) => said.find(({ assessmentId }) => assessmentId === a.assessmentId)!.observedOn)).toContain(idle.on);
        }
      }
    }),
    { numRuns: 400 },
  );
  // None of the three is missing from what was tried.
  expect(Math.min(counted, newer, ended)).toBeGreaterThan(20);
});

test('of a place, a newer answer of women is none of men, and what is set right of one sex leaves what was said of the other', () => {
  const indicator = anIndicator({ code: 'q', unit: 'place', bySex: true }),
    instrument = anInstrument({ indicators: [indicator] });
  const assessed = (assessmentId: string, day: number, answers: Answers, supersedes: string | null = null): SeenAssessment => {
    const observedAt = now - (100 - day) * 24 * hour;
    const rest = { observedAt, recordedAt: observedAt, validUntil: validUntils(instrument, observedAt, zone), supersedes };
    return {
      ...nothing,
      ...rest,
      assessmentId,
      subjectKind: 'place',
      level: 3,
      instrument,
      answers: packAnswers(instrument, 'place', answers, supersedes),
    };
  };
  const both = assessed('both', 10, { q: { female: 3, male: 3 } }),
    women = assessed('women', 20, { q: { female: 2 } });
  const said = (...history: SeenAssessment[]) =>
    timelineOf(history, { instrument, at: now, zone, locale: 'en', sex: 0, whole: true, units: ['place'] });
  const idle = (day: number, history: readonly SeenAssessment[]) =>
    (['female', 'male'] as const).map(
      (side) => idleAnswer(indicator, side, said(...history), { at: now - (100 - day) * 24 * hour, now, zone }) !== null,
    );
  expect([idle(5, [both, women]), idle(15, [both, women]), idle(25, [both, women])]).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ]);
  const setRight = assessed('set right', 10, { q: { female: 'withdrawn' } }, 'both');
  expect(idle(5, [both, setRight])).toEqual([false, true]);
  const { answers } = said(both, setRight).find(({ assessmentId }) => assessmentId === 'both')!;
  expect(answers.map(({ side, voided }) => [side, voided?.takenBack])).toEqual([
    ['female', true],
    ['male', undefined],
  ]);
});
