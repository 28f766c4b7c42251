// SPDX-License-Identifier: AGPL-3.0-or-later
import { northing, type Anchor } from './geometry.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

export const arrowKeys: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/**
 * The place an arrow key leads to: the nearest one lying that way, where straying sideways counts double. Returns
 * the index, or `from` when there is nothing further that way.
 */
export function neighbour(anchors: readonly (Anchor | null)[], from: number, towards: Direction): number {
  const start = anchors[from];
  if (!start) return anchors.findIndex((anchor) => anchor !== null);
  let best = from,
    bestCost = Infinity;
  anchors.forEach((anchor, i) => {
    if (!anchor || i === from) return;
    const dx = anchor.lon - start.lon,
      dy = northing(anchor.lat) - northing(start.lat);
    const [ahead, aside] = towards === 'left' ? [-dx, dy] : towards === 'right' ? [dx, dy] : towards === 'up' ? [dy, dx] : [-dy, dx];
    if (ahead <= 0 || Math.abs(aside) > ahead * 2) return;
    const cost = ahead + 2 * Math.abs(aside);
    if (cost < bestCost) {
      best = i;
      bestCost = cost;
    }
  });
  return best;
}

/** Reading order: from the north-west corner in rows, for Home and End and for the first arrow key. */
export function readingOrder(anchors: readonly (Anchor | null)[]): number[] {
  const known = anchors.map((anchor, i) => ({ anchor, i })).filter((x): x is { anchor: Anchor; i: number } => x.anchor !== null);
  const lats = known.map((x) => x.anchor.lat);
  const row = (Math.max(...lats) - Math.min(...lats)) / Math.max(1, Math.round(Math.sqrt(known.length))) || 1;
  const top = Math.max(...lats);
  return known
    .sort((a, b) => Math.floor((top - a.anchor.lat) / row) - Math.floor((top - b.anchor.lat) / row) || a.anchor.lon - b.anchor.lon)
    .map((x) => x.i);
}
