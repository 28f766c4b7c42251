// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chanceFrom, madeRegister } from '../../../test/support/made-register.ts';
import { romanise } from '../server/romanise.ts';
import { blockingKeys, candidatePairs } from './linkage-blocking.ts';
import {
  countComparisons,
  estimate,
  learnFromRegister,
  logLikelihood,
  sharesOfLevels,
  type CountedComparison,
} from './linkage-estimate.ts';
import {
  levelWeights,
  linkageThresholds,
  startingParameters,
  weighComparison,
  weigher,
  type LinkageParameters,
} from './linkage-weights.ts';
import { birthLevel, compareRecords, fieldLevels, fields, readRecord, type Comparison, type LinkageFacts } from './linkage.ts';

const malee: LinkageFacts = {
  names: ['มาลี แสงทอง'],
  sex: 2,
  bornOn: '2006-03-15',
  phones: ['+66812345678'],
  documents: ['1102000345678'],
  places: ['country', 'province', 'district', 'sub-district', 'village'],
  householdId: 'household 1',
  household: ['สมชาย แสงทอง', 'สมศรี แสงทอง'],
};
const record = (changed: Partial<LinkageFacts> = {}) => readRecord({ ...malee, ...changed }, romanise);
const at = (field: (typeof fields)[number]): number => fields.indexOf(field);
/** What Malee's record and a changed one have in one field. */
function levelOf(field: (typeof fields)[number], changed: Partial<LinkageFacts>): string | null {
  const level = compareRecords(record(), record(changed))[at(field)] ?? null;
  return level === null ? null : fieldLevels[field][level]!;
}

const comparisons: fc.Arbitrary<Comparison> = fc.tuple(
  ...fields.map((field) => fc.option(fc.nat({ max: fieldLevels[field].length - 1 }), { freq: 4 })),
);

describe('how two records agree', () => {
  test('somebody and herself: in all, but that one household says nothing of itself', () => {
    expect(compareRecords(record(), record())).toEqual([4, 4, 1, 1, 1, 3, null]);
    expect(levelOf('household', { householdId: 'household 2' })).toBe('more-shared');
  });
  test.each([
    [['Saengthong Malee'], 'same'],
    [['Mali Sangtong'], 'close'],
    [['Somsri Saengthong'], 'alike'],
    [['Kittipong Suksawat'], 'other'],
    [['Kittipong Suksawat', 'Malee Saengthong'], 'same'],
    [[], null],
  ])('her name and %s: %s', (names, level) => {
    const found = levelOf('name', { names });
    expect(level === 'same' ? ['same', 'close'] : [level]).toContain(found);
  });
  test.each([
    ['2006-03-15', '2006-03-15', 4, null],
    ['2006-03-12', '2006-12-03', 3, 'day-month'],
    ['2549-03-15', '2006-03-15', 3, 'buddhist-era'],
    ['2549-01-01', '2006-03-15', 2, null],
    ['2006-03-01', '2006-03-15', 3, 'month-known'],
    ['2006-03-01', '2006-03-01', 3, 'month-known'],
    ['2016-03-15', '2006-03-15', 3, 'one-digit'],
    ['2006-01-01', '2006-03-15', 2, null],
    ['2006-01-01', '2006-01-01', 2, null],
    ['2006-05-20', '2006-03-15', 2, null],
    ['2005-01-01', '2006-03-15', 1, null],
    ['1975-08-02', '2006-03-15', 0, null],
    [null, '2006-03-15', null, null],
  ])('born on %s and %s: %s, %s', (a, b, level, slip) => {
    expect(birthLevel(a, b)).toEqual([level, slip]);
    expect(birthLevel(b, a)).toEqual([level, slip]);
  });
  test('phones are one with and without their calling code', () => {
    expect(levelOf('phone', { phones: ['0812345678'] })).toBe('shared');
    expect(levelOf('phone', { phones: ['0899999999'] })).toBe('other');
    expect(levelOf('phone', { phones: [] })).toBe(null);
  });
  test.each([
    [['country', 'province', 'district', 'sub-district', 'village 2'], 'same-sub-district'],
    [['country', 'province', 'district', 'sub-district 2', 'village 3'], 'same-district'],
    [['country', 'province', 'district 2', 'sub-district 3', 'village 4'], 'other'],
    [['country', 'province', 'district'], null],
    [[], null],
  ])('living in %s: %s', (places, level) => expect(levelOf('place', { places })).toBe(level));
  test('sex not known, and an empty household, leave the field open', () => {
    expect(levelOf('sex', { sex: 0 })).toBe(null);
    expect(levelOf('sex', { sex: 1 })).toBe('other');
    expect(levelOf('household', { householdId: null, household: [] })).toBe(null);
    expect(levelOf('household', { householdId: 'household 2', household: ['Somchai Saengthong'] })).toBe('one-shared');
  });
  test('whoever comes first', () => {
    const register = madeRegister({ size: 60, twice: 30, seed: 5 }).map((facts) => readRecord(facts, romanise));
    const anybody = fc.constantFrom(...register);
    fc.assert(
      fc.property(anybody, anybody, (a, b) => compareRecords(a, b).join() === compareRecords(b, a).join()),
      { numRuns: 300 },
    );
  });
});

