// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import { score, shown } from './arithmetic.ts';
import type { Indicator, Instrument } from './instrument.ts';
import { packAnswers, type Answers } from './pack.ts';
import { timelineOf, type Reading, type SeenAssessment } from './past-words.ts';
import { paperStanding, withoutHouseholdsSecrets } from './person-paper.ts';

const [january, june, next] = ['2026-01-05', '2026-06-05', '2027-01-05'].map((day) => Date.parse(`${day}T05:00:00Z`)) as [
  number,
  number,
  number,
];
const school = anIndicator({ code: 'school' }),
  papers = anIndicator({ code: 'papers', weight: 2, protected: true }),
  debt = anIndicator({ code: 'debt', unit: 'household', weight: 3 }),
  violence = anIndicator({ code: 'violence', unit: 'household', weight: 2, protected: true });

function said(subjectKind: 'person' | 'household', instrument: Instrument, answers: Answers, observedAt: number): SeenAssessment {
  return {
    assessmentId: `${subjectKind} ${observedAt}`,
    subjectKind,
    level: null,
    origin: 'measured',
    instrument,
    answers: packAnswers(instrument, subjectKind, answers),
    observedAt,
    recordedAt: observedAt,
    validUntil: [observedAt + (next - january)],
    supersedes: null,
    undone: false,
    whole: true,
    place: null,
    role: 'case_worker',
    imported: false,
  };
}
const reading = (instrument: Instrument, whole = true): Reading => ({
  instrument,
  at: june + 1,
  zone: 'Asia/Bangkok',
  locale: 'en',
  sex: 2,
  whole,
  units: ['person', 'household', 'place'],
});

test('what is private of the household is in no figure, no day and no line of paper, whatever was said and whenever', () => {
  const instrument = anInstrument({ indicators: [school, papers, debt, violence] });
  const answer = fc.constantFrom(1 as const, 2 as const, 3 as const, 'unknown' as const, 'refused' as const, 'not-applicable' as const);
  fc.assert(
    fc.property(fc.boolean(), answer, answer, fc.option(answer), fc.constantFrom(january, june), (whole, own, open, secret, when) => {
      const known = [
        said('person', instrument, { school: 2, papers: own }, january),
        said('household', instrument, { debt: open }, january),
      ];
      const told = secret === null ? [] : [said('household', instrument, { violence: secret }, when)];
      const paper = (history: readonly SeenAssessment[]) => {
        const left = history.map(withoutHouseholdsSecrets);
        return [
          paperStanding(left, reading(instrument, whole)),
          timelineOf(left, reading(instrument, whole)).flatMap((entry) => entry.answers),
        ];
      };
      expect(paper([...known, ...told])).toEqual(paper(known));
    }),
  );
});

test('the number is that of the answers printed, and the days are theirs', () => {
  const instrument = anInstrument({ indicators: [school, papers, debt, violence] });
  const history = [
    said('person', instrument, { school: 1, papers: 3 }, january),
    said('household', instrument, { debt: 2, violence: 3 }, june),
  ];
  const of = (indicators: readonly Indicator[], answers: readonly number[]) => {
    const { band, ...sums } = score(answers, anInstrument({ indicators: [...indicators] }));
    const { coverage: _coverage, ...figures } = shown(sums);
    return { band, ...figures, observedOn: '2026-06-05', validUntil: '2027-01-05' };
  };
  expect(paperStanding(history, reading(instrument))).toEqual(of([school, papers, debt], [1, 3, 2]));
  expect(paperStanding(history, reading(instrument, false))).toEqual(of([school, debt], [1, 2]));
});

test('a private question that is asked no more stays off paper', () => {
  const before = anInstrument({ indicators: [school, violence] }),
    now = anInstrument({ version: 2, indicators: [school] });
  const left = [said('household', before, { violence: 3 }, january)].map(withoutHouseholdsSecrets);
  expect(timelineOf(left, reading(now)).flatMap(({ answers }) => answers)).toEqual([]);
});
