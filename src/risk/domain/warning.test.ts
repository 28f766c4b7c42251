// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import type { Band } from './arithmetic.ts';
import { household28 } from './instruments/household-28.ts';
import { urgencyOf, visitWeek, warningsInWords, warningsOf } from './warning.ts';

const said = (given: Record<string, number>): number[] => household28.indicators.map(({ code }) => given[code] ?? 1);
const oneByte = fc.nat(6);
const all28 = fc.array(oneByte, { minLength: 28, maxLength: 28 });
const band = fc.constantFrom<Band>(0, 1, 2, 3);

test('the default list warns of what INSTRUMENT says, of her and her household apart from where she lives', () => {
  const { open, hidden, ofPlace } = warningsOf(household28, Array<number>(28).fill(3));
  expect(open.map(({ code }) => code)).toEqual(['guardianship', 'income_shock', 'debt', 'identity_documents', 'recruiter_contact']);
  expect(ofPlace.map(({ code }) => code)).toEqual(['place_setting', 'place_shock']);
  expect(hidden).toBe(true);
  expect(warningsOf(household28, said({ life_stage: 3, debt: 2, intention_to_leave: 3 }))).toEqual({
    open: [],
    hidden: false,
    ofPlace: [],
  });
});

test('a 3 that warns, and nothing else, lifts somebody before everybody whom no warning lifts, whatever the band and the index', () => {
  const one = fc.record({
    warns: fc.boolean(),
    protected: fc.boolean(),
    unit: fc.constantFrom('person' as const, 'household' as const, 'place' as const),
    weight: fc.integer({ min: 1, max: 5 }),
    answer: oneByte,
  });
  const somebody = fc.record({ all: fc.array(one, { minLength: 1, maxLength: 10 }), band });
  const urgency = ({ all, band: of }: { all: readonly (typeof one extends fc.Arbitrary<infer T> ? T : never)[]; band: Band }) =>
    urgencyOf(
      anInstrument({ indicators: all.map(({ answer: _answer, ...flags }, i) => anIndicator({ code: `q_${i}`, ...flags })) }),
      all.map(({ answer }) => answer),
      of,
    );
  const lifted = ({ all }: { all: readonly { warns: boolean; unit: string; answer: number }[] }) =>
    all.some((each) => each.warns && each.unit !== 'place' && each.answer === 3);
  fc.assert(
    fc.property(somebody, somebody, (a, b) => {
      if (lifted(a) !== lifted(b)) expect(urgency(a) > urgency(b)).toBe(lifted(a));
      else if (a.band !== b.band) expect(urgency(a) > urgency(b)).toBe(a.band > b.band);
      // What a smallint holds.
      expect(urgency(a)).toBeLessThan(32_768);
    }),
  );
});

test('beside an open warning the words are the same whatever is said in private; alone, all private ones say one thing once', () => {
  const hidden = household28.indicators.flatMap((each, at) => (each.protected ? [at] : []));
  fc.assert(
    fc.property(all28, fc.array(oneByte, { minLength: hidden.length, maxLength: hidden.length }), (one, other) => {
      const world = one.map((answer, at) => (hidden.includes(at) ? other[hidden.indexOf(at)]! : answer));
      const [a, b] = [warningsOf(household28, one), warningsOf(household28, world)];
      if (a.open.length > 0) expect(warningsInWords(b, 'en')).toEqual(warningsInWords(a, 'en'));
      else expect(warningsInWords(b, 'en')).toEqual(b.hidden ? ['private reason'] : []);
      expect(warningsInWords(a, 'en')).toHaveLength(Math.max(a.open.length, Number(a.hidden)));
    }),
  );
  expect(warningsInWords(warningsOf(household28, said({ family_violence: 3, stigma_or_past_exploitation: 3 })), 'th')).toEqual([
    'เหตุผลส่วนตัว',
  ]);
});

test('a visit this week is made by its Friday; from Saturday on, by the next', () => {
  expect(visitWeek('2026-11-23')).toEqual({ by: '2026-11-27', before: '2026-11-28' });
  expect(visitWeek('2026-11-27')).toEqual({ by: '2026-11-27', before: '2026-11-28' });
  expect(visitWeek('2026-11-28')).toEqual({ by: '2026-12-04', before: '2026-12-05' });
  expect(visitWeek('2026-12-27').by).toBe('2027-01-01');
});
