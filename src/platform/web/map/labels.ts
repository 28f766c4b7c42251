// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Anchor } from './geometry.ts';
import type { MapFeature, Tone, View } from './types.ts';

export interface Label {
  readonly id: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** `middle` of a place, or `beside` the circle of a point. */
  readonly stands: 'middle' | 'beside';
  /** What it is written on, for the colour of its letters; beside a circle it stands on whatever lies there. */
  readonly tone: Tone | null;
}

export interface Labelled {
  readonly id: string;
  readonly name: string;
  readonly anchor: Anchor | null;
  readonly radius: number;
  readonly tone: Tone;
}

const lineHeight = 16;

/** Pixels a name takes at 12 px, near enough to keep names apart: combining marks have no width of their own. */
export function widthOf(name: string): number {
  return [...name.replace(/\p{M}/gu, '')].reduce(
    (sum, char) => sum + (/[\u1000-\u17ff]/u.test(char) ? 9 : /\p{Lu}/u.test(char) ? 7.8 : 6.4),
    0,
  );
}

/** Features as the things to be labelled; anchors in the same order. */
export const labelled = (features: readonly MapFeature[], anchors: readonly (Anchor | null)[]): Labelled[] =>
  features.map((feature, i) => ({
    id: feature.id,
    name: feature.name,
    anchor: anchors[i] ?? null,
    radius: feature.radius ?? 6,
    tone: feature.tone,
  }));

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
const meets = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The names that fit: largest places first, each inside its own place, none over another, none cut by the edge. */
export function placeLabels(items: readonly Labelled[], view: View): Label[] {
  const taken: Box[] = [],
    labels: Label[] = [];
  const bySize = [...items].sort((a, b) => (b.anchor?.area ?? 0) - (a.anchor?.area ?? 0) || b.radius - a.radius);
  for (const { id, name, anchor, radius, tone } of bySize) {
    if (!anchor) continue;
    const [x, y] = view.project(anchor.lon, anchor.lat);
    const width = widthOf(name);
    const point = anchor.width === 0;
    const room = point ? Infinity : Math.abs(view.project(anchor.lon + anchor.width, anchor.lat)[0] - x);
    if (width > room * 1.02) continue;
    const left = point ? x + radius + 4 : x - width / 2;
    const box = { left: left - 3, top: y - lineHeight / 2, right: left + width + 3, bottom: y + lineHeight / 2 };
    if (box.left < 2 || box.top < 2 || box.right > view.width - 2 || box.bottom > view.height - 2) continue;
    if (taken.some((other) => meets(other, box))) continue;
    taken.push(box);
    labels.push({ id, text: name, x: point ? left : x, y, stands: point ? 'beside' : 'middle', tone: point ? null : tone });
  }
  return labels;
}
