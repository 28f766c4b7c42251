// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { romanise } from '../server/romanise.ts';
import { codeLimit, nameCodes } from './name-codes.ts';
import { jaroWinkler, nameSimilarity } from './name-similarity.ts';
import { foldName, nameTokens } from './name-tokens.ts';
import heldBack from './name-held-back.json' with { type: 'json' };
import variants from './name-variants.json' with { type: 'json' };
import { readings } from './romanise.ts';

const sounds = (name: string): readonly string[] => nameCodes([name], romanise).sound;
const share = (a: readonly string[], b: readonly string[]): boolean => a.some((code) => b.includes(code));
const similarity = (a: string, b: string): number => nameSimilarity(a, b, romanise);

interface MadeName {
  readonly given: number;
  readonly family: number;
  /** In its own script, then three other ways of writing it; the second of these has given and family name the other way round. */
  readonly forms: readonly string[];
}

const languages = ['Thai', 'Lao', 'Khmer', 'Burmese', 'Vietnamese', 'Nepali', 'Bengali', 'Latin'] as const;
const familyFirst = new Set(['Khmer', 'Vietnamese']);

/** Each given name with three family names, so that no name is anybody's but by chance. */
function madeNames(language: (typeof languages)[number]): MadeName[] {
  const given = variants[language].given.map((forms) => forms.split('|'));
  const family = variants[language].family.map((forms) => forms.split('|'));
  const pick = (forms: string[], form: number, round: number): string =>
    form === 0 ? forms[0]! : forms[1 + ((form - 1 + round) % (forms.length - 1))]!;
  return [0, 1, 2].flatMap((round) =>
    given.map((of, at) => {
      const other = (at * 7 + 3 + round * 11) % family.length;
      const forms = [0, 1, 2, 3].map((form) => {
        const [first, second] = [pick(of, form, round), pick(family[other]!, form, round)];
        return familyFirst.has(language) === (form === 2) ? `${first} ${second}` : `${second} ${first}`;
      });
      return { given: at, family: other, forms };
    }),
  );
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

describe('names written in another way are found, and other names are not', () => {
  const table: Record<string, Record<string, string>> = {};
  test.each(languages)('%s', (language) => {
    const names = madeNames(language).map((name) => ({ ...name, codes: name.forms.map(sounds) }));
    expect(new Set(names.map((name) => name.given)).size).toBeGreaterThanOrEqual(40);
    const asked = names.flatMap((name) => name.codes.slice(1).map((codes) => share(codes, name.codes[0]!)));
    const found = asked.filter(Boolean).length;
    const amongVariants = names.flatMap(({ codes: [, a, b, c] }) => [share(a!, b!), share(a!, c!), share(b!, c!)]);
    let [others, wrong] = [0, 0];
    for (const a of names) {
      for (const b of names) {
        if (a.given === b.given || a.family === b.family) continue;
        others += 2;
        wrong += Number(share(a.codes[0]!, b.codes[0]!)) + Number(share(a.codes[0]!, b.codes[1]!));
      }
    }
    const counts = names.flatMap((name) => name.codes.map((codes) => codes.length));
    table[language] = {
      'found by another spelling': percent(found, asked.length),
      'spellings by one another': percent(amongVariants.filter(Boolean).length, amongVariants.length),
      'other names found too': percent(wrong, others),
      'codes a name': (counts.reduce((sum, count) => sum + count, 0) / counts.length).toFixed(1),
    };
    expect(found / asked.length).toBeGreaterThanOrEqual(0.95);
    expect(amongVariants.filter(Boolean).length / amongVariants.length).toBeGreaterThanOrEqual(0.88);
    expect(wrong / others).toBeLessThanOrEqual(0.03);
    expect(Math.max(...counts)).toBeLessThanOrEqual(codeLimit);
  });
  test('as a table', () => console.table(table));
});

test('names no rule was tried on are found as well', () => {
  const names = Object.values(heldBack).flatMap((list) =>
    typeof list === 'string' ? [] : list.map((forms) => forms.split('|').map(sounds)),
  );
  const asked = names.flatMap(([first, ...others]) => others.map((other) => share(first!, other)));
  const wrong = names.flatMap(([first], at) => names.flatMap(([, other], of) => (at === of ? [] : [share(first!, other!)])));
  expect(asked.filter(Boolean).length / asked.length).toBeGreaterThanOrEqual(0.95);
  expect(wrong.filter(Boolean).length / wrong.length).toBeLessThanOrEqual(0.03);
});

describe('likeness of whole names', () => {
  test.each(languages)('%s: a name is more like its other spellings than like other names', (language) => {
    const names = madeNames(language).slice(0, 40);
    const same = names.flatMap(({ forms }) => forms.slice(1).map((form) => similarity(forms[0]!, form))).sort((a, b) => a - b);
    const other = names.map(({ forms }, at) => similarity(forms[0]!, names[(at + 13) % 40]!.forms[1]!)).sort((a, b) => a - b);
    expect(same[Math.floor(same.length / 10)]).toBeGreaterThan(0.6);
    expect(same[Math.floor(same.length / 2)]).toBeGreaterThan(0.85);
    expect(other[Math.floor(other.length * 0.95)]).toBeLessThan(0.65);
  });
  test.each([
    ['Nguyễn Thị Hương', 'Huong Nguyen', 1],
    ['Maria Santos', 'M. Santos', 0.85],
    ['นางสาวมาลี ใจดี', 'Malee Jaidee', 0.85],
    ['Md. Rahim Uddin', 'Mohammad Rahim Uddin', 1],
    ['Aung Kyaw Htun', 'Aungkyaw Tun', 0.9],
  ])('%s and %s', (a, b, least) => expect(similarity(a, b)).toBeGreaterThanOrEqual(least));
  test('is the same both ways, between 0 and 1, and 1 with itself', () => {
    const all = languages.flatMap((language) => madeNames(language).flatMap(({ forms }) => forms));
    const name = fc.oneof(fc.constantFrom(...all), fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(name, name, (a, b) => {
        const ab = similarity(a, b);
        return Math.abs(ab - similarity(b, a)) < 1e-12 && ab >= 0 && ab <= 1;
      }),
    );
    fc.assert(fc.property(fc.constantFrom(...all), (a) => similarity(a, a) === 1));
  });
  test('Jaro and Winkler as published', () => {
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.961, 3);
    expect(jaroWinkler('dixon', 'dicksonx')).toBeCloseTo(0.813, 3);
  });
});

