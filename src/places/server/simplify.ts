// SPDX-License-Identifier: AGPL-3.0-or-later
import { feature } from 'topojson-client';
import { topology } from 'topojson-server';
import { presimplify, simplify } from 'topojson-simplify';
import { boxOf, quantise, rewind, type AreaGeometry } from '../domain/geometry.ts';

/** Index = detail: 0 for a country, 1 for a province, 2 as imported. */
export type Details = [AreaGeometry, AreaGeometry, AreaGeometry];

type Layers = Parameters<typeof presimplify<{ layer: { type: 'GeometryCollection'; geometries: [] } }>>[0];

/** A line may move by about the width of the whole map divided by this: a pixel on a screen that shows all of it, or a fifth of it. */
const steps = [1_000, 5_000] as const;
const decimals = [4, 5, 6] as const;

/**
 * Simplifies the areas of one level together: a border that two share is one line and is simplified once, so no gap opens between
 * them. An area too small to be left at a detail keeps its finer shape there.
 */
export function simplifyTogether(areas: ReadonlyMap<string, AreaGeometry>): Map<string, Details> {
  const exact = new Map<string, AreaGeometry>();
  for (const [id, geometry] of areas) exact.set(id, rewind(quantise(geometry, decimals[2]) ?? geometry));
  const box = boxOf(exact.values()),
    width = Math.max(box.east - box.west, box.north - box.south);
  const layer = {
    type: 'FeatureCollection' as const,
    features: [...exact].map(([id, geometry]) => ({ type: 'Feature' as const, id, properties: {}, geometry })),
  };
  const weighed = presimplify(topology({ layer }) as Layers);
  const coarser = steps.map((parts, detail) => drawn(simplify(weighed, (width / parts) ** 2 / 2), decimals[detail]!));
  const result = new Map<string, Details>();
  for (const [id, fine] of exact) {
    const middle = coarser[1]!.get(id) ?? fine;
    result.set(id, [coarser[0]!.get(id) ?? middle, middle, fine]);
  }
  return result;
}

function drawn(simplified: Layers, digits: number): Map<string, AreaGeometry> {
  const found = new Map<string, AreaGeometry>();
  for (const one of feature(simplified, simplified.objects.layer).features) {
    const area = quantise(one.geometry as AreaGeometry, digits);
    if (area) found.set(String(one.id), rewind(area));
  }
  return found;
}
