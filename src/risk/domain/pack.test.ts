// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shaped, versions } from '../../../test/support/risk-histories.ts';
import { household28 } from './instruments/household-28.ts';
import { type Answers, packAnswers, unpackAnswers } from './pack.ts';

const at = (code: string): number => household28.indicators.findIndex((i) => i.code === code);

describe('packing answers', () => {
  test('what is packed comes back', () => {
    fc.assert(
      fc.property(
        versions('person'),
        fc.array(
          fc.integer({ min: 0, max: 7 }).chain((f) => fc.integer({ min: 0, max: 7 }).map((m) => f | (m << 4))),
          { minLength: 8, maxLength: 8 },
        ),
        fc.constantFrom('person' as const, 'household' as const, 'place' as const),
        (pair, bytes, kind) => {
          const packed = shaped(pair[1], kind, bytes, true);
          if (packed.every((b) => b === 0)) return;
          expect(packAnswers(pair[1], kind, unpackAnswers(pair[1], packed), 'earlier')).toEqual(packed);
        },
      ),
    );
  });

  test('a by-sex answer takes one half of its byte for each sex', () => {
    expect(packAnswers(household28, 'place', { gender_barriers: { female: 3, male: 'refused' } })[at('gender_barriers')]).toBe(0x53);
    expect(packAnswers(household28, 'place', { gender_barriers: { female: 2 } })[at('gender_barriers')]).toBe(0x02);
    expect(packAnswers(household28, 'place', { gender_barriers: 'unknown' })[at('gender_barriers')]).toBe(0x44);
    expect(unpackAnswers(household28, packAnswers(household28, 'place', { gender_barriers: 2 }))).toEqual({ gender_barriers: 2 });
  });

  test.each<[string, 'person' | 'place', Answers, RegExp]>([
    ['an indicator of another instrument', 'person', { poor_households: 1 }, /no indicator poor_households/],
    ['an answer asked of somebody else', 'person', { debt: 1 }, /asked of a household, not of a person/],
    ['a number out of range', 'person', { life_stage: 4 as 3 }, /"4" is not an answer to life_stage/],
    ['sides where there are none', 'person', { life_stage: { female: 1 } }, /one answer for everybody/],
    ['sides without an answer', 'place', { gender_barriers: {} }, /neither sex/],
    ['nothing', 'person', {}, /no answer in this assessment/],
    ['a withdrawal of nothing', 'person', { life_stage: 'withdrawn' }, /no earlier assessment is named/],
  ])('refuses %s', (_, kind, answers, message) => expect(() => packAnswers(household28, kind, answers)).toThrow(message));

  test('bytes that do not belong to the instrument are an error, never a guess', () => {
    expect(() => unpackAnswers(household28, new Uint8Array(3))).toThrow(/3 packed answers for the 28/);
    expect(() => unpackAnswers(household28, new Uint8Array(28).fill(9))).toThrow(/9 is no packed answer/);
  });
});