describe('weights', () => {
  test('more agreement in a field never counts for less, whatever was learned', () => {
    const shares = fields.map((field) =>
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: fieldLevels[field].length, maxLength: fieldLevels[field].length }),
    );
    fc.assert(
      fc.property(fc.tuple(...shares), fc.tuple(...shares), (m, u) =>
        levelWeights({ prior: 0.01, m, u }).every((field) =>
          field.every((weight, level) => level === 0 || weight >= field[level - 1]! - 1e-9),
        ),
      ),
    );
    fc.assert(
      fc.property(comparisons, fc.nat({ max: fields.length - 1 }), (comparison, field) => {
        const level = comparison[field] ?? null;
        if (level === null || level === 0) return true;
        const less = comparison.with(field, level - 1);
        return (
          weighComparison(less).weight <= weighComparison(comparison).weight &&
          weighComparison(less).probability <= weighComparison(comparison).probability
        );
      }),
    );
  });
  test('what is not known adds nothing and is no reason', () => {
    fc.assert(
      fc.property(comparisons, fc.nat({ max: fields.length - 1 }), (comparison, field) => {
        const open = weighComparison(comparison.with(field, null));
        const given = weighComparison(comparison);
        const own = given.reasons.find((reason) => reason.field === fields[field])?.weight ?? 0;
        return Math.abs(given.weight - own - open.weight) < 1e-9 && open.reasons.every((reason) => reason.field !== fields[field]);
      }),
    );
    const nothing = weighComparison(fields.map(() => null));
    expect(nothing).toMatchObject({ weight: 0, verdict: 'unlikely', reasons: [] });
    expect(nothing.probability).toBeCloseTo(startingParameters.prior);
  });
  test('the parameters are shares, and no field decides alone but a document', () => {
    for (const shares of [...startingParameters.m, ...startingParameters.u])
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    for (const [field, levels] of Object.values(fieldLevels).entries()) {
      const alone = weighComparison(fields.map((_, other) => (other === field ? levels.length - 1 : null)));
      if (field === at('document')) expect(alone.verdict).not.toBe('unlikely');
      else expect(alone.verdict).not.toBe('probable');
    }
  });
  test('the reasons say field and level, the weightiest first', () => {
    const { verdict, reasons } = weighComparison(
      compareRecords(record(), record({ names: ['Mali Sangtong'], bornOn: '2549-03-15', documents: [] })),
    );
    expect(verdict).toBe('probable');
    expect(
      reasons
        .slice(0, 2)
        .map(({ field, level }) => `${field}.${level}`)
        .sort(),
    ).toEqual(['birth.slip', 'name.close']);
  });
});

