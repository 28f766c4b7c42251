// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import { changesBetween, meaningFaults } from './instrument-change.ts';
import type { Indicator, Instrument } from './instrument.ts';

const version = (n: number, ...indicators: Indicator[]): Instrument => anInstrument({ version: n, indicators });
const school = anIndicator({ code: 'school' }),
  road = anIndicator({ code: 'road', unit: 'place' }),
  debt = anIndicator({ code: 'debt', unit: 'household', protected: true });
const faultsOf = (earlier: readonly Instrument[], now: readonly Indicator[], sameMeaning: readonly string[] = []): string[] =>
  meaningFaults(
    now.map((indicator, at) => ({ at, indicator })),
    earlier,
    new Set(sameMeaning),
  ).map(({ path, why }) => `${path.slice(1).join('.')}: ${why}`);

describe('what a version would change', () => {
  test('is told question by question', () => {
    const next = [
      { ...debt, weight: 4, months: 6 },
      { ...school, warns: true, theme: 'other', title: { en: 'School' }, protected: true },
      anIndicator({ code: 'work' }),
    ];
    expect(
      changesBetween(version(3, school, road, debt), { ...version(4, ...next), bands: { medium: 33, high: 70, coverage: 60 } }),
    ).toEqual({
      after: 3,
      added: ['work'],
      removed: ['road'],
      changed: [
        { code: 'debt', weight: [1, 4], months: [12, 6] },
        { code: 'school', warns: true, protected: true, theme: ['test', 'other'], words: ['title (en)'] },
      ],
      bands: [{ which: 'high', was: 60, is: 70 }],
      languages: { added: [], removed: [] },
      words: false,
      order: true,
    });
    expect(changesBetween(null, version(1, school))).toMatchObject({ after: null, added: ['school'], changed: [], order: false });
  });

  test('a translation is no change of what was said before', () => {
    const both = (text: string) => ({ en: text, th: 'ก' });
    const spoken: Indicator = {
      ...school,
      title: both('school'),
      question: both('school?'),
      answers: [both('one'), both('two'), both('three')],
      reasons: { 2: both('school is 2'), 3: both('school is 3') },
    };
    const next: Instrument = { ...version(2, spoken), title: both('Test'), description: both('Made for a test') };
    expect(changesBetween(version(1, school), next)).toMatchObject({ changed: [], languages: { added: ['th'] }, words: true });
    expect(faultsOf([version(1, school)], [spoken])).toEqual([]);
  });
});

describe('a code keeps its meaning', () => {
  test.each<[string, Indicator, Indicator, RegExp]>([
    ['whom it is asked about', school, { ...school, unit: 'household' }, /^0\.unit: it was asked about a person/],
    ['an answer for each sex', road, { ...road, bySex: true }, /^0\.bySex: it had one answer for everybody/],
    [
      'where figures are cut',
      { ...road, measure: { kind: 'share' }, cuts: { method: 'fixed', worse: 'higher', at: [0.1, 0.2], source: { en: 'x' } } },
      { ...road, measure: { kind: 'share' }, cuts: { method: 'fixed', worse: 'higher', at: [0.1, 0.3], source: { en: 'x' } } },
      /^0\.cuts: figures were scored by other cuts/,
    ],
    [
      'its third answer',
      school,
      { ...school, answers: [{ en: 'one' }, { en: 'two' }, { en: 'all' }] },
      /^0\.answers\.2\.en: other words than before \(answer 3 in en\)/,
    ],
    ['its privacy', debt, { ...debt, protected: false }, /^0\.protected: it was answered in confidence/],
  ])('%s does not change under it, also when it was not asked for a while', (_, was, is, expected) => {
    for (const earlier of [[version(1, was)], [version(1, was, road), version(2, anIndicator({ code: 'work' }))]])
      expect(faultsOf(earlier, [is])).toEqual([expect.stringMatching(expected)]);
    expect(faultsOf([version(1, was)], [{ ...is, code: 'other_code' }])).toEqual([]);
    expect(faultsOf([version(1, was)], [was])).toEqual([]);
  });

  test('other words are a matter of judgement, which somebody names; of the rest nobody is asked', () => {
    const reworded = { ...school, question: { en: 'Does she go to school?' } };
    expect(faultsOf([version(1, school)], [reworded], ['debt'])).toEqual([expect.stringContaining('publish with --same-meaning school')]);
    expect(faultsOf([version(1, school)], [reworded], ['school'])).toEqual([]);
    expect(faultsOf([version(1, debt)], [{ ...debt, protected: false }], ['debt'])).toHaveLength(1);
    expect(faultsOf([version(1, school)], [{ ...school, title: { en: 'x' }, weight: 9, months: 3, warns: true, protected: true }])).toEqual(
      [],
    );
  });

  test('what one version asked in confidence stays so, although a later one had opened it', () => {
    expect(faultsOf([version(1, debt), version(2, { ...debt, protected: false })], [{ ...debt, protected: false }])).toHaveLength(1);
  });
});
