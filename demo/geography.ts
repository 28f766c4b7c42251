// SPDX-License-Identifier: AGPL-3.0-or-later
import { Delaunay } from 'd3-delaunay';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import { feature, mergeArcs } from 'topojson-client';
import { topology } from 'topojson-server';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { seededRandom, type Random } from './random.ts';

export const districtCount = 9;
export const villageCount = 124;
const cellCount = 9000;
// In the open sea, where no province is: a configured tile layer cannot lend the demo a real place.
const centre = { longitude: 88.5, latitude: -11 };
const halfSize = { longitude: 0.72, latitude: 0.62 };

export interface Village {
  readonly district: number;
  readonly longitude: number;
  readonly latitude: number;
  /** 0 inland .. 1 at the eastern border. */
  readonly nearBorder: number;
}
export interface Geography {
  readonly villages: readonly Village[];
  readonly boundaries: Topology;
}

interface Grid {
  points: [number, number][];
  inside: boolean[];
  neighbours: number[][];
  polygons: [number, number][][];
}

/**
 * A province of 9 districts and 124 villages that tessellate exactly: thousands of small cells are grown into villages, villages into
 * districts, and every border is a chain of shared cell edges, which is what makes it look surveyed rather than drawn.
 */
export function makeGeography(seed: number): Geography {
  const random = seededRandom(seed);
  const grid = makeGrid(random);
  const inside = grid.points.map((_, i) => i).filter((i) => grid.inside[i]);
  const villageOf = grow(grid.neighbours, spread(grid.points, inside, villageCount, random), (i) => Boolean(grid.inside[i]), random, 0.6);
  const centres = middles(grid.points, villageOf, villageCount);
  const villageNeighbours = adjacency(grid.neighbours, villageOf, villageCount);
  const all = centres.map((_, i) => i);
  const districtOf = grow(villageNeighbours, spread(centres, all, districtCount, random), () => true, random, 0.2);
  return {
    villages: centres.map(([longitude, latitude], i) => ({
      district: districtOf[i]!,
      longitude,
      latitude,
      nearBorder: clamp((longitude - centre.longitude) / halfSize.longitude, 0, 1),
    })),
    boundaries: mergeCells(grid, villageOf, districtOf),
  };
}

function makeGrid(random: Random): Grid {
  const points = Array.from({ length: cellCount }, (): [number, number] => [
    centre.longitude + (random.next() * 2 - 1) * halfSize.longitude * 1.15,
    centre.latitude + (random.next() * 2 - 1) * halfSize.latitude * 1.15,
  ]);
  const waves = Array.from({ length: 5 }, (_, k) => ({
    k: k + 2,
    size: ((random.next() - 0.5) * 0.42) / (k + 1),
    at: random.next() * 6.283,
  }));
  const box: [number, number, number, number] = [
    centre.longitude - 1.2 * halfSize.longitude,
    centre.latitude - 1.2 * halfSize.latitude,
    centre.longitude + 1.2 * halfSize.longitude,
    centre.latitude + 1.2 * halfSize.latitude,
  ];
  let delaunay = Delaunay.from(points);
  for (let round = 0; round < 2; round++) {
    // two Lloyd rounds: even cells, so villages of believable size
    const voronoi = delaunay.voronoi(box);
    points.forEach((_, i) => {
      points[i] = centroid(voronoi.cellPolygon(i) as [number, number][]);
    });
    delaunay = Delaunay.from(points);
  }
  const voronoi = delaunay.voronoi(box);
  const inside = points.map(([x, y]) => {
    const dx = (x - centre.longitude) / halfSize.longitude,
      dy = (y - centre.latitude) / halfSize.latitude;
    const angle = Math.atan2(dy, dx);
    return Math.hypot(dx, dy) < 0.86 + waves.reduce((sum, w) => sum + w.size * Math.sin(w.k * angle + w.at), 0);
  });
  return {
    points,
    inside,
    neighbours: points.map((_, i) => [...voronoi.neighbors(i)]),
    polygons: points.map((_, i) => (voronoi.cellPolygon(i) as [number, number][]).map(([x, y]) => [round6(x), round6(y)])),
  };
}

