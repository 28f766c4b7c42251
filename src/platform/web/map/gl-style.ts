// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Palette } from './palette.ts';
import { hatched, tones, type MapFeature, type Tiles } from './types.ts';

/** Features for the worker: `at` is the index in the list given, since WebGL knows whole numbers as ids only. */
export function collectionOf(features: readonly MapFeature[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: features.map((feature, at) => ({
      type: 'Feature',
      id: at,
      geometry: feature.geometry,
      properties: { at, tone: feature.tone, radius: feature.radius ?? 6 },
    })),
  };
}

/** Only the place with this index; -1 for none. */
export const onlyAt = (at: number): ExpressionSpecification => ['==', ['get', 'at'], at];

/** Layers in which a place can be touched. */
export const touchable = ['area', 'area-hatched', 'dot'];

const isHatched: ExpressionSpecification = ['in', ['get', 'tone'], ['literal', [...hatched]]];
const isArea: ExpressionSpecification = ['!=', ['geometry-type'], 'Point'];
const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
const rounded = { 'line-join': 'round' } as const;

/** The colour of a place's tone; hatched places have a pattern instead, or, as dots, the colour of the unknown. */
function fillOf(palette: Palette): ExpressionSpecification {
  const plain = tones.filter((tone) => !hatched.includes(tone));
  return [
    'match',
    ['get', 'tone'],
    ...plain.flatMap((tone) => [tone, palette.tone[tone]]),
    palette.tone.unknown,
  ] as unknown as ExpressionSpecification;
}

/** Places as areas and dots. A background below the areas shines through them. */
function placeLayers(palette: Palette, opacity: number): LayerSpecification[] {
  const fill = fillOf(palette);
  return [
    {
      id: 'area',
      type: 'fill',
      source: 'places',
      filter: ['all', isArea, ['!', isHatched]],
      paint: { 'fill-color': fill, 'fill-antialias': false, 'fill-opacity': opacity },
    },
    {
      id: 'area-hatched',
      type: 'fill',
      source: 'places',
      filter: ['all', isArea, isHatched],
      paint: { 'fill-pattern': ['concat', 'hatch-', ['get', 'tone']], 'fill-opacity': opacity },
    },
    {
      id: 'border',
      type: 'line',
      source: 'places',
      filter: isArea,
      layout: rounded,
      paint: { 'line-color': palette.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.5, 10, 1] },
    },
    {
      id: 'dot',
      type: 'circle',
      source: 'places',
      filter: isPoint,
      paint: {
        'circle-color': fill,
        'circle-radius': ['get', 'radius'],
        'circle-stroke-color': ['case', isHatched, palette.hatch, palette.ink],
        'circle-stroke-width': 1,
      },
    },
  ];
}

/** The ring around the place in focus; around none at first. */
function focusLayers(palette: Palette): LayerSpecification[] {
  return [
    {
      id: 'focus-halo',
      type: 'line',
      source: 'places',
      filter: onlyAt(-1),
      layout: rounded,
      paint: { 'line-color': palette.halo, 'line-width': 6 },
    },
    {
      id: 'focus',
      type: 'line',
      source: 'places',
      filter: onlyAt(-1),
      layout: rounded,
      paint: { 'line-color': palette.ink, 'line-width': 2.5 },
    },
    {
      id: 'focus-dot',
      type: 'circle',
      source: 'places',
      filter: ['all', isPoint, onlyAt(-1)],
      paint: {
        'circle-color': 'rgba(0,0,0,0)',
        'circle-radius': ['+', ['get', 'radius'], 3],
        'circle-stroke-color': palette.ink,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/** The whole map as one inline style: no address is asked for anything, except tiles where the installation names one. */
export function styleOf(features: readonly MapFeature[], palette: Palette, tiles: Tiles | null): StyleSpecification {
  return {
    version: 8,
    sources: {
      places: { type: 'geojson', data: collectionOf(features), tolerance: 0.2, buffer: 32 },
      ...(tiles ? { tiles: { type: 'raster' as const, tiles: [tiles.url], tileSize: 256, attribution: tiles.attribution } } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
      ...(tiles ? [{ id: 'tiles', type: 'raster' as const, source: 'tiles', paint: { 'raster-saturation': -0.6 } }] : []),
      ...placeLayers(palette, tiles ? 0.75 : 1),
      ...focusLayers(palette),
    ],
  };
}
