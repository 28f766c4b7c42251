// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Geometry } from 'geojson';
import { drawIn, fitWindow } from './flat.ts';
import { boundsOf } from './geometry.ts';

interface Props {
  readonly geometry: Geometry;
  readonly label: string;
}

const width = 800, height = 600;

/** The bare outline of an area whose parts have no boundaries: where one is, and no colour that could be read as a figure. */
export function Outline({ geometry, label }: Props) {
  const bounds = boundsOf([geometry]);
  if (!bounds) return null;
  return <svg class="map-outline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}><path d={drawIn(fitWindow(bounds, width, height, 24))(geometry)} /></svg>;
}
