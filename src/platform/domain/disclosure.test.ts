// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaks, someLattice as lattice } from '../../../test/support/attacker-leaks.ts';
import type { Pattern, Shape } from './disclosure-lattice.ts';
import { settle } from './disclosure-rules.ts';
import { buildTable } from './disclosure-table.ts';
import { figureOf, protect } from './disclosure.ts';

/** Small counts, zeros and a few large ones: the mixture in which protecting one figure gives another away. */
const count = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 10 }) },
  { weight: 5, arbitrary: fc.integer({ min: 11, max: 40 }) },
);

const worlds = (shape: Shape, places: number) =>
  fc.integer({ min: 1, max: places }).chain((many) =>
    fc
      .tuple(
        fc.tuple(...Array.from({ length: many }, (_, i) => (i === 0 ? fc.constant(-1) : fc.integer({ min: 0, max: i - 1 })))),
        fc.array(
          fc.array(count, { minLength: shape.first * shape.second * shape.bands, maxLength: shape.first * shape.second * shape.bands }),
          { minLength: many, maxLength: many },
        ),
        fc.array(fc.boolean(), { minLength: many, maxLength: many }),
      )
      .map(([parents, own, emptyInside]) =>
        lattice(
          shape,
          parents,
          own.map((row, i) => (emptyInside[i] && parents.includes(i) ? [] : row)),
        ),
      ),
  );

const tiny: Shape = { first: 2, second: 2, bands: 3 };
const plain: Shape = { first: 1, second: 1, bands: 4 };

describe('The disclosure function', () => {
  it('lets nobody work out a figure of 1 to 10 in any small world, from parts, wholes, filters and bands', () => {
    fc.assert(
      fc.property(worlds(tiny, 5), (world) => {
        expect(leaks(world, protect(world))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('does the same over larger trees without filters', () => {
    fc.assert(
      fc.property(worlds(plain, 12), (world) => {
        expect(leaks(world, protect(world))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('does the same with more classes of both filters', () => {
    const wide: Shape = { first: 3, second: 3, bands: 3 };
    fc.assert(
      fc.property(worlds(wide, 3), (world) => {
        expect(leaks(world, protect(world))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is tested by an attacker who finds what primary suppression alone gives away', () => {
    const world = lattice(plain, [-1, 0, 0], [[], [20, 30, 30, 5], [20, 30, 30, 30]]);
    const onlyPrimary: Pattern = {
      n: new Uint8Array(3),
      split: Uint8Array.from([0, 1, 0]),
      first: new Int32Array(3),
      second: new Int32Array(3),
      both: new Int32Array(3),
    };
    const found = leaks(world, onlyPrimary);
    expect(found.some((leak) => leak.startsWith('by one difference'))).toBe(true);
    expect(leaks(world, protect(world))).toEqual([]);
  });

  it('is tested by an attacker who finds what sums that are each safe give away together', () => {
    const found = fc.check(
      fc.property(worlds(tiny, 5), (world) => {
        const table = buildTable(world);
        settle(table);
        return leaks(world, table.hidden).length === 0;
      }),
      { numRuns: 2000, seed: 7, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });

  it('shows a place, its bands and zeros when nothing is small', () => {
    const world = lattice(plain, [-1, 0, 0], [[], [20, 30, 0, 50], [15, 60, 30, 30]]);
    const pattern = protect(world);
    expect(figureOf(world, pattern, 1, null, null)).toEqual({ n: 100, bands: [20, 30, 0, 50], cover: 'shown' });
    expect(figureOf(world, pattern, 0, null, null).cover).toBe('shown');
  });

  it('hides the split where all whose band is known stand in one band, and lets n stand', () => {
    const world = lattice(plain, [-1, 0, 0, 0], [[], [12, 0, 0, 50], [15, 60, 30, 30], [20, 50, 40, 40]]);
    const pattern = protect(world);
    expect(figureOf(world, pattern, 1, null, null)).toEqual({ n: 62, bands: [null, null, null, null], cover: 'held-back' });
    expect(figureOf(world, pattern, 2, null, null).cover).toBe('held-back');
    expect(figureOf(world, pattern, 3, null, null).cover).toBe('shown');
  });

  it('keeps people registered at a district itself from being worked out by subtracting its villages', () => {
    const world = lattice(
      plain,
      [-1, 0, 0],
      [
        [3, 0, 0, 0],
        [20, 30, 20, 50],
        [15, 60, 30, 30],
      ],
    );
    const pattern = protect(world);
    expect(figureOf(world, pattern, 0, null, null).n).toBe(258);
    expect([1, 2].filter((place) => figureOf(world, pattern, place, null, null).n === null)).toHaveLength(1);
  });

  it('has one pattern for a place, whether it is asked for as a part or by itself', () => {
    fc.assert(
      fc.property(worlds(tiny, 5), (world) => {
        expect(protect(world)).toEqual(protect({ ...world, counts: world.counts.slice() }));
      }),
      { numRuns: 30 },
    );
  });

  it('protects 20,000 places with 160 figures each with about a second of work', () => {
    const shape: Shape = { first: 3, second: 7, bands: 4 };
    const parents = Array.from({ length: 20_000 }, (_, i) =>
      i === 0 ? -1 : i < 25 ? 0 : i < 220 ? 1 + (i % 24) : i < 2000 ? 25 + (i % 195) : 220 + (i % 1780),
    );
    let state = 1;
    const random = () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    };
    const own = parents.map((_, i) =>
      i < 2000 ? [] : Array.from({ length: 84 }, (_, c) => (c < 28 ? 0 : Math.floor(random() * random() * 40))),
    );
    const world = lattice(shape, parents, own);
    protect(world);
    const before = process.cpuUsage();
    const pattern = protect(world);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
    expect(pattern.n[0]).toBe(0);
  });
});
