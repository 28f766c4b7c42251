// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Geometry } from 'geojson';
import type { MapFeature } from '../../platform/web/map/types.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { radiusOf, toneOf } from './colours.ts';

export interface Drawn {
  readonly features: readonly MapFeature[];
  /** Rows that have neither boundary nor position: they stand in the table only, and that is said. */
  readonly unplaced: readonly MapRow[];
}

/** Rows and outlines made into what the canvas draws. */
export function drawn(
  data: MapData,
  shapes: ReadonlyMap<string, Geometry>,
  nameOf: (row: MapRow) => string,
  spokenOf: (row: MapRow) => string,
): Drawn {
  const features: MapFeature[] = [],
    unplaced: MapRow[] = [];
  const largest = Math.max(0, ...data.rows.map((row) => row.counts?.n ?? 0));
  for (const row of data.rows) {
    const geometry = shapes.get(row.placeId);
    if (!geometry) {
      unplaced.push(row);
      continue;
    }
    features.push({
      id: row.placeId,
      name: nameOf(row),
      tone: toneOf(row, data),
      spoken: spokenOf(row),
      geometry,
      ...(geometry.type === 'Point' ? { radius: radiusOf(row.counts?.n ?? null, largest) } : {}),
    });
  }
  // Areas first, so that the circles of places without boundaries lie on top and can be touched.
  features.sort((a, b) => Number(a.geometry.type === 'Point') - Number(b.geometry.type === 'Point'));
  return { features, unplaced };
}
