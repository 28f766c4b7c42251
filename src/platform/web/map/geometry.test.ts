// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { drawIn, fitWindow, projectIn } from './flat.ts';
import { anchorOf, boundsOf, unrolled } from './geometry.ts';
import { neighbour, readingOrder } from './keys.ts';
import { placeLabels, widthOf } from './labels.ts';

const square = (west: number, south: number, size = 1): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
});

describe('where a place lies', () => {
  it('gives a lone village a box wide enough to look at', () => {
    const [west, south, east, north] = boundsOf([{ type: 'Point', coordinates: [100, 18] }])!;
    expect(east - west).toBeCloseTo(0.02);
    expect(north - south).toBeCloseTo(0.02);
  });
  it('has no bounds when nothing has a boundary', () => expect(boundsOf([])).toBeNull());
  it('puts the name of a province that surrounds its capital beside the capital, not on it', () => {
    const around: Polygon = { type: 'Polygon', coordinates: [square(0, 0, 10).coordinates[0]!, square(4, 2, 5).coordinates[0]!] };
    const anchor = anchorOf(around)!;
    const inCapital = anchor.lon > 4 && anchor.lon < 9 && anchor.lat > 2 && anchor.lat < 7;
    expect(inCapital).toBe(false);
    expect(anchor.lon > 0 && anchor.lon < 10 && anchor.lat > 0 && anchor.lat < 10).toBe(true);
  });
  it('names the largest island of many', () => {
    const anchor = anchorOf({ type: 'MultiPolygon', coordinates: [square(0, 0, 1).coordinates, square(20, 0, 5).coordinates] })!;
    expect(anchor.lon).toBeGreaterThan(20);
  });
});

describe('a sheet', () => {
  it('holds all of its bounds, whichever way it lies', () => {
    for (const [width, height] of [
      [800, 300],
      [300, 800],
      [360, 360],
    ] as const) {
      const window = fitWindow([100, 10, 104, 16], width, height, 10);
      for (const [lon, lat] of [
        [100, 10],
        [104, 16],
      ] as const) {
        const [x, y] = projectIn(window, lon, lat);
        expect(x).toBeGreaterThanOrEqual(9.9);
        expect(x).toBeLessThanOrEqual(width - 9.9);
        expect(y).toBeGreaterThanOrEqual(9.9);
        expect(y).toBeLessThanOrEqual(height - 9.9);
      }
    }
  });
  it('draws an anticlockwise ring as the place and not as the rest of the world', () => {
    const path = drawIn(fitWindow([0, 0, 1, 1], 100, 100, 0))(square(0, 0));
    expect(path).toBe('M0,100L100,100L100,0L0,0Z');
  });
});

describe('arrow keys', () => {
  // a b
  // c d   and e far to the east
  const anchors = [
    [0, 1],
    [1, 1],
    [0, 0],
    [1, 0],
    [9, 0.4],
  ].map(([lon = 0, lat = 0]) => ({ lon, lat, width: 1, area: 1 }));
  it('go to the nearest place that lies that way', () => {
    expect(neighbour(anchors, 0, 'right')).toBe(1);
    expect(neighbour(anchors, 0, 'down')).toBe(2);
    expect(neighbour(anchors, 3, 'up')).toBe(1);
    expect(neighbour(anchors, 1, 'right')).toBe(4);
  });
  it('stay where they are at the edge', () => expect(neighbour(anchors, 0, 'left')).toBe(0));
  it('pass by places that are nowhere', () => expect(neighbour([anchors[0]!, null, anchors[1]!], 0, 'right')).toBe(2));
  it('start in the north-west, row by row', () => expect(readingOrder(anchors).slice(0, 2)).toEqual([0, 1]));
});

describe('names on the map', () => {
  const view = { width: 400, height: 200, project: (lon: number, lat: number) => [lon, 200 - lat] as const };
  const item = (id: string, name: string, lon: number, width: number, area = 1) => ({
    id,
    name,
    radius: 6,
    tone: 'low' as const,
    anchor: { lon, lat: 100, width, area },
  });
  it('stand only where they fit inside their place', () => {
    expect(placeLabels([item('a', 'Thung Saeng', 200, 200), item('b', 'Thung Saeng', 60, 20)], view).map((each) => each.id)).toEqual(['a']);
  });
  it('leave out the smaller of two that would meet', () => {
    expect(
      placeLabels([item('small', 'Ban Rai', 190, 100, 1), item('large', 'Mae Lao', 200, 100, 5)], view).map((each) => each.id),
    ).toEqual(['large']);
  });
  it('stand beside a village without a boundary', () => {
    const [label] = placeLabels([item('v', 'Ban Rai', 100, 0)], view);
    expect(label).toMatchObject({ stands: 'beside' });
    expect(label!.x).toBeGreaterThan(106);
  });
  it('are never cut by the edge', () => expect(placeLabels([item('v', 'Ban Rai', 395, 0)], view)).toEqual([]));
  it('give Thai vowel and tone marks no width of their own', () => expect(widthOf('ที่')).toBe(widthOf('ท')));
});

describe('a country on both sides of the date line', () => {
  const boxOf = (places: Record<string, Polygon>) => boundsOf([...unrolled(new Map(Object.entries(places))).values()]);
  it('is as wide as it is, not as wide as the world', () => {
    expect(boxOf({ west: square(177, -18), middle: square(179, -17), east: square(-180, -17), far: square(-179, -19) })).toEqual([
      177, -19, 182, -16,
    ]);
  });
  it('may reach far around, as long as that is the shorter way', () => {
    expect(boxOf({ mainland: square(-125, 30, 50), islands: square(172, 51) })).toEqual([172, 30, 285, 80]);
  });
  it('draws a ring that jumps from 179 to -179 in one piece', () => {
    const ring: Polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [179, -17],
          [-179, -17],
          [-179, -16],
          [179, -16],
          [179, -17],
        ],
      ],
    };
    expect(boxOf({ ring })).toEqual([179, -17, 181, -16]);
  });
  it('leaves every other country as it is, also one on both sides of Greenwich', () => {
    const places = new Map(Object.entries({ here: square(-8, 50), there: square(5, 48) }));
    expect(unrolled(places)).toBe(places);
    const wide = new Map(Object.entries({ islands: square(-61, 15), home: square(2, 46), south: square(55, -21) }));
    expect(unrolled(wide)).toBe(wide);
    expect(unrolled(new Map())).toEqual(new Map());
  });
});
