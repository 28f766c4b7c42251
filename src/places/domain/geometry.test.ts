// SPDX-License-Identifier: AGPL-3.0-or-later
import booleanPointInPolygon from '@turf/boolean-point-in-polygon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfCrossings } from './crossing.ts';
import {
  areaOf,
  outsideWorld,
  polygonsOf,
  quantise,
  readArea,
  rewind,
  signedArea,
  type AreaGeometry,
  type Position,
  type Ring,
} from './geometry.ts';
import { covers, degreesOutside, distanceToBorder, interiorPoint } from './inside.ts';

const degree = fc.double({ min: -80, max: 80, noNaN: true });

/** A star around a middle: never crosses itself. */
const star = fc
  .record({ x: degree, y: degree, radii: fc.array(fc.double({ min: 0.1, max: 5, noNaN: true }), { minLength: 3, maxLength: 60 }) })
  .map(({ x, y, radii }): Ring => {
    const ring = radii.map((r, i): Position => [
      x + r * Math.cos((2 * Math.PI * i) / radii.length),
      y + r * Math.sin((2 * Math.PI * i) / radii.length),
    ]);
    return [...ring, ring[0]!];
  });

const scribble = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), { minLength: 3, maxLength: 40 })
  .map((positions): Ring => [...positions, positions[0]!] as Ring);

function crossingsOneByOne(ring: Ring): number {
  const side = (a: Position, b: Position, p: Position): number => Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));
  let n = 0;
  for (let i = 1; i < ring.length; i++)
    for (let j = i + 1; j < ring.length; j++) {
      const [a, b, c, d] = [ring[i - 1]!, ring[i]!, ring[j - 1]!, ring[j]!];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) n++;
    }
  return n;
}

describe('selfCrossings', () => {
  it('finds just those that looking at every pair finds', () => {
    fc.assert(
      fc.property(scribble, (ring) => {
        expect(selfCrossings([ring])).toHaveLength(crossingsOneByOne(ring));
      }),
      { numRuns: 500 },
    );
  });

  it('finds none in a star, and those between a shell and a hole', () => {
    fc.assert(
      fc.property(star, (ring) => {
        expect(selfCrossings([ring])).toEqual([]);
      }),
    );
    const shell: Ring = [
        [0, 0],
        [4, 0],
        [4, 4],
        [0, 4],
        [0, 0],
      ],
      across: Ring = [
        [3, 1],
        [5, 1],
        [5, 2],
        [3, 2],
        [3, 1],
      ];
    expect(selfCrossings([shell, across]).map(({ at }) => at)).toEqual([
      [4, 1],
      [4, 2],
    ]);
  });

  it('takes a coast of 20,000 positions in its stride', () => {
    const ring = Array.from({ length: 20_000 }, (_, i): Position => {
      const t = (2 * Math.PI * i) / 20_000;
      return [(1 + 0.01 * Math.sin(900 * t)) * Math.cos(t), (1 + 0.01 * Math.sin(900 * t)) * Math.sin(t)];
    });
    const began = performance.now();
    expect(selfCrossings([[...ring, ring[0]!]])).toEqual([]);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('interiorPoint and covers', () => {
  it('the point lies in the area, also beside a hole', () => {
    fc.assert(
      fc.property(star, fc.double({ min: 0.05, max: 0.9, noNaN: true }), (ring, share) => {
        const [mx, my] = [
          ring.slice(1).reduce((a, [x]) => a + x, 0) / (ring.length - 1),
          ring.slice(1).reduce((a, [, y]) => a + y, 0) / (ring.length - 1),
        ];
        const hole = ring.map(([x, y]): Position => [mx + (x - mx) * share * 0.1, my + (y - my) * share * 0.1]);
        for (const geometry of [
          { type: 'Polygon', coordinates: [ring] },
          { type: 'Polygon', coordinates: [ring, hole] },
        ] as AreaGeometry[])
          expect(degreesOutside(geometry, interiorPoint(geometry))).toBe(0);
      }),
    );
  });

  it('agrees with turf away from the border', () => {
    fc.assert(
      fc.property(star, degree, degree, (ring, x, y) => {
        const geometry: AreaGeometry = { type: 'Polygon', coordinates: [ring] };
        fc.pre(distanceToBorder(geometry, [x, y]) > 1e-9);
        expect(covers(geometry, [x, y])).toBe(booleanPointInPolygon([x, y], geometry));
      }),
      { numRuns: 500 },
    );
  });

  it('measures how far outside', () => {
    const square: AreaGeometry = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      ],
    };
    expect(degreesOutside(square, [4, 5])).toBe(5);
    expect(degreesOutside(square, [0.5, 0.5])).toBe(0);
  });
});

describe('rewind and quantise', () => {
  it('shells run counter-clockwise and holes clockwise, whichever way they came', () => {
    fc.assert(
      fc.property(star, fc.boolean(), fc.boolean(), (ring, a, b) => {
        const turn = (one: Ring, yes: boolean): Ring => (yes ? [...one].reverse() : one);
        const [[shell, hole] = []] = polygonsOf(rewind({ type: 'Polygon', coordinates: [turn(ring, a), turn(ring, b)] }));
        expect(signedArea(shell!)).toBeGreaterThan(0);
        expect(signedArea(hole!)).toBeLessThan(0);
      }),
    );
  });

  it('rounding keeps rings closed and drops what vanishes', () => {
    fc.assert(
      fc.property(star, fc.integer({ min: 0, max: 6 }), (ring, decimals) => {
        const small = quantise({ type: 'Polygon', coordinates: [ring] }, decimals);
        for (const [shell] of small ? polygonsOf(small) : []) {
          expect(shell!.at(0)).toEqual(shell!.at(-1));
          expect(shell!.length).toBeGreaterThanOrEqual(4);
        }
      }),
    );
    expect(
      quantise(
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1e-7, 0],
              [0, 1e-7],
              [0, 0],
            ],
          ],
        },
        5,
      ),
    ).toBeUndefined();
  });
});

describe('readArea', () => {
  it('takes back what it gave', () => {
    fc.assert(
      fc.property(fc.array(star, { minLength: 1, maxLength: 3 }), (rings) => {
        const area = areaOf(rings.map((ring) => [ring]))!;
        expect(readArea(JSON.parse(JSON.stringify(area)))).toMatchObject({ ok: { type: area.type } });
      }),
    );
  });

  it('never throws, whatever a file holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (coordinates) => {
        readArea({ type: 'Polygon', coordinates });
        readArea({ type: 'MultiPolygon', coordinates });
        readArea(coordinates);
      }),
      { numRuns: 2_000 },
    );
  });

  it('drops heights and repeated positions', () => {
    expect(
      readArea({
        type: 'Polygon',
        coordinates: [
          [
            [0, 0, 7],
            [1, 0, 7],
            [1, 0, 7],
            [1, 1, 7],
            [0, 0, 7],
          ],
        ],
      }),
    ).toEqual({
      ok: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
    });
  });

  it('tells swapped from projected', () => {
    expect(outsideWorld(15, 100)).toMatch(/swapped/);
    expect(outsideWorld(512_000, 2_054_000)).toMatch(/projected/);
    expect(outsideWorld(100, 15)).toBeUndefined();
  });
});
