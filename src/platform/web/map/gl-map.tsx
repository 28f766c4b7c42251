// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Map as GlMap, setWorkerUrl, type GeoJSONSource, type LngLatBoundsLike, type MapMouseEvent } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useRef } from 'preact/hooks';
import { reducedMotion, scheme } from '../preferences.ts';
import './gl-map.css';
import { collectionOf, onlyAt, styleOf, touchable } from './gl-style.ts';
import { hatchPixels } from './hatch.ts';
import { paletteOf } from './palette.ts';
import { hatched, type Bounds, type MapHandle, type Pointed, type RendererProps } from './types.ts';

setWorkerUrl(workerUrl);

const boxOf = ([west, south, east, north]: Bounds): LngLatBoundsLike => [
  [west, south],
  [east, north],
];
/** Beyond 180 degrees lies the next copy of the world; only countries on both sides of the date line reach there. */
const beyondDateLine = (bounds: Bounds): boolean => bounds[2] > 180;
const paddingFor = (element: HTMLElement): number => Math.min(24, element.clientWidth / 12);

function makeMap(container: HTMLDivElement, props: RendererProps): GlMap {
  const palette = paletteOf(container);
  const map = new GlMap({
    container,
    style: styleOf(props.features, palette, props.tiles),
    bounds: boxOf(props.bounds),
    fitBoundsOptions: { padding: paddingFor(container) },
    attributionControl: false, // ours stands beside the map (map-canvas.tsx)
    maplibreLogo: false,
    // Keys and buttons around the map are ours, the same for both renderers.
    keyboard: false,
    boxZoom: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    doubleClickZoom: false,
    cooperativeGestures: true,
    renderWorldCopies: beyondDateLine(props.bounds),
    fadeDuration: 0,
    locale: {
      'Map.Title': t`Map`,
      'CooperativeGesturesHandler.WindowsHelpText': t`Hold Ctrl and scroll to zoom the map`,
      'CooperativeGesturesHandler.MacHelpText': t`Hold ⌘ and scroll to zoom the map`,
      'CooperativeGesturesHandler.MobileHelpText': t`Use two fingers to move the map`,
    },
  });
  map.touchZoomRotate.disableRotation();
  // Described by what stands around it; a second stop for the Tab key on a bare canvas would say nothing.
  map.getCanvas().tabIndex = -1;
  map.getCanvas().setAttribute('aria-hidden', 'true');
  map.getCanvas().removeAttribute('role');
  map.getCanvas().removeAttribute('aria-label');
  const hatch = () => {
    for (const kind of hatched)
      if (!map.hasImage(`hatch-${kind}`))
        map.addImage(`hatch-${kind}`, hatchPixels(kind as 'unknown' | 'held', palette), { pixelRatio: 2 });
  };
  map.on('style.load', hatch);
  map.on('styleimagemissing', hatch);
  return map;
}

/** The props of the last drawing: listeners outlive the drawing they were made in. */
type Latest = { readonly current: RendererProps };

/** Tells what is pointed at and pressed, by mouse or finger. */
function listenToPointing(map: GlMap, now: Latest): void {
  let touch = false;
  const pointed = (event: MapMouseEvent, via: Pointed['via']): Pointed | null => {
    const at = map.queryRenderedFeatures(event.point, { layers: touchable.filter((id) => map.getLayer(id)) })[0]?.properties.at as
      | number
      | undefined;
    const feature = at === undefined ? undefined : now.current.features[at];
    return feature ? { id: feature.id, via, x: event.point.x, y: event.point.y } : null;
  };
  map.getCanvas().addEventListener('pointerdown', (event) => {
    touch = event.pointerType !== 'mouse';
  });
  map.on('mousemove', (event) => {
    if (touch || event.originalEvent.buttons > 0) return;
    const at = pointed(event, 'mouse');
    map.getCanvas().style.cursor = at ? 'pointer' : '';
    now.current.onPoint(at);
  });
  map.on('mouseout', () => {
    if (!touch) now.current.onPoint(null);
  });
  map.on('click', (event) => now.current.onPress(pointed(event, touch ? 'touch' : 'mouse')));
}

