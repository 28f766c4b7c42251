// SPDX-License-Identifier: AGPL-3.0-or-later
import { polygonsOf, type AreaGeometry, type Position, type Rings } from './geometry.ts';

/** Whether the position lies in the area: in a shell and in none of its holes. On the border either answer may come. */
export function covers(geometry: AreaGeometry, [x, y]: Position): boolean {
  return polygonsOf(geometry).some((rings) => {
    let inside = false;
    for (const ring of rings)
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1]!,
          [bx, by] = ring[i]!;
        if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
      }
    return inside;
  });
}

/** Degrees from the position to the nearest border of the area. */
export function distanceToBorder(geometry: AreaGeometry, [x, y]: Position): number {
  let nearest = Infinity;
  for (const rings of polygonsOf(geometry))
    for (const ring of rings)
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1]!,
          [bx, by] = ring[i]!;
        const dx = bx - ax,
          dy = by - ay,
          length = dx * dx + dy * dy;
        const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
        nearest = Math.min(nearest, Math.hypot(ax + t * dx - x, ay + t * dy - y));
      }
  return nearest;
}

/** How far outside the area a position lies, in degrees; 0 when inside. */
export function degreesOutside(geometry: AreaGeometry, position: Position): number {
  return covers(geometry, position) ? 0 : distanceToBorder(geometry, position);
}

/** A position well inside the area, also where it is a crescent or has enclaves: the middle of the widest stretch on a few lines of latitude. */
export function interiorPoint(geometry: AreaGeometry): Position {
  let best: Position | undefined,
    widest = 0;
  for (const rings of polygonsOf(geometry)) {
    const ys = rings[0]!.map(([, y]) => y);
    const south = ys.reduce((a, b) => Math.min(a, b), Infinity),
      north = ys.reduce((a, b) => Math.max(a, b), -Infinity);
    for (const share of [0.5, 0.37, 0.63, 0.21, 0.79]) {
      const y = south + (north - south) * share;
      for (const [west, east] of stretches(rings, y)) {
        if (east - west > widest) {
          widest = east - west;
          best = [(west + east) / 2, y];
        }
      }
    }
  }
  return best ?? polygonsOf(geometry)[0]![0]![0]!;
}

function stretches(rings: Rings, y: number): [number, number][] {
  const cuts: number[] = [];
  for (const ring of rings)
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1]!,
        [bx, by] = ring[i]!;
      if (ay > y !== by > y) cuts.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
    }
  cuts.sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (let i = 1; i < cuts.length; i += 2) found.push([cuts[i - 1]!, cuts[i]!]);
  return found;
}
