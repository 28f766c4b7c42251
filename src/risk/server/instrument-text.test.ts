// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { saysTheSame } from '../domain/instrument-change.ts';
import { definitionOf, fileOf, languagesOf, type InstrumentFile } from '../domain/instrument-file.ts';
import { inAllLanguages } from '../domain/instruments/more-languages.ts';
import { shippedInstruments } from '../domain/instruments/index.ts';
import { anIndicator, anInstrument } from '../builders.ts';
import { mostInstrumentBytes, readInstrumentText, writeInstrumentText } from './instrument-text.ts';

const read = (text: string) => readInstrumentText(new TextEncoder().encode(text));
/** Each fault as somebody at a terminal reads it. */
const told = (text: string): string[] => read(text).faults.map(({ line, at, why }) => `${line ?? ''} ${at}: ${why}`.trim());

// oxlint-disable-next-line typescript/no-explicit-any -- what a test spoils has any shape
type Spoil = (file: any) => void;
/** A small file that is right, for each test to spoil. JSON is YAML too. */
const small = (): InstrumentFile =>
  fileOf(
    anInstrument({
      code: 'school-2',
      indicators: [anIndicator({ code: 'school_attendance' }), anIndicator({ code: 'road', unit: 'place', bySex: true })],
    }),
    ['en'],
    1,
  );
const spoiled = (spoil: Spoil): string[] => {
  const file = structuredClone(small());
  spoil(file);
  return told(JSON.stringify(file, null, 1)).map((line) => line.replace(/^\d+ /, ''));
};

