// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FeatureCollection, Geometry } from 'geojson';
import type { PlaceDetail, PlaceRef } from '../../places/domain/place.ts';
import { api } from '../../platform/web/api.ts';
import { unrolled } from '../../platform/web/map/geometry.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { MapData, Reason } from '../domain/map-data.ts';
import { openingMap } from './opening.ts';
import { mapQuery, type ViewState } from './view-state.ts';

/** All that one view of the map is drawn from. Fetched together, so that figures never stand on another place's outlines. */
export interface ViewData {
  readonly place: PlaceDetail;
  readonly map: MapData;
  /** By place id; places without boundary or position are not in it. */
  readonly shapes: ReadonlyMap<string, Geometry>;
  /** Where no part has a boundary or position: the outline of the place, of its largest parts that have one, or of the nearest area around it. */
  readonly outline: { readonly place: PlaceRef; readonly geometries: readonly Geometry[] } | null;
}

const keptShapes = new Map<string, Promise<ReadonlyMap<string, Geometry>>>();
const keepAtMost = 12;

/** Outlines of the parts of a place at one level; kept for a while, since every change of colour draws the same ones. */
async function shapesOf(placeId: string, level: number, signal: AbortSignal): Promise<ReadonlyMap<string, Geometry>> {
  const key = `${placeId} ${level}`;
  const kept = keptShapes.get(key);
  if (kept) return kept;
  const asked = api
    .get<FeatureCollection>(`/places/${placeId}/boundaries`, { level }, { signal })
    .then((collection) => unrolled(new Map(collection.features.map((feature) => [String(feature.id), feature.geometry]))));
  keptShapes.set(key, asked);
  // What failed or was given up is asked for again the next time.
  asked.catch(() => keptShapes.delete(key));
  const oldest = keptShapes.keys().next().value;
  if (keptShapes.size > keepAtMost && oldest !== undefined) keptShapes.delete(oldest);
  return asked;
}

const areasOf = (shapes: ReadonlyMap<string, Geometry>): readonly Geometry[] =>
  [...shapes.values()].filter((each) => each.type !== 'Point');

/** What can be drawn where the parts of a level cannot: the place itself, else its largest parts, else the nearest area around it. */
async function outlineOf(detail: PlaceDetail, signal: AbortSignal): Promise<ViewData['outline']> {
  const firstDrawn = detail.below.find((each) => each.withBoundary > 0)?.level;
  for (const level of firstDrawn === undefined ? [detail.level] : [detail.level, firstDrawn]) {
    const geometries = areasOf(await shapesOf(detail.placeId, level, signal));
    if (geometries.length > 0) return { place: detail, geometries };
  }
  for (const place of detail.ancestors.toReversed()) {
    const geometries = areasOf(await shapesOf(place.placeId, place.level, signal));
    if (geometries.length > 0) return { place, geometries };
  }
  return null;
}

/** The figures of a view as anybody may take them away on paper, also for a reader who sees exact ones. */
export const loadPaper = (view: ViewState, map: MapData, locale: string): Promise<MapData> =>
  api.get<MapData>('/map', {
    ...mapQuery({ ...view, level: map.level, instrument: map.instrument.code }, map.place.placeId, locale),
    protect: 'true',
  });

export interface TheirReasons {
  readonly placeId: string;
  readonly reasons: readonly Reason[];
}

/** The main reasons of one part of a map: ten thousand parts do not bring theirs along. Waits a moment, for a pointer that only passes. */
export async function loadReasons(
  view: ViewState,
  map: MapData,
  placeId: string,
  locale: string,
  signal: AbortSignal,
): Promise<TheirReasons> {
  await new Promise((resolve) => {
    setTimeout(resolve, 120);
  });
  signal.throwIfAborted();
  const { total } = await api.get<MapData>(
    '/map',
    mapQuery({ ...view, level: map.level, instrument: map.instrument.code }, placeId, locale),
    { signal },
  );
  return { placeId, reasons: total.reasons ?? [] };
}

/** The place to open on when the address names none: one's own area, or the first country there is. Null: there are no places yet. */
export async function openingPlace(home: string | null, signal: AbortSignal): Promise<string | null> {
  if (home) return home;
  const countries = await api.get<readonly PlaceRef[]>('/countries', undefined, { signal });
  return countries[0]?.placeId ?? null;
}

/**
 * Fetches a view. A place with nothing below it (a village) cannot be a map of its parts: then `within` names the parent
 * to show instead.
 */
export async function loadView(
  view: ViewState,
  place: string,
  locale: string,
  signal: AbortSignal,
): Promise<ViewData | { readonly within: string }> {
  const detail = await api.get<PlaceDetail>(`/places/${place}`, undefined, { signal });
  const levels = detail.below.map((each) => each.level);
  if (levels.length === 0 && detail.parentId) return { within: detail.parentId };
  const level = view.level !== null && levels.includes(view.level) ? view.level : (levels[0] ?? detail.level);
  const [map, shapes] = await Promise.all([
    openingMap(mapQuery({ ...view, level }, place, locale), { signal }),
    shapesOf(place, level, signal),
  ]);
  return { place: detail, map, shapes, outline: shapes.size === 0 ? await outlineOf(detail, signal) : null };
}

/** An instrument as the list has it. */
export type ListedInstrument = Pick<Instrument, 'code' | 'scores' | 'title'>;

export const loadInstruments = (signal: AbortSignal): Promise<readonly ListedInstrument[]> =>
  api.get<readonly ListedInstrument[]>('/instruments', undefined, { signal });
export const loadInstrument = (code: string, signal: AbortSignal): Promise<Instrument> =>
  api.get<Instrument>(`/instruments/${code}`, undefined, { signal });
