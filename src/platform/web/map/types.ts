// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Geometry } from 'geojson';

/** How a place is filled. Three bands, six steps of a continuous measure, and two hatchings for what is not known or not shown. */
export const tones = ['low', 'medium', 'high', 'step-1', 'step-2', 'step-3', 'step-4', 'step-5', 'step-6', 'unknown', 'held'] as const;
export type Tone = (typeof tones)[number];
export const hatched: readonly Tone[] = ['unknown', 'held'];

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

export interface MapFeature {
  readonly id: string;
  readonly name: string;
  readonly tone: Tone;
  /** What a screen reader says of it, one sentence. */
  readonly spoken: string;
  readonly geometry: Geometry;
  /** Points only: radius of the circle in pixels. */
  readonly radius?: number;
}

/** A place under the pointer or the keyboard; x and y are pixels from the top left corner of the map. */
export interface Pointed {
  readonly id: string;
  readonly via: 'mouse' | 'touch' | 'key';
  readonly x: number;
  readonly y: number;
}

/** Raster tiles below the colours, when the installation has an address for them. */
export interface Tiles {
  readonly url: string;
  readonly attribution: string;
}

/** What is seen now, as both renderers report it whenever it changes. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Degrees to pixels from the top left corner. */
  project(lon: number, lat: number): readonly [number, number];
}

/** What the buttons and keys around a map ask of it. */
export interface MapHandle {
  zoomBy(steps: number): void;
  fit(): void;
}

export interface RendererProps {
  readonly features: readonly MapFeature[];
  readonly bounds: Bounds;
  readonly focused: string | null;
  readonly tiles: Tiles | null;
  readonly onPoint: (at: Pointed | null) => void;
  /** Pressed: on a place, or (null) beside all places. */
  readonly onPress: (at: Pointed | null) => void;
  readonly onView: (view: View) => void;
  readonly onHandle: (handle: MapHandle | null) => void;
  /** Everything wanted is on screen for the first time. */
  readonly onReady: () => void;
  /** A tile of the background came (true), or could not be fetched (false). */
  readonly onTiles: (came: boolean) => void;
  /** The renderer cannot go on, for instance because the graphics context was lost. */
  readonly onFail: (why: string) => void;
}
