// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alike, answerTo, bordersOf, impossible, ratio } from './area-stats.ts';
import { sumUpwards } from './area-sums.ts';
import type { Cuts } from './instrument.ts';
import { mappingFault } from './mapping.ts';

const terciles = (worse: Cuts['worse']): Cuts => ({ method: 'terciles', worse, source: { en: '' } });

describe('Thirds of a country', () => {
  it('give equal values equal answers, worse values no better ones, and each third at least its share on the better side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 200 }),
        fc.constantFrom('higher' as const, 'lower' as const),
        (values, worse) => {
          const borders = bordersOf(terciles(worse), values);
          if (!borders) return;
          const answers = values.map((value) => answerTo(value, borders, worse));
          values.forEach((a, i) =>
            values.forEach((b, j) => {
              if (worse === 'higher' ? a <= b : a >= b) expect(answers[i]).toBeLessThanOrEqual(answers[j]!);
            }),
          );
          expect(answers.filter((a) => a === 1).length * 3).toBeGreaterThanOrEqual(values.length);
          expect(answers.filter((a) => a <= 2).length * 3).toBeGreaterThanOrEqual(values.length * 2);
          expect(new Set(answers).size).toBe(3);
        },
      ),
    );
  });

  it('cannot be drawn where the figures hardly differ', () => {
    expect(bordersOf(terciles('higher'), [0, 0, 0, 0])).toBeNull();
    expect(bordersOf(terciles('higher'), [0, 1])).toBeNull();
    expect(bordersOf(terciles('higher'), [])).toBeNull();
    expect(bordersOf({ method: 'fixed', worse: 'higher', at: [0.1, 0.2], source: { en: '' } }, [])).toEqual([0.1, 0.2]);
  });

  it('leave many noughts in the best third', () => {
    expect(bordersOf(terciles('higher'), [0, 0, 0, 0, 0, 0, 1, 2, 3])).toEqual([1, 2]);
  });
});

describe('Measured values', () => {
  it('are shares or rates, and some cannot be', () => {
    expect([ratio(1, 4, { kind: 'share' }), ratio(1, 4, { kind: 'rate', per: 1000 })]).toEqual([0.25, 250]);
    expect([
      impossible(1.2, { kind: 'share' }),
      impossible(-1, { kind: 'rate', per: 1000 }),
      impossible(300, { kind: 'rate', per: 1000 }),
    ]).toEqual(['120 per cent is more than all', '-1 is less than nothing', undefined]);
  });

  it('sum upwards to what a plain sum says', () => {
    const one = fc.record({
      village: fc.integer({ min: 0, max: 7 }),
      part: fc.integer({ min: 0, max: 50 }),
      whole: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: (v) => v.village }), (rows) => {
        const areas = [
          { placeId: 'c', regionId: 0, level: 0, above: -1 },
          { placeId: 'a', regionId: 1, level: 1, above: 0 },
          { placeId: 'b', regionId: 2, level: 1, above: 0 },
        ];
        const above = Array.from({ length: 8 }, (_, village) => 1 + (village >> 2));
        const sums = sumUpwards(areas, above, 2, (village, indicator) => {
          const row = indicator === 1 ? rows.find((r) => r.village === village) : undefined;
          return row ? { part: row.part, whole: row.whole, observedOn: `2025-01-0${village + 1}` } : null;
        });
        areas.forEach((area, at) => {
          const own = rows.filter((r) => r.whole > 0 && (at === 0 || above[r.village] === at));
          const sum = sums.find((s) => s.area === at && s.indicator === 1);
          expect(sum ? [sum.part, sum.whole, sum.placesWith, sum.placesAll, sum.observedOn] : null).toEqual(
            own.length
              ? [
                  own.reduce((n, r) => n + r.part, 0),
                  own.reduce((n, r) => n + r.whole, 0),
                  own.length,
                  area.level === 0 ? 8 : 4,
                  `2025-01-0${Math.max(...own.map((r) => r.village)) + 1}`,
                ]
              : null,
          );
        });
        expect(sums.filter((s) => s.indicator === 0)).toEqual([]);
      }),
    );
  });
});

describe('Names of places', () => {
  it('are alike when one may be a spelling of the other', () => {
    expect([
      alike('Mesar Prachan', 'Mesa Prachan'),
      alike('Ou Chrov + Kronh Paoy Pet', 'Ou Chrov'),
      alike('Sangkat Bati', 'Bati'),
      alike('Kouk Roka', 'Trapeang Krasang'),
      alike('Ovlaok', 'Krang Thnong'),
    ]).toEqual([true, true, true, false, false]);
  });
});

describe('A mapping', () => {
  const sound = {
    country: 'XT',
    level: 3,
    instrument: 'i',
    source: 's',
    code: { column: 'c' },
    observed: { date: '2025-01-01' },
    indicators: { poor: { value: 'x' } },
  };
  it('fits or is told where it does not', () => {
    expect(mappingFault(sound)).toBeUndefined();
    expect(mappingFault({ ...sound, country: 'Thailand' })).toMatchObject({ path: ['country'] });
    const { level: _, ...without } = sound;
    expect(mappingFault(without)).toMatchObject({ why: expect.stringContaining('level') as string });
    expect(mappingFault({ ...sound, extra: 1 })).toEqual({
      path: ['extra'],
      why: expect.stringMatching(/^there is no such key here; there are country, level/) as string,
    });
    expect(mappingFault({ ...sound, indicators: { poor: { part: 'x', whole: { statistic: 'poor' } } } })).toEqual({
      path: ['indicators', 'poor', 'whole'],
      why: 'an indicator cannot be the whole of itself',
    });
    expect(mappingFault({ ...sound, indicators: {} })).toMatchObject({ path: ['indicators'] });
    expect(mappingFault(null)).toMatchObject({ path: [] });
  });
});
