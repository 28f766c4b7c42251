// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Geometry } from 'geojson';
import { drawIn, fitWindow } from './flat.ts';
import { boundsOf } from './geometry.ts';

interface Props {
  readonly geometries: readonly Geometry[];
  readonly label: string;
}

const width = 800,
  height = 600;

/** The bare outlines of an area whose parts have no boundaries: where one is, and no colour that could be read as a figure. */
export function Outline({ geometries, label }: Props) {
  const bounds = boundsOf(geometries);
  if (!bounds) return null;
  const draw = drawIn(fitWindow(bounds, width, height, 24));
  return (
    <svg class="map-outline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {geometries.map((each, i) => (
        <path key={i} d={draw(each)} />
      ))}
    </svg>
  );
}
