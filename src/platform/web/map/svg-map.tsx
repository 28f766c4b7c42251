// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { fitWindow, projectIn, type Window } from './flat.ts';
import { SvgShapes } from './svg-shapes.tsx';
import type { Pointed, RendererProps } from './types.ts';
import { useSize } from './use-size.ts';

const margin = 24;
const most = 40;

/** Closer by `factor` around a pixel, never further out than the whole. */
function zoomed(window: Window, whole: Window, factor: number, x: number, y: number): Window {
  const scale = Math.min(whole.scale * most, Math.max(whole.scale, window.scale * factor));
  if (scale === whole.scale) return whole;
  const by = scale / window.scale;
  return { scale, left: x - (x - window.left) * by, top: y - (y - window.top) * by };
}

/** The map where WebGL is missing: same shapes, same pointing, zoom by wheel and buttons, moved by dragging. */
export function SvgMap({ features, bounds, focused, onPoint, onPress, onView, onHandle }: RendererProps) {
  const frame = useRef<SVGSVGElement>(null);
  const { width, height } = useSize(frame);
  const whole = useMemo(() => fitWindow(bounds, width, height, Math.min(margin, width / 12)), [bounds, width, height]);
  const [moved, setMoved] = useState<{ whole: Window; window: Window } | null>(null);
  // A move belongs to the bounds it was made under: new bounds start from the whole again.
  const window = moved?.whole === whole ? moved.window : whole;
  const drag = useRef<{ x: number; y: number; window: Window; far: boolean } | null>(null);

  useEffect(() => {
    if (width > 0) onView({ width, height, project: (lon, lat) => projectIn(window, lon, lat) });
  }, [window, width, height]);
  useEffect(() => {
    onHandle({
      zoomBy: (steps) => setMoved({ whole, window: zoomed(window, whole, 2 ** steps, width / 2, height / 2) }),
      fit: () => setMoved(null),
    });
    return () => onHandle(null);
  }, [whole, window]);
  useEffect(() => {
    const element = frame.current;
    const wheel = (event: WheelEvent) => {
      // Without a modifier the page scrolls, as people expect of a page that goes on below the map.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      setMoved({ whole, window: zoomed(window, whole, 2 ** (-event.deltaY / 200), event.offsetX, event.offsetY) });
    };
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, [whole, window]);

  const pointed = (event: PointerEvent | MouseEvent, via: Pointed['via']): Pointed | null => {
    const id = (event.target as Element).getAttribute('data-place');
    const box = frame.current?.getBoundingClientRect();
    return id && box ? { id, via, x: event.clientX - box.left, y: event.clientY - box.top } : null;
  };
  const touch = useRef(false);
  return (
    <svg
      ref={frame}
      class="map-svg"
      aria-hidden="true"
      onPointerDown={(event) => {
        touch.current = event.pointerType !== 'mouse';
        drag.current = { x: event.clientX, y: event.clientY, window, far: false };
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        const dx = from ? event.clientX - from.x : 0,
          dy = from ? event.clientY - from.y : 0;
        if (from && event.buttons > 0 && Math.hypot(dx, dy) > 4 && from.window.scale > whole.scale) {
          from.far = true;
          setMoved({ whole, window: { ...from.window, left: from.window.left + dx, top: from.window.top + dy } });
        } else if (event.pointerType === 'mouse') onPoint(pointed(event, 'mouse'));
      }}
      onPointerLeave={(event) => event.pointerType === 'mouse' && onPoint(null)}
      onClick={(event) => {
        if (!drag.current?.far) onPress(pointed(event, touch.current ? 'touch' : 'mouse'));
      }}
    >
      {width > 0 && <SvgShapes features={features} window={window} prefix="map" focused={focused} />}
    </svg>
  );
}
