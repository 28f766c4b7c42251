// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { patternsOf, reworded, type Pattern } from '../../platform/domain/rewording.ts';
import { rejectionCode } from '../../places/domain/rejection-codes.ts';
import { details as khmerDetails } from '../locales/details-km.ts';
import { details as thaiDetails } from '../locales/details-th.ts';

/** Every language of the screens but English, by the letters it is written in: add yours here. */
const spoken = [
  ['th', thaiDetails, /[\u0e00-\u0e7f]|^\{/],
  ['km', khmerDetails, /[\u1780-\u17ff]|^\{/],
] as const;
const thai = patternsOf(thaiDetails);
const source = fileURLToPath(new URL('../../', import.meta.url));

/** What is said of a request is for whoever writes programs, who read English anyway. */
const forProgrammers = ['bad-input', 'internal'];

const literal = String.raw`(?:'((?:[^'\\]|\\.)*)'|${'`'}((?:[^${'`'}\\$]|\\.|\$\{[^{}]*\})*)${'`'})`;
const problems = new RegExp(String.raw`new Problem\(\s*'([a-z-]+)',\s*${literal}`, 'g');
/** Where a reason of a rejected row is written, and where what is wrong with the shape of a mapping or of a map file is. */
const ofRows = String.raw`\breason: |\b(?:fault|at)\('\w+', `,
  ofShapes = String.raw`\b(?:bad|why): |\brefuse\((?:(?:[^,()]|\([^()]*\))*, )?`;

function* sources(): Generator<string> {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith('.ts') && !entry.name.includes('.test.'))
      yield readFileSync(join(entry.parentPath, entry.name), 'utf8');
}

const withHoles = (text: string): string => text.replaceAll("\\'", "'").replaceAll(/\$\{[^{}]*\}/g, '{}');

/** Not only where and in what: the rest stands in the holes. */
const saysSomething = (text: string): boolean => / /.test(text) && /[a-z]{2}/.test(text.replace(/^line |\(in .*$/g, ''));

/** Every sentence that a Problem is thrown with in so many words, holes as `{}`. */
function thrown(): string[] {
  const found = new Set<string>();
  for (const text of sources())
    for (const [, code = '', plain, template] of text.matchAll(problems))
      if (!forProgrammers.includes(code)) found.add(withHoles(plain ?? template ?? ''));
  return [...found].filter((each) => saysSomething(each));
}

/** The same of reasons, but for those that are put together of pieces: for them there are examples below. */
function given(introduced: string): string[] {
  const found = new Set<string>(),
    reason = new RegExp(`(?:${introduced})${literal}`, 'g');
  for (const text of sources()) for (const [, plain, template] of text.matchAll(reason)) found.add(withHoles(plain ?? template ?? ''));
  return [...found].filter((each) => saysSomething(each) && !/\w\{\}$|\{\}\{\}/.test(each));
}

/** Holes, letters, and that a sentence is found again by itself and not swallowed by the hole of another. */
function heldAgainst(patterns: readonly Pattern[], english: string, other: string, letters: RegExp): void {
  const holes = (text: string) => text.match(/\{(?:\d*|\*)\}/g)?.length ?? 0;
  const filled = (text: string) => text.replaceAll(/\{\*?\}/g, 'x');
  expect(holes(other), english).toBe(holes(english));
  expect(other).toMatch(letters);
  expect(reworded(patterns, filled(english))).toBe(filled(other).replaceAll(/\{\d\}/g, 'x'));
}

describe('what the server says in particular', () => {
  it('is said in Thai, with what it names in place', () => {
    expect(reworded(thai, 'Row 12 has 40 columns; at most 30 can be read.')).toBe('แถว 12 มี 40 คอลัมน์ อ่านได้ไม่เกิน 30 คอลัมน์');
    expect(reworded(thai, 'poor_households: 48 of 37 is more than all; the row has no date')).toBe(
      'poor_households: 48 จาก 37 มากกว่าทั้งหมด; แถวนี้ไม่มีวันที่',
    );
    expect(reworded(thai, 'A sentence nobody foresaw.')).toBe('A sentence nobody foresaw.');
  });
  describe.each(spoken)('in %s', (code, details, letters) => {
    const patterns = patternsOf(details);
    const file = `src/app/locales/details-${code}.ts`;
    it('finds each sentence again, with what it names in place', () => {
      for (const [english, other] of details) heldAgainst(patterns, english, other, letters);
    });
    it('leaves no refusal without words', () => {
      const all = thrown();
      expect(all.length).toBeGreaterThan(40);
      const english = (text: string): boolean => reworded(patterns, text) === text;
      expect(
        all.filter((text) => english(text.replaceAll('{}', 'x'))),
        `say these in ${file}`,
      ).toEqual([]);
    });
    it('leaves no reason of a rejected row and no fault of a mapping without words', () => {
      const all = given(`${ofRows}|${ofShapes}`);
      expect(all.length).toBeGreaterThan(40);
      const english = (text: string): boolean => reworded(patterns, text) === text;
      // What is wrong with an expression ends with the expression.
      expect(
        all.map((text) => text.replaceAll('{}', 'x')).filter((text) => english(text) && english(`${text} (in "x")`)),
        file,
      ).toEqual([]);
    });
    it('says what other languages say', () => {
      const here = new Set(details.map(([english]) => english));
      const missing = spoken.flatMap(([, others]) => others.map(([english]) => english)).filter((english) => !here.has(english));
      expect(missing, `say these in ${file}`).toEqual([]);
    });
  });
  it('leaves no reason of a rejected row without a code for programs: say new ones in src/places/domain/rejection-codes.ts', () => {
    const all = given(ofRows);
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter((text) => rejectionCode(text.replaceAll('{}', '5')) === 'other')).toEqual([]);
  });
  it.each([
    [
      'feature 3 (0102) polygon 1, ring 2: position 4 (103.2, 12.1) is not in degrees; the data look projected (such as UTM): convert them to WGS 84 first',
      'รูปที่ 3 (0102) รูปหลายเหลี่ยม 1 เส้นรอบรูป 2: พิกัดที่ 4 (103.2, 12.1) ไม่ใช่องศา ข้อมูลน่าจะเป็นระบบพิกัดฉาก (เช่น UTM) แปลงเป็น WGS 84 ก่อน',
    ],
    ['feature 2 is called Aran, Bela, and these are two different places (01, 02)', 'รูปที่ 2 ชื่อ Aran, Bela ซึ่งเป็นสองพื้นที่ต่างกัน (01, 02)'],
    ['its point (14.1, 103.2) lies 0.52 degrees outside 01', 'จุดพิกัด (14.1, 103.2) อยู่นอก 01 0.52 องศา'],
    ['line 12, indicators.poor: there is no such key here; did you mean value?', 'บรรทัด 12 indicators.poor: ที่นี่ไม่มีคีย์นี้ หมายถึง value หรือไม่'],
    ['steps[0].level: level 4 has no name; levels names 0 to 3', 'steps[0].level: ระดับ 4 ไม่มีชื่อ levels ตั้งชื่อไว้ 0 ถึง 3'],
    ['the mapping: steps is missing', 'ไฟล์จับคู่คอลัมน์: ไม่มี steps'],
    ['line 1: country is missing', 'บรรทัด 1: ไม่มี country'],
    ['no_latrine: 103 per cent is more than all; poor: -4 is less than nothing', 'no_latrine: ร้อยละ 103 มากกว่าทั้งหมด; poor: -4 น้อยกว่าศูนย์'],
  ])('%s', (english, other) => expect(reworded(thai, english)).toBe(other));
});
