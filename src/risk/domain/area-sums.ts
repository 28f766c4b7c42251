// SPDX-License-Identifier: AGPL-3.0-or-later

/** A part of a whole as it was measured in one place; `observedOn` an ISO date. */
export interface Measured {
  readonly part: number | null;
  readonly whole: number | null;
  readonly observedOn: string;
}

/** An area that lies above the places measured. */
export interface Area {
  readonly placeId: string;
  readonly regionId: number;
  readonly level: number;
  /** Where the area around it stands in the list; -1 for a country. */
  readonly above: number;
}

/** Part and whole of one area, from so many of its places. `observedOn` is the newest date among them; `area` and `indicator` are positions. */
export interface Sum {
  readonly area: number;
  readonly indicator: number;
  readonly part: number;
  readonly whole: number;
  readonly placesWith: number;
  readonly placesAll: number;
  readonly observedOn: string;
}

/**
 * Sums parts and wholes for each area, over millions of places. `above` says of each place of the level measured which area it lies in (-1: none
 * known); `measured` what was measured there of an indicator. Places without both numbers are in no sum, but count in "from 43 of 45". In the order
 * of `areas`, then of the indicators.
 */
export function sumUpwards(
  areas: readonly Area[],
  above: ArrayLike<number>,
  indicators: number,
  measured: (place: number, indicator: number) => Measured | null,
): Sum[] {
  const size = areas.length * indicators;
  const parts = new Float64Array(size),
    wholes = new Float64Array(size),
    counts = new Int32Array(size),
    newest = new Array<string>(size).fill('');
  const all = new Int32Array(areas.length);
  for (let place = 0; place < above.length; place++) {
    for (let area = above[place]!; area >= 0; area = areas[area]!.above) all[area]!++;
    for (let indicator = 0; indicator < indicators; indicator++) {
      const one = measured(place, indicator);
      if (one === null || one.part === null || one.whole === null || one.whole <= 0) continue;
      for (let area = above[place]!; area >= 0; area = areas[area]!.above) {
        const at = area * indicators + indicator;
        parts[at]! += one.part;
        wholes[at]! += one.whole;
        counts[at]!++;
        if (one.observedOn > newest[at]!) newest[at] = one.observedOn;
      }
    }
  }
  const sums: Sum[] = [];
  for (let at = 0; at < size; at++) {
    if (counts[at] === 0) continue;
    const area = Math.floor(at / indicators);
    sums.push({
      area,
      indicator: at % indicators,
      part: parts[at]!,
      whole: wholes[at]!,
      placesWith: counts[at]!,
      placesAll: all[area]!,
      observedOn: newest[at]!,
    });
  }
  return sums;
}