describe('codes', () => {
  test('whatever is written, codes are few and plain, and the name finds itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 8 }), (names) => {
        const { exact, sound } = nameCodes(names, romanise);
        return exact.length <= codeLimit && sound.length <= codeLimit && sound.every((code) => /^[APTKSMNLWH]+$/.test(code));
      }),
    );
  });
  test('a nickname is a name of its own, and neither pushes the other out', () => {
    const { exact, sound } = nameCodes(['วัชรพงษ์ วิเศษศักดิ์', 'Watcharapong Visetsak', 'หนู'], romanise);
    expect(share(sound, sounds('Vacharapong Wisetsak'))).toBe(true);
    expect(exact).toContain('nu');
  });
  test('a short word alone is found by its plain spelling', () => {
    const { exact } = nameCodes(['အောင်ကျော်ထွန်း'], romanise);
    expect(share(exact, nameCodes(['Htun'], romanise).exact)).toBe(true);
    expect(share(exact, nameCodes(['Tun'], romanise).exact)).toBe(true);
  });
  test('the whole name in its own script is exact', () => {
    expect(nameCodes(['นายสมชาย  ใจดี'], romanise).exact).toContain('=สมชาย ใจดี');
  });
  test('nothing has no codes', () => expect(nameCodes(['', ' - '], romanise)).toEqual({ exact: [], sound: [] }));
});

describe('what is not a name', () => {
  test.each([
    ['เด็กหญิงมาลี ใจดี', 'มาลี ใจดี'],
    ['นาย สมชาย ใจดี', 'สมชาย ใจดี'],
    ['Mr. Somchai Jaidee', 'somchai jaidee'],
    ['U Aung Kyaw', 'aung kyaw'],
    ['ဒေါ်ခင်မာ', 'ခင်မာ'],
    ['মোঃ রহিম উদ্দিন', 'রহিম উদ্দিন'],
    ['Mst. Fatema Begum', 'fatema'],
    ['កញ្ញា សុខ', 'កញ្ញា សុខ'],
    ['Daw', 'daw'],
  ])('%s is %s', (written, kept) => expect(nameTokens(written).words.join(' ')).toBe(foldName(kept)));
  test('what half a country is called tells little, unless it is all there is', () => {
    expect(nameTokens('Ram Bahadur Thapa').telling).toEqual(['ram', 'thapa']);
    expect(nameTokens('Nguyễn Thị Lan').telling).toEqual(['nguyen', 'lan']);
    expect(nameTokens('Nguyễn Cẩm Vân').telling).toEqual(['nguyen', 'cam', 'van']);
    expect(nameTokens('Mohammad').telling).toEqual(['mohammad']);
  });
});

test.each([
  ['ประเสริฐ', 'praseit'],
  ['จันทร์เพ็ญ', 'chanphen'],
  ['สุวรรณา', 'suwanna'],
  ['ຫຼ້າ', 'la'],
  ['ស្រីមុំ', 'sreimom'],
  ['အောင်ကျော်', 'aung kyaw'],
  ['ထွန်း', 'htun'],
  ['ज्ञानेन्द्र', 'gyanendra'],
  ['राजकुमार', 'rajkumar'],
  ['বিশ্বাস', 'bishwas'],
  ['Đức', 'duc'],
  ['Ångström', 'angstrom'],
])('%s is read %s', (written, read) => expect(readings(written, romanise)[0]).toBe(read));
