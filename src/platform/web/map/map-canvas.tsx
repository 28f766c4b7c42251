// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Maximize, Minus, Plus } from 'lucide';
import type { ComponentType } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { anchorOf } from './geometry.ts';
import { arrowKeys, neighbour, readingOrder } from './keys.ts';
import { labelled, placeLabels, type Label } from './labels.ts';
import './map.css';
import { SvgMap } from './svg-map.tsx';
import type { Bounds, MapFeature, MapHandle, Pointed, RendererProps, Tiles, View } from './types.ts';
import { chooseDrawing, type Drawing } from './webgl.ts';

export interface MapCanvasProps {
  readonly features: readonly MapFeature[];
  readonly bounds: Bounds;
  readonly label: string;
  readonly tiles?: Tiles | null;
  /** The place pointed at, by mouse, finger or key; null when none is any more. */
  readonly onPoint: (at: Pointed | null) => void;
  /** A place was chosen: clicked, or Enter was pressed on it. A tap only points at first; the second tap chooses. */
  readonly onEnter: (id: string) => void;
  /** Backspace: one level up. */
  readonly onUp?: () => void;
  readonly focused: string | null;
}

type Renderer = ComponentType<RendererProps>;

/** The WebGL renderer, fetched when first wanted; null where there is none, or it failed. */
function useWebGl(): { readonly Renderer: Renderer | null; readonly failure: string | undefined; readonly fail: (why: string) => void } {
  const [drawing, setDrawing] = useState<Drawing>(() => chooseDrawing(new URLSearchParams(location.search)));
  const [gl, setGl] = useState<Renderer | null>(null);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const fail = (why: string) => {
    setFailure(why);
    setDrawing('svg');
  };
  useEffect(() => {
    if (drawing !== 'gl') return undefined;
    let wanted = true;
    import('./gl-map.tsx').then(
      (module) => {
        if (wanted) setGl(() => module.default);
      },
      (error: unknown) => {
        if (wanted) fail(String(error));
      },
    );
    return () => {
      wanted = false;
    };
  }, [drawing]);
  return { Renderer: drawing === 'gl' ? gl : null, failure, fail };
}

/** What one renderer has reported of itself. */
function useReports() {
  const [view, setView] = useState<View | null>(null);
  const [handle, setHandle] = useState<MapHandle | null>(null);
  return { view, handle, onView: setView, onHandle: setHandle };
}

/** Arrow keys, Enter and the rest, over places in their order on the map. */
function useKeys(props: MapCanvasProps, anchors: readonly ReturnType<typeof anchorOf>[], view: View | null, handle: MapHandle | null) {
  const { features, focused, onPoint, onEnter, onUp } = props;
  const point = (at: number | undefined) => {
    const feature = at === undefined ? undefined : features[at],
      anchor = at === undefined ? null : anchors[at];
    if (!feature || !anchor || !view) return;
    const [x, y] = view.project(anchor.lon, anchor.lat);
    onPoint({ id: feature.id, via: 'key', x, y });
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = features.findIndex((feature) => feature.id === focused);
    const direction = arrowKeys[event.key];
    if (direction) point(from < 0 ? readingOrder(anchors)[0] : neighbour(anchors, from, direction));
    else if (event.key === 'Home') point(readingOrder(anchors)[0]);
    else if (event.key === 'End') point(readingOrder(anchors).at(-1));
    else if (event.key === 'Enter' || event.key === ' ') {
      if (focused && from >= 0) onEnter(focused);
    } else if (event.key === 'Escape') onPoint(null);
    else if (event.key === 'Backspace' && onUp) onUp();
    else if (event.key === '+' || event.key === '=') handle?.zoomBy(1);
    else if (event.key === '-') handle?.zoomBy(-1);
    else if (event.key === '0') handle?.fit();
    else return;
    event.preventDefault();
  };
}

/** A finger's first tap on a place points at it, its second chooses; a mouse chooses at once. */
function usePress(onPoint: MapCanvasProps['onPoint'], onEnter: MapCanvasProps['onEnter']) {
  const tapped = useRef<string | null>(null);
  return (at: Pointed | null) => {
    const again = at !== null && (at.via !== 'touch' || tapped.current === at.id);
    tapped.current = at?.id ?? null;
    if (again) onEnter(at.id);
    else onPoint(at);
  };
}

/** Whether the background came; undefined while nothing is known. One tile that came is a background; only when none came is its absence worth a word. */
function useBackground() {
  const [background, setBackground] = useState<boolean | undefined>(undefined);
  return { background, onTiles: (came: boolean) => setBackground((before) => before === true || came) };
}