/** Tells what is seen, and that everything wanted stands on the screen. */
function listenToDrawing(map: GlMap, now: Latest): void {
  const view = () =>
    now.current.onView({
      width: map.getContainer().clientWidth,
      height: map.getContainer().clientHeight,
      project: (lon, lat) => {
        const { x, y } = map.project([lon, lat]);
        return [x, y];
      },
    });
  map.on('move', view);
  map.on('resize', view);
  map.on('load', () => {
    view();
    focus(map, now.current);
  });
  let shown = false;
  // The places, not the background: tiles that never come must not keep the figures waiting.
  map.on('render', () => {
    if (shown || !map.getSource('places') || !map.isSourceLoaded('places')) return;
    shown = true;
    now.current.onReady();
  });
}

/** Tells whether the background comes, and what fails. */
function listenToFailure(map: GlMap, now: Latest): void {
  map.on('error', ({ error, ...event }) => {
    if ('sourceId' in event && event.sourceId === 'tiles') now.current.onTiles(false);
    else reportError(error);
  });
  map.on('sourcedata', (event) => {
    if (event.sourceId === 'tiles' && event.tile) now.current.onTiles(true);
  });
  map.on('webglcontextlost', () => now.current.onFail('The graphics context was lost'));
}

function handleOf(map: GlMap, now: Latest): MapHandle {
  return {
    zoomBy: (steps) => map.zoomTo(map.getZoom() + steps, { animate: !reducedMotion(), duration: 200 }),
    fit: () =>
      map.fitBounds(boxOf(now.current.bounds), { padding: paddingFor(map.getContainer()), animate: !reducedMotion(), duration: 300 }),
  };
}

/** The map drawn by WebGL. It is built once a colour scheme; features, bounds and focus are changed in place. */
export default function GlMapRenderer(props: RendererProps) {
  const container = useRef<HTMLDivElement>(null);
  const kept = useRef<GlMap | null>(null);
  const now = useRef(props);
  now.current = props;
  const { features, bounds, focused, tiles } = props;

  useEffect(() => {
    if (!container.current) return undefined;
    let map: GlMap;
    try {
      map = makeMap(container.current, now.current);
    } catch (error) {
      now.current.onFail(String(error));
      return undefined;
    }
    kept.current = map;
    listenToPointing(map, now);
    listenToDrawing(map, now);
    listenToFailure(map, now);
    now.current.onHandle(handleOf(map, now));
    return () => {
      kept.current = null;
      now.current.onHandle(null);
      map.remove();
    };
  }, [scheme.value, tiles?.url]);

  useEffect(() => {
    void kept.current?.getSource<GeoJSONSource>('places')?.setData(collectionOf(features));
  }, [features]);
  useEffect(() => {
    const map = kept.current;
    map?.setRenderWorldCopies(beyondDateLine(bounds));
    // Moving there shows where one went; the first sight is already in place.
    map?.fitBounds(boxOf(bounds), { padding: paddingFor(map.getContainer()), animate: map.loaded() && !reducedMotion(), duration: 450 });
  }, [bounds]);
  useEffect(() => {
    if (kept.current?.getLayer('focus')) focus(kept.current, now.current);
  }, [focused, features]);

  return <div ref={container} class="map-gl" />;
}

function focus(map: GlMap, { features, focused }: RendererProps): void {
  const at = features.findIndex((feature) => feature.id === focused);
  const isPoint = features[at]?.geometry.type === 'Point';
  for (const id of ['focus-halo', 'focus']) map.setFilter(id, onlyAt(isPoint ? -1 : at));
  map.setFilter('focus-dot', onlyAt(isPoint ? at : -1));
}