/** Seeds far from one another (best of some random candidates each time), so that areas come out of like size. */
function spread(points: readonly [number, number][], among: readonly number[], count: number, random: Random): number[] {
  const chosen = [random.pick(among)];
  while (chosen.length < count) {
    let best = -1,
      bestDistance = -1;
    for (let c = 0; c < 40; c++) {
      const candidate = random.pick(among);
      const distance = Math.min(
        ...chosen.map((i) => Math.hypot(points[i]![0] - points[candidate]![0], points[i]![1] - points[candidate]![1])),
      );
      if (distance > bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    chosen.push(best);
  }
  return chosen;
}

/** Grows every seed at once over the neighbour graph with uneven speed; each area stays in one piece. -1: not reached. */
function grow(
  neighbours: readonly number[][],
  seeds: readonly number[],
  may: (i: number) => boolean,
  random: Random,
  uneven: number,
): number[] {
  const owner = new Array<number>(neighbours.length).fill(-1);
  const front: { cost: number; cell: number; owner: number }[] = seeds.map((cell, k) => ({ cost: 0, cell, owner: k }));
  while (front.length > 0) {
    let first = 0;
    for (let i = 1; i < front.length; i++) if (front[i]!.cost < front[first]!.cost) first = i;
    const step = front[first]!;
    front[first] = front[front.length - 1]!;
    front.pop();
    if (owner[step.cell] !== -1) continue;
    owner[step.cell] = step.owner;
    for (const next of neighbours[step.cell]!) {
      if (owner[next] === -1 && may(next)) front.push({ cost: step.cost + 1 + uneven * random.next(), cell: next, owner: step.owner });
    }
  }
  return owner;
}

function middles(points: readonly [number, number][], owner: readonly number[], count: number): [number, number][] {
  const sums = Array.from({ length: count }, () => [0, 0, 0] as [number, number, number]);
  owner.forEach((o, i) => {
    if (o >= 0) {
      const s = sums[o]!;
      s[0] += points[i]![0];
      s[1] += points[i]![1];
      s[2] += 1;
    }
  });
  return sums.map(([x, y, n], k) => {
    // the member cell nearest to the mean: always inside its own area
    const mean: [number, number] = [x / n, y / n];
    let best = -1,
      distance = Infinity;
    owner.forEach((o, i) => {
      const d = o === k ? Math.hypot(points[i]![0] - mean[0], points[i]![1] - mean[1]) : Infinity;
      if (d < distance) {
        best = i;
        distance = d;
      }
    });
    return [round6(points[best]![0]), round6(points[best]![1])];
  });
}

function adjacency(neighbours: readonly number[][], owner: readonly number[], count: number): number[][] {
  const sets = Array.from({ length: count }, () => new Set<number>());
  neighbours.forEach((list, i) =>
    list.forEach((j) => {
      const a = owner[i]!,
        b = owner[j]!;
      if (a >= 0 && b >= 0 && a !== b) sets[a]!.add(b);
    }),
  );
  return sets.map((s) => [...s]);
}

function mergeCells(grid: Grid, villageOf: readonly number[], districtOf: readonly number[]): Topology {
  const members = grid.points.map((_, i) => i).filter((i) => villageOf[i]! >= 0);
  const cells = {
    type: 'FeatureCollection' as const,
    features: members.map((i): Feature<Polygon> => ({
      type: 'Feature',
      properties: { cell: i },
      geometry: { type: 'Polygon', coordinates: [grid.polygons[i]!] },
    })),
  };
  const fine = topology({ cells });
  const geometries = (fine.objects['cells'] as GeometryCollection<{ cell: number }>).geometries;
  const merged = (key: (village: number) => number, count: number, name: string) => ({
    type: 'FeatureCollection' as const,
    features: Array.from({ length: count }, (_, k): Feature<MultiPolygon> => ({
      type: 'Feature',
      properties: { [name]: k },
      // mergeArcs is typed for polygons only; every cell is one
      geometry: (
        feature(
          fine,
          mergeArcs(fine, geometries.filter((g) => key(villageOf[(g.properties as { cell: number }).cell]!) === k) as never),
        ) as Feature<MultiPolygon>
      ).geometry,
    })),
  });
  return topology(
    {
      villages: merged((v) => v, villageCount, 'village'),
      districts: merged((v) => districtOf[v]!, districtCount, 'district'),
      province: merged(() => 0, 1, 'province'),
    },
    1e5,
  );
}

function centroid(ring: readonly [number, number][]): [number, number] {
  let area = 0,
    x = 0,
    y = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i]!,
      [bx, by] = ring[i + 1]!;
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return [x / (3 * area), y / (3 * area)];
}

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const round6 = (x: number) => Math.round(x * 1e6) / 1e6;
