// SPDX-License-Identifier: AGPL-3.0-or-later
import { geoPath, geoTransform } from 'd3-geo';
import type { Geometry } from 'geojson';
import { northing } from './geometry.ts';
import type { Bounds } from './types.ts';

/** A Mercator window: pixels per degree and the pixel position of 0° 0°. */
export interface Window {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** The window that shows `bounds` in a sheet of this size with a margin, all in pixels. */
export function fitWindow(bounds: Bounds, width: number, height: number, margin: number): Window {
  const [west, south, east, north] = bounds;
  const wide = east - west,
    tall = northing(north) - northing(south);
  const scale = Math.max(1e-6, Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall));
  return { scale, left: width / 2 - scale * (west + wide / 2), top: height / 2 + scale * (northing(south) + tall / 2) };
}

export const projectIn = (window: Window, lon: number, lat: number): readonly [number, number] => [
  window.left + window.scale * lon,
  window.top - window.scale * northing(lat),
];

/**
 * Turns geometries into SVG path data. The stream is plane, not spherical: d3's spherical projections would read the
 * anticlockwise outer rings of GeoJSON (RFC 7946) as everything *but* the place.
 */
export function drawIn(window: Window): (geometry: Geometry) => string {
  const flat = geoTransform({
    point(lon: number, lat: number) {
      const [x, y] = projectIn(window, lon, lat);
      this.stream.point(x, y);
    },
  });
  const path = geoPath(flat).digits(1);
  return (geometry) => path(geometry) ?? '';
}
