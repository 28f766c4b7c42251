// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern, Shape } from './disclosure-lattice.ts';
import { prove } from './disclosure-proof.ts';
import { settle } from './disclosure-rules.ts';
import { buildTable } from './disclosure-table.ts';

/** A figure of 1 to 10 people is never shown and never to be worked out (docs/decisions/0004-disclosure.md). */
export const threshold = 11;

/**
 * Decides which figures of a lattice may be published.
 *
 * `sensitive` marks figures that must not be worked out for another reason than their size: a change too small to show.
 * Whatever this returns has been proven: for each figure that needs protection there is another lattice, possible in
 * counts of people, with the same published figures and a different value there.
 * At most 8 classes a classification, 31 combinations of both, 4 bands; throws a RangeError beyond.
 */
export function protect(lattice: Lattice, sensitive?: Pattern): Pattern {
  const { first, second, bands } = lattice.shape;
  if (first > 8 || second > 8 || first * second > 31 || bands > 4)
    throw new RangeError('this lattice has more classes than the disclosure function can hold');
  const table = buildTable(lattice, sensitive);
  // Every turn only hides more, so it ends; with everything hidden nothing is left to prove.
  do settle(table);
  while (!prove(table));
  const places = lattice.parent.length;
  return {
    n: table.hidden.n.slice(0, places),
    split: table.hidden.split.slice(0, places),
    first: table.hidden.first.slice(0, places),
    second: table.hidden.second.slice(0, places),
    both: table.hidden.both.slice(0, places),
  };
}

/** A figure as it may be shown; `null` is one that may not. */
export interface Figure {
  readonly n: number | null;
  readonly bands: readonly (number | null)[];
  readonly cover: 'shown' | 'small' | 'held-back' | 'no-data';
}

/** Counts of a place under a filter, unprotected: for readers who work with these people, and for the protector itself. */
export function sumOf(lattice: Lattice, place: number, first: number | null, second: number | null): { n: number; bands: number[] } {
  const { shape, counts } = lattice;
  const bands = new Array<number>(shape.bands).fill(0);
  for (let f = first ?? 0; f < (first === null ? shape.first : first + 1); f++) {
    for (let s = second ?? 0; s < (second === null ? shape.second : second + 1); s++) {
      const at = ((place * shape.first + f) * shape.second + s) * shape.bands;
      for (let band = 0; band < shape.bands; band++) bands[band]! += counts[at + band]!;
    }
  }
  return { n: bands.reduce((sum, count) => sum + count, 0), bands };
}

/** Whether a place's figure under a filter is shown: not at all, n alone, or all of it. */
export function shown(pattern: Pattern, shape: Shape, place: number, first: number | null, second: number | null): 'none' | 'n' | 'all' {
  if (first === null && second === null) return pattern.n[place] ? 'none' : pattern.split[place] ? 'n' : 'all';
  if (pattern.split[place]) return 'none';
  const bit =
    first !== null && second !== null
      ? pattern.both[place]! >> (first * shape.second + second)
      : first !== null
        ? pattern.first[place]! >> first
        : pattern.second[place]! >> second!;
  return bit & 1 ? 'none' : 'all';
}

/** The one way from counts to what a reader sees. */
export function figureOf(lattice: Lattice, pattern: Pattern, place: number, first: number | null, second: number | null): Figure {
  const { n, bands } = sumOf(lattice, place, first, second);
  return cover(shown(pattern, lattice.shape, place, first, second), n, bands);
}

export function cover(what: 'none' | 'n' | 'all', n: number, bands: readonly number[]): Figure {
  const none = bands.map(() => null);
  if (what === 'none') return { n: null, bands: none, cover: 'small' };
  if (what === 'n') return { n, bands: none, cover: 'held-back' };
  return { n, bands, cover: n === 0 ? 'no-data' : 'shown' };
}
