// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Geometry, Position } from 'geojson';
import type { Bounds } from './types.ts';

/** Calls `visit` with every position of a geometry. */
function eachPosition(geometry: Geometry, visit: (position: Position) => void): void {
  switch (geometry.type) {
    case 'Point':
      visit(geometry.coordinates);
      break;
    case 'MultiPoint':
    case 'LineString':
      geometry.coordinates.forEach(visit);
      break;
    case 'MultiLineString':
    case 'Polygon':
      for (const line of geometry.coordinates) line.forEach(visit);
      break;
    case 'MultiPolygon':
      for (const polygon of geometry.coordinates) for (const ring of polygon) ring.forEach(visit);
      break;
    case 'GeometryCollection':
      for (const part of geometry.geometries) eachPosition(part, visit);
      break;
  }
}

type Coordinates = Position | readonly Coordinates[];
const moved = (coordinates: Coordinates): Coordinates =>
  typeof coordinates[0] === 'number'
    ? [coordinates[0] < 0 ? coordinates[0] + 360 : coordinates[0], ...(coordinates as Position).slice(1)]
    : (coordinates as readonly Coordinates[]).map(moved);

function eastwards(geometry: Geometry): Geometry {
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map(eastwards) };
  return { ...geometry, coordinates: moved(geometry.coordinates) } as Geometry;
}

/**
 * Geometries of one view, so that what lies side by side on the globe lies side by side on the map: where a country reaches across the
 * 180th meridian (179° east, 179° west), its western part is counted on beyond 180, and the box around it is as wide as the country
 * and not as the world. Everything else comes back as it is.
 */
export function unrolled(geometries: ReadonlyMap<string, Geometry>): ReadonlyMap<string, Geometry> {
  let west = 180,
    east = -180,
    leastEast = 180,
    mostWest = -180;
  for (const geometry of geometries.values()) {
    eachPosition(geometry, ([lon = 0]) => {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      if (lon < 0) mostWest = Math.max(mostWest, lon);
      else leastEast = Math.min(leastEast, lon);
    });
  }
  // From the first place east of Greenwich over the 180th meridian to the last one west of it.
  if (east - west <= 180 || mostWest + 360 - leastEast >= east - west) return geometries;
  return new Map([...geometries].map(([id, geometry]) => [id, eastwards(geometry)]));
}

/** The box around all geometries, a little wider than a lone point; null when there is nothing. */
export function boundsOf(geometries: readonly Geometry[]): Bounds | null {
  let west = Infinity,
    south = Infinity,
    east = -Infinity,
    north = -Infinity;
  for (const geometry of geometries) {
    eachPosition(geometry, ([lon = 0, lat = 0]) => {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    });
  }
  if (west > east) return null;
  const least = 0.02;
  const padLon = Math.max(0, least - (east - west)) / 2,
    padLat = Math.max(0, least - (north - south)) / 2;
  return [west - padLon, south - padLat, east + padLon, north + padLat];
}

/** Web Mercator's northing of a latitude, in degrees, so that one degree of longitude is 1 wide. */
export function northing(lat: number): number {
  const held = (Math.max(-85, Math.min(85, lat)) * Math.PI) / 180;
  return (Math.log(Math.tan(Math.PI / 4 + held / 2)) * 180) / Math.PI;
}

function ringArea(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length - 1; i++) {
    const [x0 = 0, y0 = 0] = ring[i]!,
      [x1 = 0, y1 = 0] = ring[i + 1]!;
    sum += x0 * y1 - x1 * y0;
  }
  return Math.abs(sum) / 2;
}

/** The stretch of the horizontal line at `lat` that lies longest inside a polygon. */
function longestSpan(rings: readonly (readonly Position[])[], lat: number): readonly [number, number] | null {
  const cuts: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i < ring.length - 1; i++) {
      const [x0 = 0, y0 = 0] = ring[i]!,
        [x1 = 0, y1 = 0] = ring[i + 1]!;
      if (y0 > lat !== y1 > lat) cuts.push(x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0));
    }
  }
  cuts.sort((a, b) => a - b);
  let best: readonly [number, number] | null = null;
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const span = [cuts[i]!, cuts[i + 1]!] as const;
    if (!best || span[1] - span[0] > best[1] - best[0]) best = span;
  }
  return best;
}

/** Where a place's name or mark stands, and how wide (in degrees) and how large the place is there. */
export interface Anchor {
  readonly lon: number;
  readonly lat: number;
  /** Degrees of longitude inside the place at that height; 0 for a point. */
  readonly width: number;
  readonly area: number;
}

/**
 * A point inside the largest part of a place where a horizontal name fits best: the widest stretch near its middle.
 * A centroid would fall outside of crescents, and outside of provinces that surround their capital.
 */
export function anchorOf(geometry: Geometry): Anchor | null {
  if (geometry.type === 'Point') return { lon: geometry.coordinates[0] ?? 0, lat: geometry.coordinates[1] ?? 0, width: 0, area: 0 };
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  let rings: Position[][] | null = null,
    area = 0;
  for (const polygon of polygons) {
    const size = polygon[0] ? ringArea(polygon[0]) : 0;
    if (size > area) {
      rings = polygon;
      area = size;
    }
  }
  if (!rings) return null;
  const box = boundsOf([{ type: 'Polygon', coordinates: rings }]);
  if (!box) return null;
  let best: Anchor | null = null,
    bestScore = -1;
  for (const [at, worth] of [
    [0.5, 1],
    [0.42, 0.95],
    [0.58, 0.95],
    [0.33, 0.85],
    [0.67, 0.85],
    [0.25, 0.7],
    [0.75, 0.7],
  ] as const) {
    const lat = box[1] + (box[3] - box[1]) * at;
    const span = longestSpan(rings, lat);
    if (!span) continue;
    const width = span[1] - span[0];
    if (width * worth > bestScore) {
      bestScore = width * worth;
      best = { lon: (span[0] + span[1]) / 2, lat, width, area };
    }
  }
  return best;
}
