// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaks, someLattice as lattice } from '../../../test/support/attacker-leaks.ts';
import { everyCell, isShown, valueOf, type Cell } from '../../../test/support/attacker.ts';
import type { Lattice } from './disclosure-lattice.ts';
import { publishSeries, renewedAfter, type Series } from './disclosure-series.ts';

const shape = { first: 2, second: 1, bands: 3 };
const count = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 10 }) },
  { weight: 6, arbitrary: fc.integer({ min: 11, max: 60 }) },
);
const change = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: -10, max: 10 }) },
  { weight: 2, arbitrary: fc.integer({ min: -30, max: 30 }) },
);

/** A small tree over a few dates, its people coming, going and changing band. */
const histories = fc.integer({ min: 1, max: 4 }).chain((many) =>
  fc
    .tuple(
      fc.tuple(...Array.from({ length: many }, (_, i) => (i === 0 ? fc.constant(-1) : fc.integer({ min: 0, max: i - 1 })))),
      fc.array(fc.array(count, { minLength: 6, maxLength: 6 }), { minLength: many, maxLength: many }),
      fc.array(fc.array(fc.array(change, { minLength: 6, maxLength: 6 }), { minLength: many, maxLength: many }), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([parents, start, steps]) => {
      let own = start.map((row, i) => (parents.includes(i) ? [] : row));
      return [own, ...steps.map((step) => (own = own.map((row, i) => row.map((value, c) => Math.max(0, value + step[i]![c]!)))))].map(
        (rows) => lattice(shape, parents, rows),
      );
    }),
);

function shownValue(series: Series, at: number, cell: Cell): number | null {
  const figure = series.figure(at, cell.place, cell.first, cell.second);
  return cell.band === null ? figure.n : figure.bands[cell.band]!;
}

describe('Figures of successive dates', () => {
  it('never show a change of 1 to 10, nor let it be worked out from what else is new', () => {
    fc.assert(
      fc.property(histories, (lattices) => {
        const series = publishSeries(lattices);
        for (let at = 1; at < lattices.length; at++) {
          for (const cell of everyCell(lattices[at]!)) {
            const before = shownValue(series, at - 1, cell),
              now = shownValue(series, at, cell);
            if (before !== null && now !== null) expect(Math.abs(now - before) === 0 || Math.abs(now - before) > 10).toBe(true);
          }
          const movedALittle = (cell: Cell) => {
            const before = shownValue(series, at - 1, cell),
              moved = before === null ? 0 : Math.abs(valueOf(lattices[at]!, cell) - before);
            // A figure that is 0 now is known to be 0 by everybody who sees that nobody is there.
            return moved >= 1 && moved <= 10 && valueOf(lattices[at]!, cell) > 0;
          };
          expect(leaks(lattices[at]!, series.fresh(at), movedALittle)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  const village = (high: number): Lattice =>
    lattice({ first: 1, second: 1, bands: 4 }, [-1, 0, 0], [[], [50, 200, 60, high], [40, 100, 50, 60]]);

  it('repeat the earlier figure of a village in which three people moved into the highest band, and say so', () => {
    const series = publishSeries([village(30), village(33)]);
    expect(series.figure(1, 1, null, null)).toMatchObject({ n: 340, bands: [50, 200, 60, 30], carriedFrom: 0 });
    expect(series.figure(1, 0, null, null)).toMatchObject({ carriedFrom: 0 });
  });

  it('give the figure anew once it has changed by eleven, and after a year in any case', () => {
    expect(publishSeries([village(30), village(33), village(42)]).figure(2, 1, null, null)).toMatchObject({
      bands: [50, 200, 60, 42],
      carriedFrom: null,
    });
    const slow = publishSeries(Array.from({ length: renewedAfter + 1 }, (_, i) => village(i === 0 ? 30 : 33)));
    expect(slow.figure(renewedAfter - 1, 1, null, null)).toMatchObject({ carriedFrom: 0 });
    expect(slow.figure(renewedAfter, 1, null, null)).toMatchObject({ bands: [50, 200, 60, 33], carriedFrom: null });
  });

  it('are held against the figure given before them, not against older ones: what moves by elevens may come back near where it began', () => {
    const series = publishSeries([village(30), village(42), village(31), village(33)]);
    expect([0, 1, 2, 3].map((at) => [series.figure(at, 1, null, null).bands[3], series.figure(at, 1, null, null).carriedFrom])).toEqual([
      [30, null],
      [42, null],
      [31, null],
      [31, 2],
    ]);
  });

  it('are attacked by somebody who finds a series in which nothing is held back', () => {
    const before = village(30),
      after = village(33);
    const open = { ...publishSeries([after]).fresh(0) };
    expect(isShown(after, open, { place: 1, first: null, second: null, band: 3 })).toBe(true);
    expect(leaks(after, open, (cell) => Math.abs(valueOf(after, cell) - valueOf(before, cell)) === 3)).not.toEqual([]);
  });
});
