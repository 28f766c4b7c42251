// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polygonsOf, signedArea, type AreaGeometry, type Position } from '../domain/geometry.ts';
import { covers } from '../domain/inside.ts';
import { simplifyTogether } from './simplify.ts';

/** A wavy border from (x, 0) to (x, 1). */
function wave(x: number, swings: readonly number[]): Position[] {
  return [[x, 0], ...swings.map((swing, i): Position => [x + swing, (i + 1) / (swings.length + 1)]), [x, 1]];
}

/** Strips side by side, each sharing a wavy border with the next. */
function strips(borders: readonly (readonly number[])[]): Map<string, AreaGeometry> {
  const lines = [wave(0, []), ...borders.map((swings, i) => wave(i + 1, swings)), wave(borders.length + 1, [])];
  return new Map(
    lines.slice(1).map((right, i): [string, AreaGeometry] => {
      const left = lines[i]!;
      return [String(i), { type: 'Polygon', coordinates: [[...right, ...[...left].reverse(), right[0]!]] }];
    }),
  );
}

const area = (geometry: AreaGeometry): number =>
  polygonsOf(geometry).reduce((sum, rings) => sum + rings.reduce((all, ring) => all + signedArea(ring), 0), 0) / 2;

describe('simplifyTogether', () => {
  it('opens no gap and lets nothing overlap: the parts still add up to the whole, at every detail', () => {
    const swings = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(fc.array(swings, { minLength: 1, maxLength: 4 }), (borders) => {
        const simple = simplifyTogether(strips(borders));
        for (const detail of [0, 1, 2]) {
          const sum = [...simple.values()].reduce((total, details) => total + area(details[detail]!), 0);
          expect(sum).toBeCloseTo(borders.length + 1, 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the enclave: a capital within a province shares its border with the hole', () => {
    const town: Position[] = Array.from({ length: 400 }, (_, i): Position => [
      5 + (1 + 0.001 * Math.sin(i * 7)) * Math.cos(i / 63.67),
      5 + (1 + 0.001 * Math.sin(i * 7)) * Math.sin(i / 63.67),
    ]);
    const ring = [...town, town[0]!];
    const simple = simplifyTogether(
      new Map<string, AreaGeometry>([
        [
          'province',
          {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [10, 0],
                [10, 10],
                [0, 10],
                [0, 0],
              ],
              ring,
            ],
          },
        ],
        ['capital', { type: 'Polygon', coordinates: [ring] }],
      ]),
    );
    for (const detail of [0, 1, 2] as const) {
      const province = simple.get('province')![detail],
        capital = simple.get('capital')![detail];
      expect(covers(province, [5, 5])).toBe(false);
      expect(covers(capital, [5, 5])).toBe(true);
      expect(area(province) + area(capital)).toBeCloseTo(100, 6);
      const [, hole] = polygonsOf(province)[0]!;
      expect(new Set(hole!.map(String))).toEqual(new Set(polygonsOf(capital)[0]![0]!.map(String)));
    }
    expect(polygonsOf(simple.get('capital')![0])[0]![0]!.length).toBeLessThan(200);
  });

  it('keeps an island that is too small for a coarse map', () => {
    const speck: AreaGeometry = {
      type: 'Polygon',
      coordinates: [
        [
          [20, 20],
          [20.0003, 20],
          [20.0003, 20.0003],
          [20, 20],
        ],
      ],
    };
    const simple = simplifyTogether(new Map([...strips([[0.1]]), ['speck', speck]]));
    for (const detail of [0, 1, 2] as const) expect(area(simple.get('speck')![detail])).toBeGreaterThan(0);
  });
});
