// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaFault } from './area-fault.ts';
import { isDamaged } from './damaged.ts';
import type { AreaGeometry, Position, Ring } from './geometry.ts';
import { farthestOutside, shareOutside } from './share.ts';

const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const polygon = (...rings: Ring[]): AreaGeometry => ({ type: 'Polygon', coordinates: rings });
const parts = (...all: Ring[][]): AreaGeometry => ({ type: 'MultiPolygon', coordinates: all });
const degree = fc.integer({ min: 0, max: 200 }).map((n) => n / 10);
const rectangle = fc
  .tuple(degree, degree, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }))
  .map(([w, s, x, y]): [number, number, number, number] => [w, s, w + x / 10, s + y / 10]);
/** Degrees of longitude weigh less towards the poles: the area between two parallels goes by the sine. */
const areaOf = ([w, s, e, n]: readonly [number, number, number, number]): number =>
  Math.max(0, e - w) * Math.max(0, Math.sin((n * Math.PI) / 180) - Math.sin((s * Math.PI) / 180));

describe('The share of an area that lies outside another', () => {
  it('is that of the areas, for any two boxes, to within half a per cent', () => {
    fc.assert(
      fc.property(rectangle, rectangle, (a, b) => {
        const both = areaOf([
          Math.max(a[0], b[0]),
          Math.max(a[1], b[1]),
          Math.min(a[2], b[2]),
          Math.max(Math.max(a[1], b[1]), Math.min(a[3], b[3])),
        ]);
        expect(Math.abs(shareOutside(polygon(box(...a)), polygon(box(...b))) - (1 - both / areaOf(a)))).toBeLessThan(0.005);
      }),
      { numRuns: 300 },
    );
  });

  it("is nothing for an area in itself, in a larger one, and all of it in another's hole", () => {
    fc.assert(
      fc.property(rectangle, ([w, s, e, n]) => {
        const area = polygon(box(w, s, e, n)),
          around = box(w - 1, s - 1, e + 1, n + 1);
        expect(shareOutside(area, area)).toBeCloseTo(0, 9);
        expect(shareOutside(area, polygon(around))).toBe(0);
        expect(shareOutside(area, polygon(around, box(w, s, e, n)))).toBeCloseTo(1, 9);
        expect(shareOutside(area, parts([box(w, s, (w + e) / 2, n)], [box((w + e) / 2, s, e, n)]))).toBeCloseTo(0, 9);
      }),
      { numRuns: 200 },
    );
  });

  it('sees a large area around a small one, and how far it reaches', () => {
    const small = polygon(box(0, 0, 1, 1)),
      large = polygon(box(-10, -10, 11, 11));
    expect(shareOutside(large, small)).toBeCloseTo(1 - 1 / 441, 2);
    expect([shareOutside(small, large), farthestOutside(small, large)]).toEqual([0, 0]);
    expect(farthestOutside(large, small)).toBeCloseTo(Math.hypot(10, 10), 9);
  });

  it('takes moments for a country of 1,600 communes of 300 corners in provinces of 5,000', () => {
    const round = (x: number, y: number, r: number, corners: number): AreaGeometry => {
      const ring = Array.from({ length: corners }, (_, i): Position => {
        const t = (2 * Math.PI * i) / corners;
        return [x + r * (1 + 0.05 * Math.sin(40 * t)) * Math.cos(t), y + r * (1 + 0.05 * Math.sin(40 * t)) * Math.sin(t)];
      });
      return polygon([...ring, ring[0]!]);
    };
    const province = round(0, 0, 10, 5_000),
      communes = Array.from({ length: 1_600 }, (_, i) => round((i % 40) / 4 - 5, Math.floor(i / 40) / 4 - 5, 0.1, 300));
    const began = performance.now();
    expect(communes.filter((commune) => shareOutside(commune, province) > 0.001 || areaFault(commune) !== undefined)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('An area that cannot be', () => {
  const square = box(0, 0, 4, 4);
  it.each([
    [
      'nothing wrong: parts and holes that touch',
      parts(
        [
          square,
          box(1, 1, 2, 2),
          [
            [2, 2],
            [3, 2],
            [3, 3],
            [2, 3],
            [2, 2],
          ],
        ],
        [box(4, 0, 5, 4)],
        [
          [
            [5, 4],
            [6, 4],
            [6, 5],
            [5, 4],
          ],
        ],
      ),
      undefined,
    ],
    ['nothing wrong: an island in a lake', parts([box(0, 0, 9, 9), box(1, 1, 8, 8)], [box(3, 3, 4, 4)]), undefined],
    [
      'a figure of eight',
      polygon([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
      /^crosses itself near 0.5, 0.5/,
    ],
    ['a hole across the shell', polygon(square, box(3, 1, 5, 2)), /^crosses itself/],
    ['a hole outside', polygon(square, box(6, 6, 7, 7)), /^hole 1 lies outside its shell/],
    ['a hole in a hole', polygon(square, box(1, 1, 3, 3), box(1.5, 1.5, 2, 2)), /^holes 1 and 2 overlap/],
    ['a hole twice', polygon(square, box(1, 1, 3, 3), box(1, 1, 3, 3)), /^holes 1 and 2 overlap/],
    [
      'parts that cross',
      parts([square], [box(3, 3, 6, 6)]),
      /^has parts that cross each other near 4, 3|^has parts that cross each other near 3, 4/,
    ],
    ['parts that overlap along a line', parts([box(0, 0, 2, 1)], [box(1, 0, 3, 1)]), /^has parts that overlap: polygons 1 and 2/],
    ['a part twice, elsewhere in the list', parts([box(20, 0, 21, 1)], [square], [square]), /^has parts that overlap: polygons 2 and 3/],
    ['a hole outside the second part', parts([square], [box(5, 0, 6, 1), box(8, 8, 9, 9)]), /^polygon 2: hole 1 lies outside its shell/],
  ])('%s', (_what, area, fault) => {
    const found = areaFault(area);
    if (fault) expect(found).toMatch(fault);
    else expect(found).toBeUndefined();
  });

  it('is not a thousand islands before a coast', () => {
    const coast = Array.from({ length: 20_000 }, (_, i): Position => [
      10 + 9 * Math.cos((2 * Math.PI * i) / 20_000),
      10 + 9 * Math.sin((2 * Math.PI * i) / 20_000),
    ]);
    const islands = Array.from({ length: 1_000 }, (_, i): Ring[] => [
      box(0.1 + (i % 30) * 0.05, Math.floor(i / 30) * 0.05, 0.13 + (i % 30) * 0.05, Math.floor(i / 30) * 0.05 + 0.03),
    ]);
    const began = performance.now();
    expect(areaFault(parts([[...coast, coast[0]!]], ...islands))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

it.each(['Slï¿_ng Chas', 'Tr\ufffdbek', 'CafÃ©', 'SÃ£o', 'Niâ€™s', 'à¸šà¹‰à¸²à¸™', 'ÔøΩng', 'Caf√©', 'Sl•À_ng', 'Khyang´è_', 'x\u0085y'])(
  '%s holds remains of letters that were lost',
  (name) => {
    expect(isDamaged(name)).toBe(true);
  },
);
it.each(['Café', 'São Tomé', 'Ângela', 'ÃO', 'บ้านน้อย', 'ភ្នំពេញ', 'Đà Nẵng', 'a_b', 'Ban 1•2', 'Île-de-France', "N'Djamena", '√'])(
  '%s does not',
  (name) => {
    expect(isDamaged(name)).toBe(false);
  },
);