/** Counts exactly as the parameters say, over all patterns without gaps. */
function expected(parameters: LinkageParameters, pairs: number): CountedComparison[] {
  let all: number[][] = [[]];
  for (const field of fields) all = all.flatMap((start) => fieldLevels[field].map((_, level) => [...start, level]));
  const likely = (levels: number[], shares: LinkageParameters['m']): number =>
    levels.reduce((product, level, field) => product * shares[field]![level]!, 1);
  return all.map((comparison) => ({
    comparison,
    count: pairs * (parameters.prior * likely(comparison, parameters.m) + (1 - parameters.prior) * likely(comparison, parameters.u)),
  }));
}

describe('learning', () => {
  test('finds the parameters that made the counts', () => {
    const planted: LinkageParameters = {
      prior: 0.05,
      m: [
        [0.02, 0.03, 0.1, 0.35, 0.5],
        [0.05, 0.1, 0.1, 0.15, 0.6],
        [0.05, 0.95],
        [0.4, 0.6],
        [0.2, 0.8],
        [0.2, 0.1, 0.2, 0.5],
        [0.4, 0.3, 0.3],
      ],
      u: [
        [0.3, 0.5, 0.15, 0.04, 0.01],
        [0.7, 0.1, 0.15, 0.03, 0.02],
        [0.5, 0.5],
        [0.95, 0.05],
        [0.99, 0.01],
        [0.3, 0.2, 0.3, 0.2],
        [0.9, 0.08, 0.02],
      ],
    };
    const { parameters } = estimate(expected(planted, 10_000), { rounds: 2000, enough: 1e-13 });
    expect(parameters.prior).toBeCloseTo(planted.prior, 3);
    parameters.m.forEach((shares, field) => shares.forEach((share, level) => expect(share).toBeCloseTo(planted.m[field]![level]!, 2)));
    parameters.u.forEach((shares, field) => shares.forEach((share, level) => expect(share).toBeCloseTo(planted.u[field]![level]!, 3)));
  });
  const decided = fc.constantFrom(undefined, undefined, 'one' as const, 'two' as const);
  const counted = fc.array(
    fc
      .record({ comparison: comparisons, count: fc.integer({ min: 1, max: 500 }), decided })
      .map(({ decided: known, ...pattern }): CountedComparison => ({ ...pattern, ...(known && { decided: known }) })),
    { maxLength: 40 },
  );
  test('no round makes what was counted less likely', () => {
    fc.assert(
      fc.property(counted, fc.boolean(), fc.constantFrom(0, 10, 1000), (patterns, keepU, belief) => {
        const { logLikelihoods } = estimate(patterns, { keepU, belief, rounds: 30 });
        return logLikelihoods.every((each, round) => round === 0 || each >= logLikelihoods[round - 1]! - 1e-6 * Math.abs(each));
      }),
      { numRuns: 60 },
    );
  });
  test('shares stay shares, and nothing counted changes nothing', () => {
    fc.assert(
      fc.property(counted, (patterns) => {
        const { prior, m, u } = estimate(patterns, { rounds: 20 }).parameters;
        return (
          prior >= 0 && prior <= 1 && [...m, ...u].every((shares) => Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-6)
        );
      }),
      { numRuns: 60 },
    );
    expect(estimate([]).parameters).toBe(startingParameters);
    expect(logLikelihood([], startingParameters)).toBe(0);
  });
  test('what people decided is learned', () => {
    const comparison: Comparison = [3, null, null, 0, null, null, null];
    const [before, after] = [
      startingParameters,
      estimate([
        { comparison, count: 50, decided: 'one' },
        { comparison, count: 5, decided: 'two' },
      ]).parameters,
    ];
    expect(after.prior).toBeCloseTo(50 / 55);
    expect(after.m[at('phone')]![0]).toBeGreaterThan(before.m[at('phone')]![0]!);
  });
  test('random pairs show what two people are like', () => {
    const shares = sharesOfLevels(
      countComparisons([
        [0, null, 1, null, null, null, null],
        [0, null, 0, null, null, null, null],
      ]),
    );
    expect(shares[at('name')]).toEqual([1, 0, 0, 0, 0]);
    expect(shares[at('sex')]).toEqual([0.5, 0.5]);
    expect(shares[at('phone')]).toEqual(startingParameters.u[at('phone')]);
  });
});

