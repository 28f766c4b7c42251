// SPDX-License-Identifier: AGPL-3.0-or-later
import { polygonsOf, type AreaGeometry } from './geometry.ts';
import { covers, degreesOutside } from './inside.ts';

/** Lines of latitude that an area is cut along to measure it; what is thinner than a 512th of its height counts for nothing. */
const lines = 512;

/** From west to east on each line: where the area begins and ends. */
type Stretches = number[][];

/**
 * The share of an area that lies outside another, 0 to 1, to within about a half per cent. Both are cut along the same lines of latitude and
 * what lies in one and not the other is summed up, so borders that run on each other, touch or cross do no harm, unlike when polygons are cut.
 */
export function shareOutside(area: AreaGeometry, within: AreaGeometry): number {
  let south = Infinity,
    north = -Infinity;
  for (const rings of polygonsOf(area))
    for (const [, y] of rings[0]!) {
      south = Math.min(south, y);
      north = Math.max(north, y);
    }
  const step = (north - south) / lines,
    own = cut(area, south, step),
    other = cut(within, south, step);
  let all = 0,
    shared = 0;
  for (let k = 0; k < lines; k++) {
    // Degrees of longitude are the shorter the farther from the equator.
    const width = Math.cos(((south + (k + 0.5) * step) * Math.PI) / 180);
    all += width * lengthOf(own[k]!);
    shared += width * lengthOfBoth(own[k]!, other[k]!);
  }
  // Too thin to be cut: as its first corner lies.
  return all === 0 ? Number(!covers(within, polygonsOf(area)[0]![0]![0]!)) : Math.min(1, Math.max(0, 1 - shared / all));
}

/** How far, in degrees, an area reaches from another, by some sixty of its corners: each has to be held against the whole border. */
export function farthestOutside(area: AreaGeometry, within: AreaGeometry): number {
  const corners = polygonsOf(area).flatMap(([shell]) => shell!),
    every = Math.ceil(corners.length / 64);
  let farthest = 0;
  for (let i = 0; i < corners.length; i += every) farthest = Math.max(farthest, degreesOutside(within, corners[i]!));
  return farthest;
}

function cut(geometry: AreaGeometry, south: number, step: number): Stretches {
  const found: Stretches = Array.from({ length: lines }, () => []);
  for (const rings of polygonsOf(geometry))
    for (const ring of rings)
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1]!,
          [bx, by] = ring[i]!;
        const first = Math.max(0, Math.floor((Math.min(ay, by) - south) / step - 0.5)),
          last = Math.min(lines - 1, Math.ceil((Math.max(ay, by) - south) / step - 0.5));
        for (let k = first; k <= last; k++) {
          const y = south + (k + 0.5) * step;
          if (ay > y !== by > y) found[k]!.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
        }
      }
  for (const one of found) one.sort((a, b) => a - b);
  return found;
}

function lengthOf(cuts: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < cuts.length; i += 2) sum += cuts[i]! - cuts[i - 1]!;
  return sum;
}

function lengthOfBoth(a: readonly number[], b: readonly number[]): number {
  let sum = 0,
    i = 1,
    j = 1;
  while (i < a.length && j < b.length) {
    sum += Math.max(0, Math.min(a[i]!, b[j]!) - Math.max(a[i - 1]!, b[j - 1]!));
    if (a[i]! < b[j]!) i += 2;
    else j += 2;
  }
  return sum;
}
