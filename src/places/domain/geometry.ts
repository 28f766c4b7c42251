// SPDX-License-Identifier: AGPL-3.0-or-later

/** Longitude, latitude in degrees, WGS 84. */
export type Position = [number, number];
/** Closed: the last position is the first again. */
export type Ring = Position[];
/** The shell, then its holes. */
export type Rings = Ring[];
export type AreaGeometry = { type: 'Polygon'; coordinates: Rings } | { type: 'MultiPolygon'; coordinates: Rings[] };

export type GeometryRead = { readonly ok: AreaGeometry } | { readonly bad: string };

/** The polygons of an area, one list of rings each. */
export function polygonsOf(geometry: AreaGeometry): Rings[] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
}

/** One polygon stays a Polygon, several are a MultiPolygon; undefined when nothing is left. */
export function areaOf(polygons: Rings[]): AreaGeometry | undefined {
  const [first] = polygons;
  if (!first) return undefined;
  return polygons.length === 1 ? { type: 'Polygon', coordinates: first } : { type: 'MultiPolygon', coordinates: polygons };
}

/**
 * Takes what a file holds as a geometry and answers with a clean two-dimensional area, or why it cannot be one:
 * not an area, a ring not closed or too short, positions that are no degrees of longitude and latitude.
 */
export function readArea(input: unknown): GeometryRead {
  const geometry = input as { type?: unknown; coordinates?: unknown } | null;
  if (!geometry || typeof geometry !== 'object') return { bad: 'has no geometry' };
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon')
    return { bad: `is a ${String(geometry.type)}, not a Polygon or MultiPolygon` };
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  if (!Array.isArray(parts) || parts.length === 0) return { bad: 'has no coordinates' };
  const polygons: Rings[] = [];
  for (const [p, part] of parts.entries()) {
    if (!Array.isArray(part) || part.length === 0) return { bad: `polygon ${p + 1} has no rings` };
    const rings: Rings = [];
    for (const [r, raw] of part.entries()) {
      const ring = readRing(raw);
      if ('bad' in ring) return { bad: `polygon ${p + 1}, ring ${r + 1}: ${ring.bad}` };
      rings.push(ring.ok);
    }
    polygons.push(rings);
  }
  return { ok: areaOf(polygons)! };
}

function readRing(raw: unknown): { ok: Ring } | { bad: string } {
  if (!Array.isArray(raw)) return { bad: 'is not a list of positions' };
  const ring: Ring = [];
  for (const [i, position] of raw.entries()) {
    const [x, y] = Array.isArray(position) ? (position as unknown[]) : [];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      return { bad: `position ${i + 1} is not two numbers` };
    const outside = outsideWorld(x, y);
    if (outside) return { bad: `position ${i + 1} ${outside}` };
    const last = ring.at(-1);
    if (!last || last[0] !== x || last[1] !== y) ring.push([x, y]);
  }
  const first = ring[0],
    last = ring.at(-1);
  if (!first || !last) return { bad: 'has no positions' };
  const [endX, endY] = raw.at(-1) as [number, number];
  if (first[0] !== endX || first[1] !== endY) return { bad: `is not closed: it starts at ${show(first)} and ends at ${show(last)}` };
  if (ring.length < 4) return { bad: 'has fewer than three corners' };
  return { ok: ring };
}

/** Why a pair of numbers is no longitude and latitude, or undefined when it is one. */
export function outsideWorld(longitude: number, latitude: number): string | undefined {
  if (Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90) return undefined;
  if (Math.abs(longitude) <= 90 && Math.abs(latitude) <= 180) {
    return `(${longitude}, ${latitude}) lies outside the world; longitude and latitude look swapped`;
  }
  return `(${longitude}, ${latitude}) is not in degrees; the data look projected (such as UTM): convert them to WGS 84 first`;
}

export function show(position: readonly number[]): string {
  return `${trim(position[1] ?? 0)}, ${trim(position[0] ?? 0)}`;
}

function trim(degrees: number): string {
  return String(Math.round(degrees * 1e5) / 1e5);
}

/** Twice the signed area in square degrees; positive when the ring runs counter-clockwise. */
export function signedArea(ring: Ring): number {
  const [ox, oy] = ring[0] ?? [0, 0];
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!,
      [bx, by] = ring[i]!;
    sum += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
  }
  return sum;
}

/** RFC 7946 winding: shells run counter-clockwise, holes clockwise. */
export function rewind(geometry: AreaGeometry): AreaGeometry {
  return areaOf(
    polygonsOf(geometry).map((rings) => rings.map((ring, i) => (signedArea(ring) > 0 === (i === 0) ? ring : [...ring].reverse()))),
  )!;
}

/**
 * Rounds to `decimals` of a degree (5 = about a metre) and drops what vanishes by it: repeated positions, holes and parts
 * without area. Undefined when the whole area vanishes.
 */
export function quantise(geometry: AreaGeometry, decimals: number): AreaGeometry | undefined {
  const scale = 10 ** decimals;
  const round = (degrees: number): number => Math.round(degrees * scale) / scale + 0; // + 0: never a negative nothing
  const polygons: Rings[] = [];
  for (const rings of polygonsOf(geometry)) {
    const kept: Rings = [];
    for (const [r, ring] of rings.entries()) {
      const rounded: Ring = [];
      for (const [x, y] of ring) {
        const position: Position = [round(x), round(y)],
          last = rounded.at(-1);
        if (!last || last[0] !== position[0] || last[1] !== position[1]) rounded.push(position);
      }
      if (rounded.length >= 4 && signedArea(rounded) !== 0) kept.push(rounded);
      else if (r === 0) break;
    }
    if (kept.length > 0) polygons.push(kept);
  }
  return areaOf(polygons);
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export function boxOf(geometries: Iterable<AreaGeometry>): Box {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (const geometry of geometries)
    for (const rings of polygonsOf(geometry))
      for (const [x, y] of rings[0]!) {
        if (x < box.west) box.west = x;
        if (x > box.east) box.east = x;
        if (y < box.south) box.south = y;
        if (y > box.north) box.north = y;
      }
  return box;
}