/**
 * A map of places filled by tone: by WebGL, or as SVG where that is missing, with the same props and the same behaviour.
 * The caller shows what is known of the place pointed at; this says its sentence to screen readers.
 */
export function MapCanvas(props: MapCanvasProps) {
  const { features, bounds, label, focused, onPoint, onEnter, tiles = null } = props;
  const help = useId();
  const { Renderer, failure, fail } = useWebGl();
  const [ready, setReady] = useState(false);
  // Two pictures later, so that the canvas stands on the screen before the plain drawing goes: no blank moment between.
  const swap = () => requestAnimationFrame(() => requestAnimationFrame(() => setReady(true)));
  const plain = useReports(),
    gl = useReports();
  // On a slow line the plain drawing stands at once; WebGL takes its place when its 400 kB have come and it has drawn everything.
  const drawing: Drawing = Renderer && ready ? 'gl' : 'svg';
  const { view, handle } = drawing === 'gl' ? gl : plain;
  const anchors = useMemo(() => features.map((feature) => anchorOf(feature.geometry)), [features]);
  const labels = useMemo(() => (view ? placeLabels(labelled(features, anchors), view) : []), [features, anchors, view]);
  const onKeyDown = useKeys(props, anchors, view, handle);
  const onPress = usePress(onPoint, onEnter);
  const { background, onTiles } = useBackground();
  const common = { features, bounds, focused, tiles, onPoint, onPress, onTiles, onFail: fail };
  const spoken = features.find((feature) => feature.id === focused)?.spoken ?? '';
  return (
    <div class="map" data-drawing={drawing} data-failure={failure}>
      <div
        class="map-stage"
        tabIndex={0}
        role="application"
        aria-roledescription={t`map`}
        aria-label={label}
        aria-describedby={help}
        onKeyDown={onKeyDown}
      >
        {drawing === 'svg' && <SvgMap {...common} onView={plain.onView} onHandle={plain.onHandle} onReady={() => undefined} />}
        {Renderer && (
          <div class={ready ? 'map-renderer' : 'map-renderer map-waiting'}>
            <Renderer {...common} onView={gl.onView} onHandle={gl.onHandle} onReady={swap} />
          </div>
        )}
        <Labels labels={labels} />
      </div>
      <p
        class="for-ears"
        id={help}
      >{t`Arrow keys move from place to place, Enter opens one, Backspace goes one level up, plus and minus zoom. The table below holds the same figures.`}</p>
      <p class="for-ears" aria-live="polite">
        {spoken}
      </p>
      {drawing === 'gl' && <BackgroundWords tiles={tiles} came={background} />}
      <Buttons handle={handle} />
    </div>
  );
}

function Labels({ labels }: { labels: readonly Label[] }) {
  return (
    <div class="map-labels" aria-hidden="true">
      {labels.map((label) => (
        <span
          key={label.id}
          class={`map-label ${label.tone ? `map-on-${label.tone}` : 'map-label-beside'}`}
          style={{ transform: `translate(${label.x.toFixed(1)}px, ${label.y.toFixed(1)}px)` }}
        >
          <bdi>{label.text}</bdi>
        </span>
      ))}
    </div>
  );
}

/** Whose background it is, or that there is none. */
function BackgroundWords({ tiles, came }: { readonly tiles: Tiles | null; readonly came: boolean | undefined }) {
  return (
    <>
      {tiles?.attribution && came && (
        <p class="map-attribution not-in-print">
          <bdi>{tiles.attribution.replace(/<[^>]*>/g, '')}</bdi>
        </p>
      )}
      {came === false && (
        <p class="map-note not-in-print" role="status">{t`The background map cannot be reached. The figures do not need it.`}</p>
      )}
    </>
  );
}

function Buttons({ handle }: { readonly handle: MapHandle | null }) {
  return (
    <div class="map-buttons not-in-print">
      <button type="button" class="icon-button" aria-label={t`Closer`} onClick={() => handle?.zoomBy(1)}>
        <Icon of={Plus} />
      </button>
      <button type="button" class="icon-button" aria-label={t`Further away`} onClick={() => handle?.zoomBy(-1)}>
        <Icon of={Minus} />
      </button>
      <button type="button" class="icon-button" aria-label={t`Show the whole area`} onClick={() => handle?.fit()}>
        <Icon of={Maximize} />
      </button>
    </div>
  );
}
