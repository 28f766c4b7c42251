// SPDX-License-Identifier: AGPL-3.0-or-later

/** A part of a whole as it was measured in one place; `path` leads from the country to it. */
export interface Measured { readonly path: string; readonly indicator: string; readonly part: number | null; readonly whole: number | null; readonly observedOn: string }

/** An area that sums are made for. */
export interface Area { readonly placeId: string; readonly regionId: number; readonly path: string; readonly level: number }

/** Part and whole of one area, from so many of its places. `observedOn` is the newest date among them. */
export interface Sum extends Area {
  readonly indicator: string;
  readonly part: number;
  readonly whole: number;
  readonly placesWith: number;
  readonly placesAll: number;
  readonly observedOn: string;
}

/** The paths of all areas around the one at `path`, the country first. */
export function pathsAbove(path: string): string[] {
  const labels = path.split('.');
  return labels.slice(1).map((_, i) => labels.slice(0, i + 1).join('.'));
}

/**
 * Sums parts and wholes for each area. `places` are the paths of all places of the level measured, to say "from 43 of 45"; places without
 * both numbers are in no sum. In the order of `areas`, then of `indicators`.
 */
export function sumUpwards(measured: Iterable<Measured>, places: Iterable<string>, areas: readonly Area[], indicators: readonly string[]): Sum[] {
  const all = new Map<string, number>();
  for (const path of places) for (const above of pathsAbove(path)) all.set(above, (all.get(above) ?? 0) + 1);
  const sums = new Map<string, { part: number; whole: number; placesWith: number; observedOn: string }>();
  for (const { path, indicator, part, whole, observedOn } of measured) {
    if (part === null || whole === null || whole <= 0) continue;
    for (const above of pathsAbove(path)) {
      const key = `${above} ${indicator}`, sum = sums.get(key);
      if (!sum) { sums.set(key, { part, whole, placesWith: 1, observedOn }); continue; }
      sum.part += part;
      sum.whole += whole;
      sum.placesWith++;
      if (observedOn > sum.observedOn) sum.observedOn = observedOn;
    }
  }
  return areas.flatMap((area) => indicators.flatMap((indicator) => {
    const sum = sums.get(`${area.path} ${indicator}`);
    return sum ? [{ placeId: area.placeId, regionId: area.regionId, path: area.path, level: area.level, indicator, placesAll: all.get(area.path) ?? 0, ...sum }] : [];
  }));
}
