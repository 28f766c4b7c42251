// SPDX-License-Identifier: AGPL-3.0-or-later
import { tones, type Tone } from './types.ts';

/** Every colour the map draws with, resolved from the custom properties of map.css, so that the dark scheme follows. */
export interface Palette {
  readonly tone: Readonly<Record<Tone, string>>;
  readonly ground: string;
  readonly border: string;
  readonly ink: string;
  readonly halo: string;
  readonly hatch: string;
}

/** Reads the custom properties as they hold on `element` now. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--map-${name}`).trim();
  const tone = Object.fromEntries(tones.map((name) => [name, read(name)])) as Record<Tone, string>;
  return { tone, ground: read('ground'), border: read('border'), ink: read('ink'), halo: read('halo'), hatch: read('hatch') };
}
