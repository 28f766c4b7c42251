// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsIn, drivers } from './drivers.ts';
import { bandOf, perCent, score, shown } from './arithmetic.ts';
import { household28 } from './instruments/household-28.ts';
import { validUntil } from './valid-until.ts';
import { ageGroupOfKeys, ageGroupOn, ageOn, dateKey, nextAgeGroupDate } from '../../people/domain/age-group.ts';

const bands = household28.bands;
const all = (answer: number): number[] => household28.indicators.map(() => answer);

describe('the index', () => {
  test('runs from 0 (all 1) to 100 (all 3)', () => {
    expect(shown(score(all(1), household28))).toEqual({ index: 0, low: 0, high: 0, coverage: 100 });
    expect(shown(score(all(3), household28))).toEqual({ index: 100, low: 100, high: 100, coverage: 100 });
    expect(score(all(2), household28)).toEqual({ excess: 28, known: 28, applicable: 28, band: 2 });
  });

  test('nothing known says nothing, nothing applicable says nothing at all', () => {
    expect(shown(score(all(4), household28))).toEqual({ index: null, low: 0, high: 100, coverage: 0 });
    expect(score(all(0), household28).band).toBe(0);
    expect(shown(score(all(6), household28))).toEqual({ index: null, low: null, high: null, coverage: null });
    expect(score(all(6), household28)).toEqual({ excess: 0, known: 0, applicable: 0, band: 0 });
  });

  test('the borders belong to the higher band, exactly', () => {
    expect(bandOf(12, 10, 10, bands)).toBe(3); // 60
    expect(bandOf(119, 100, 100, bands)).toBe(2); // 59.5
    expect(bandOf(66, 100, 100, bands)).toBe(2); // 33
    expect(bandOf(65, 100, 100, bands)).toBe(1); // 32.5
    expect(bandOf(6, 3, 5, bands)).toBe(3); // coverage 60
    expect(bandOf(6, 59, 100, bands)).toBe(0); // coverage 59
  });

  test('rounds half up to one decimal', () => {
    expect(perCent(1, 3)).toBe(33.3);
    expect(perCent(2, 3)).toBe(66.7);
    expect(perCent(1, 2000)).toBe(0.1); // 0.05 goes up
    expect(perCent(49, 100_000)).toBe(0); // 0.049 goes down
  });

  test('the true index lies within the interval, whatever is missing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 6), { minLength: 28, maxLength: 28 }),
        fc.array(fc.constantFrom(1, 2, 3), { minLength: 28, maxLength: 28 }),
        (answers, truth) => {
          const partly = shown(score(answers, household28));
          const whole = shown(
            score(
              answers.map((a, i) => ((a >= 1 && a <= 3) || a === 6 ? a : (truth[i] ?? 1))),
              household28,
            ),
          );
          if (whole.index === null) return;
          expect(whole.index).toBeGreaterThanOrEqual(partly.low ?? 0);
          expect(whole.index).toBeLessThanOrEqual(partly.high ?? 100);
        },
      ),
    );
  });

  test('refuses answers of another instrument', () => expect(() => score([1, 2], household28)).toThrow(RangeError));
});

describe('reasons', () => {
  const set = (given: Record<string, number>): number[] => household28.indicators.map((i) => given[i.code] ?? 1);

  test('threes before twos, protected ones only as "private reason", once', () => {
    const answers = set({ debt: 2, place_shock: 3, family_violence: 3, legal_status: 2, life_stage: 3 });
    expect(drivers(household28, answers, 'en').map((r) => [r.code, r.score])).toEqual([
      ['life_stage', 3],
      [null, 3],
      ['place_shock', 3],
      ['debt', 2],
    ]);
    expect(drivers(household28, answers, 'en')[1]?.text).toBe('private reason');
    expect(drivers(household28, answers, 'th-TH', 1)[0]?.text).toMatch(/วัย/);
    expect(JSON.stringify(drivers(household28, answers, 'en'))).not.toMatch(/violence|temporary permit/);
  });

  test('heavier indicators come first', () => {
    const heavy = { ...household28, indicators: household28.indicators.map((i) => (i.code === 'place_shock' ? { ...i, weight: 5 } : i)) };
    expect(drivers(heavy, set({ life_stage: 3, place_shock: 3 }), 'en')[0]?.code).toBe('place_shock');
  });

  test('a language that is not there falls back to English', () => expect(wordsIn({ en: 'few' }, 'km')).toBe('few'));
});

describe('dates', () => {
  const iso = (text: string, months: number, zone: string): string => new Date(validUntil(Date.parse(text), months, zone)).toISOString();
  test('the end of a month stays the end of a month, in the place’s own calendar', () => {
    expect(iso('2026-08-31T05:00:00Z', 6, 'Asia/Bangkok')).toBe('2027-02-28T05:00:00.000Z');
    expect(iso('2023-11-30T20:00:00Z', 3, 'Asia/Bangkok')).toBe('2024-02-29T20:00:00.000Z'); // 1 December there: 1 March
    expect(iso('2026-01-15T12:00:00Z', 6, 'America/New_York')).toBe('2026-07-15T11:00:00.000Z'); // summer time
    expect(iso('2025-09-09T06:30:00Z', 6, 'America/New_York')).toBe('2026-03-09T06:30:00.000Z');
  });

  test('a birthday on 29 February falls on 1 March', () => {
    expect(ageOn('2004-02-29', '2022-02-28')).toBe(17);
    expect(ageOn('2004-02-29', '2022-03-01')).toBe(18);
    expect(nextAgeGroupDate('2004-02-29', '2022-02-28')).toBe('2022-03-01');
    expect(nextAgeGroupDate('1980-01-01', '2026-01-01')).toBeNull();
    expect(ageGroupOn(null, '2026-01-01')).toBe(0);
    expect(nextAgeGroupDate(null, '2026-01-01')).toBeNull();
  });

  test('the age group changes on the date foretold and not before, and reads the same from numbers', () => {
    const date = fc
      .date({ min: new Date('1920-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10));
    fc.assert(
      fc.property(date, date, (a, b) => {
        const [born, on] = a < b ? [a, b] : [b, a];
        expect(ageGroupOfKeys(dateKey(born), dateKey(on))).toBe(ageGroupOn(born, on));
        const next = nextAgeGroupDate(born, on);
        if (next === null) return;
        const eve = new Date(Date.parse(next) - 86_400_000).toISOString().slice(0, 10);
        expect(ageGroupOn(born, eve)).toBe(ageGroupOn(born, on));
        expect(ageGroupOn(born, next)).toBe(ageGroupOn(born, on) + 1);
      }),
    );
  });
});