describe('which pairs are compared', () => {
  test('those who share a phone, a document, or the sound of a name with a year or a sub-district', () => {
    const keys = (changed: Partial<LinkageFacts>): number =>
      blockingKeys(record()).filter((key) => blockingKeys(record(changed)).includes(key)).length;
    const nobody: Partial<LinkageFacts> = { names: ['Kittipong Suksawat'], phones: [], documents: [] };
    expect(keys(nobody)).toBe(0);
    expect(keys({ ...nobody, phones: ['081 234 5678'] })).toBe(1);
    expect(keys({ ...nobody, documents: malee.documents })).toBe(1);
    expect(keys({ ...nobody, names: ['Malee Saengthong'], bornOn: '2549-01-01', places: [] })).toBeGreaterThan(0);
    expect(keys({ ...nobody, names: ['Malee Saengthong'], bornOn: null })).toBeGreaterThan(0);
    expect(keys({ ...nobody, names: ['Malee Saengthong'], bornOn: null, places: ['elsewhere'] })).toBe(0);
  });
  test('each once, and none within a block too large to mean anything', () => {
    const twins = [record(), record(), record()];
    expect([...candidatePairs(twins)]).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect([...candidatePairs(twins, 2)]).toEqual([]);
  });
});

// Larger ones by hand: MADE_REGISTER="20000 1000" npx vitest run src/people/domain/linkage.test.ts
const [size = 2000, twice = 150] = (process.env['MADE_REGISTER'] ?? '2000 150').split(' ').map(Number);

describe(`a made register of ${size} with ${twice} written down twice`, () => {
  const register = madeRegister({ size, twice, seed: 1 });
  const records = register.map((facts) => readRecord(facts, romanise));
  const pairs = [...candidatePairs(records)].map(([a, b]) => ({
    comparison: compareRecords(records[a]!, records[b]!),
    one: register[a]!.who === register[b]!.who,
    apart: register[a]!.householdId !== register[b]!.householdId,
  }));
  /** What share of those put before somebody are one person, and what share of those written down twice are put before somebody. */
  function queue(parameters: LinkageParameters, least: number): { precision: number; recall: number; length: number } {
    const weigh = weigher(parameters);
    const put = pairs.filter(({ comparison }) => weigh(comparison).probability >= least);
    const right = put.filter(({ one }) => one).length;
    return { precision: right / put.length, recall: right / twice, length: put.length };
  }
  test('nearly all are compared, and few others', () => {
    expect(pairs.filter(({ one }) => one).length / twice).toBeGreaterThanOrEqual(0.95);
    expect(pairs.length).toBeLessThan((register.length ** 2 / 2) * 0.02);
  });
  test('the queue holds most of them, and mostly them', () => {
    const [possible, probable] = [
      queue(startingParameters, linkageThresholds.possible),
      queue(startingParameters, linkageThresholds.probable),
    ];
    console.table({ possible, probable });
    expect(possible.recall).toBeGreaterThanOrEqual(0.9);
    expect(possible.precision).toBeGreaterThanOrEqual(0.7);
    expect(probable.precision).toBeGreaterThanOrEqual(0.93);
    expect(probable.recall).toBeGreaterThanOrEqual(0.7);
  });
  test('what the register teaches of itself does not spoil the queue', () => {
    const learned = learnFromRegister(countComparisons(pairs.filter(({ apart }) => apart).map(({ comparison }) => comparison)));
    const possible = queue(learned, linkageThresholds.possible);
    expect(possible.recall).toBeGreaterThanOrEqual(0.9);
    expect(possible.precision).toBeGreaterThanOrEqual(0.55);
    expect(learned.prior).toBeGreaterThan(0.003);
    expect(learned.prior).toBeLessThan(0.03);
  });
  test('the same seed makes the same register', () => {
    expect(madeRegister({ size: 50, twice: 5, seed: 9 })).toEqual(madeRegister({ size: 50, twice: 5, seed: 9 }));
    expect(chanceFrom(1)()).toBe(chanceFrom(1)());
  });
});