describe('a file that holds a version of an instrument', () => {
  test.each(shippedInstruments.map((each) => [each.code, each] as const))(
    'is written from %s and read back as the same, in all its languages or some',
    (_, shipped) => {
      const spoken = inAllLanguages(shipped);
      expect(languagesOf(spoken)).toEqual(['en', 'km', 'th']);
      const whole = read(writeInstrumentText(spoken, 1));
      expect(whole.faults).toEqual([]);
      expect(saysTheSame(whole.definition, { ...spoken, version: 2 })).toBe(true);
      expect(saysTheSame(read(writeInstrumentText(spoken, 4, ['en', 'th'])).definition, { ...shipped, version: 5 })).toBe(true);
    },
  );

  test('may leave out what is usual, and may hold any sentence: it is never read as anything else', () => {
    const file = small(),
      [first] = file.indicators;
    delete first!.weight;
    first!.title = { en: "'; drop table waymark.person; -- {{7*7}} ${x} <script>" };
    const { faults, definition } = read(JSON.stringify(file));
    expect(faults).toEqual([]);
    expect(definition).toEqual(definitionOf(file));
    expect(definition?.indicators[0]).toMatchObject({ weight: 1, warns: false, protected: false, bySex: false, title: first!.title });
  });

  test('is told everything that is wrong with it at once, each with its line and its place', () => {
    const text = writeInstrumentText(shippedInstruments[0]!, 1)
      .replace('unit: person', 'unit: village')
      .replace('weight: 1', 'weight: 900')
      .replace('months: 12', 'months: 0')
      .replace('warns: true', 'warns: yes')
      .replace('medium: 33', 'medium: 60')
      .replace('answers:', 'answrs:')
      .replace('code: household_load', 'code: life_stage');
    expect(told(text)).toEqual([
      '20 bands.high: high (60) must be more than medium (60)',
      '23 question 1 (life_stage): answers is missing',
      '24 question 1 (life_stage).unit: must be one of person, household, place',
      '26 question 1 (life_stage).weight: must be a whole number from 1 to 100',
      '27 question 1 (life_stage).months: must be a whole number from 1 to 240',
      '35 question 1 (life_stage).answrs: there is no such key here; did you mean answers?',
      '53 question 2 (guardianship).warns: must be true or false',
      expect.stringMatching(
        /^\d+ question 3 \(life_stage\)\.code: life_stage is the code of question 1 already; a code stands for one question$/,
      ),
    ]);
  });

  test('says every sentence in each of its languages, and in no other', () => {
    expect(spoiled((file) => file.languages.push('th'))).toContain('title: th is missing; the languages of this file are en, th');
    expect(spoiled((file) => (file.languages = ['th']))).toEqual(
      expect.arrayContaining([
        'languages: English (en) is missing: whoever has no words in her language reads it',
        'question 1 (school_attendance).answers.2: th is missing; the languages of this file are th',
      ]),
    );
    expect(spoiled((file) => (file.indicators[0].question.km = 'x'))).toEqual([
      'question 1 (school_attendance).question.km: km is none of the languages of this file, which are en',
    ]);
    expect(spoiled((file) => (file.title = { english: 'x', en: ' ' }))).toEqual([
      'title.english: this must be a language such as en, th or km',
      'title.english: english is none of the languages of this file, which are en',
      'title.en: there are no words here',
    ]);
    expect(spoiled((file) => (file.title = null))).toEqual(['title: must be given by a language such as en, th or km']);
  });

  test('calls nothing private that is said of a place, because everybody reads it there', () => {
    expect(spoiled((file) => (file.indicators[1].protected = true))).toEqual([
      'question 2 (road).protected: road is answered about a place, and what is said of a place everybody reads who may read figures: it would not be private. Ask it about a person or a household, or take "protected" away',
    ]);
  });

  test.each<[string, Spoil, string[]]>([
    [
      'a fourth answer',
      (f) => f.indicators[0].answers.push({ en: 'four' }),
      ['question 1 (school_attendance).answers: must be a list of 3, not of 4'],
    ],
    [
      'another kind of answer',
      (f) => (f.indicators[0].kind = 'photo'),
      [expect.stringMatching(/^question 1 \(school_attendance\)\.kind: there is no such key here/)],
    ],
    [
      'an answer for each sex of one person',
      (f) => (f.indicators[0].bySex = true),
      [expect.stringContaining('a question about a person has one answer')],
    ],
    [
      'a question about a person in a list about places',
      (f) => (f.scores = 'place'),
      [expect.stringContaining('asks about places only, not about a person')],
    ],
    [
      'figures in a list about people',
      (f) =>
        Object.assign(f.indicators[1], {
          bySex: false,
          cuts: { method: 'terciles', worse: 'higher', source: { en: 'x' } },
          measure: { kind: 'share' },
        }),
      [expect.stringContaining('only one that scores places is measured')],
    ],
    [
      'cuts the wrong way round',
      (f) => {
        f.scores = 'place';
        f.indicators = [
          {
            ...f.indicators[1],
            cuts: { method: 'fixed', worse: 'higher', at: [0.5, 0.1], source: { en: 'x' } },
            measure: { kind: 'share' },
          },
        ];
        delete f.indicators[0].bySex;
      },
      ['question 1 (road).cuts.at: where higher is worse, the second must be higher than the first'],
    ],
    [
      'a code that every object has',
      (f) => (f.indicators[0].code = 'constructor'),
      ['question 1 (constructor).code: constructor cannot be a code; choose another word'],
    ],
    [
      'a code that is a sentence',
      (f) => (f.code = "x'; drop table waymark.instrument; --"),
      ['code: must be small letters, digits and -, beginning with a letter, such as household-28'],
    ],
    [
      'characters that nobody sees',
      (f) => (f.title.en = 'safe\u202egnp.exe'),
      ['title.en: there is a character in it that nobody sees; write it anew'],
    ],
    [
      'an end of text within it',
      (f) => (f.indicators[0].reasons[3].en = 'a\u0000b'),
      [expect.stringContaining('a character in it that nobody sees')],
    ],
    ['half a character', (f) => (f.description.en = 'a\ud800'), [expect.stringContaining('a character in it that nobody sees')]],
    [
      'a sentence without an end',
      (f) => (f.title.en = 'x'.repeat(400)),
      [expect.stringMatching(/^title\.en: must not have more than 300/)],
    ],
    [
      'more questions than there can be',
      (f) => (f.indicators = Array.from({ length: 3000 }, () => 1)),
      [expect.stringMatching(/^indicators: must not have more than 250/)],
    ],
    ['no question', (f) => (f.indicators = []), [expect.stringMatching(/^indicators: /)]],
  ])('cannot have %s', (_, spoil, expected) => expect(spoiled(spoil)).toEqual(expected));

  test.each<[string, string | Uint8Array, RegExp]>([
    ['of another encoding', Buffer.from(`\ufeff${JSON.stringify(small())}`, 'utf16le'), /not written in UTF-8/],
    ['in Latin letters of one byte', Buffer.from('code: caf\u00e9', 'latin1'), /not written in UTF-8/],
    ['too large', ' '.repeat(mostInstrumentBytes + 1), /larger than 1 MB/],
    [
      'that multiplies itself',
      `a: &a [${'x,'.repeat(9)}x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      /refers to another part of itself/,
    ],
    ['of brackets', '['.repeat(900_000), /nested far deeper/],
    ['of dashes', '- '.repeat(450_000), /nested far deeper/],
    ['of steps', Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested far deeper/],
    ['that wants something run', 'code: !!js/function "process.exit(1)"', /Unresolved tag/],
    [
      'that would change what all objects are',
      '__proto__: { protected: false }\nconstructor: { prototype: 1 }',
      /__proto__: there is no such key/,
    ],
    ['that says a key twice', 'code: a\ncode: b', /Map keys must be unique/],
    ['of two texts', 'code: a\n---\ncode: b', /holds one instrument/],
    ['with nothing in it', '', /must have code, version/],
    ['that is a list', '- 1\n- 2', /must have code, version/],
    ['that is a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), /not written in UTF-8/],
  ])('cannot be a text %s, and says so soon', (_, given, expected) => {
    const began = performance.now();
    const { faults, definition } = readInstrumentText(typeof given === 'string' ? new TextEncoder().encode(given) : given);
    expect(definition).toBeNull();
    expect(faults.map(({ at, why }) => `${at}: ${why}`).join('\n')).toMatch(expected);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(({} as { protected?: unknown }).protected).toBeUndefined();
  });
});
