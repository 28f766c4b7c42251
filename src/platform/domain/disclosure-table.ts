// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern } from './disclosure-lattice.ts';

/**
 * A lattice with all its margins worked out, laid flat for speed. A "line" is `width` numbers: the bands, then n.
 * Where the places below do not add up to their parent (somebody is registered at the district itself), the rest becomes a
 * place of its own: it is never shown, but anybody could subtract it.
 */
export interface Table {
  readonly places: number;
  readonly firsts: number;
  readonly seconds: number;
  readonly bands: number;
  readonly width: number;
  readonly parent: Int32Array;
  /** Children of place i with anybody in them: `child[from[i]] ... child[from[i + 1] - 1]`. */
  readonly from: Int32Array;
  readonly child: Int32Array;
  /** One line a place; a class of the first; a class of the second; a class of both. */
  readonly all: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly both: Int32Array;
  readonly hidden: Pattern;
  readonly sensitive: Pattern | null;
  /** How many places are real; the rest of them are remainders. */
  readonly real: number;
}

const smallest = 1,
  largestSmall = 10;
export const isSmall = (count: number): boolean => count >= smallest && count <= largestSmall;

/** The band in which all whose band is known stand, or 0. Band 0 is "not known". */
export function alikeIn(lines: Int32Array, at: number, bands: number): number {
  let only = 0;
  for (let band = 1; band < bands; band++) {
    if (lines[at + band] === 0) continue;
    if (only) return 0;
    only = band;
  }
  return only;
}

/** Whether a line may not be shown for what it says by itself: a count of 1 to 10, or everybody known in one band. */
export function isUnsafe(lines: Int32Array, at: number, bands: number): boolean {
  for (let i = 0; i <= bands; i++) if (isSmall(lines[at + i]!)) return true;
  return bands > 2 && alikeIn(lines, at, bands) > 0;
}

/** Appends one place per parent that holds more than its children; counts may never be fewer. */
function withRemainders({ shape, parent, counts }: Lattice): { parent: Int32Array; counts: Int32Array } {
  const size = shape.first * shape.second * shape.bands;
  const rest = counts.slice();
  const hasChild = new Uint8Array(parent.length);
  for (let i = 0; i < parent.length; i++) {
    const p = parent[i]!;
    if (p >= i) throw new RangeError('a place stands before its parent');
    if (p < 0) continue;
    hasChild[p] = 1;
    for (let c = 0; c < size; c++) rest[p * size + c]! -= counts[i * size + c]!;
  }
  const extra: number[] = [];
  for (let i = 0; i < parent.length; i++) {
    if (!hasChild[i]) continue;
    let any = 0;
    for (let c = i * size; c < (i + 1) * size; c++) {
      if (rest[c]! < 0) throw new RangeError('the places below hold more people than their parent');
      any |= rest[c]!;
    }
    if (any) extra.push(i);
  }
  if (extra.length === 0) return { parent, counts };
  const longer = new Int32Array(parent.length + extra.length);
  const more = new Int32Array(longer.length * size);
  longer.set(parent);
  more.set(counts);
  extra.forEach((p, i) => {
    longer[parent.length + i] = p;
    more.set(rest.subarray(p * size, (p + 1) * size), (parent.length + i) * size);
  });
  return { parent: longer, counts: more };
}

function addMargins(table: Table, counts: Int32Array): void {
  const { places, firsts, seconds, bands, width } = table;
  let at = 0;
  for (let p = 0; p < places; p++) {
    for (let f = 0; f < firsts; f++) {
      for (let s = 0; s < seconds; s++) {
        const both = ((p * firsts + f) * seconds + s) * width,
          first = (p * firsts + f) * width,
          second = (p * seconds + s) * width;
        for (let band = 0; band < bands; band++) {
          const count = counts[at++]!;
          if (count === 0) continue;
          for (const slot of [band, bands]) {
            table.both[both + slot]! += count;
            table.first[first + slot]! += count;
            table.second[second + slot]! += count;
            table.all[p * width + slot]! += count;
          }
        }
      }
    }
  }
}

function childrenOf(parent: Int32Array, all: Int32Array, width: number): { from: Int32Array; child: Int32Array } {
  const places = parent.length;
  const from = new Int32Array(places + 1);
  const counts = (i: number) => parent[i]! >= 0 && all[i * width + width - 1]! > 0;
  for (let i = 0; i < places; i++) if (counts(i)) from[parent[i]! + 1]!++;
  for (let i = 0; i < places; i++) from[i + 1]! += from[i]!;
  const child = new Int32Array(from[places]!);
  const next = from.slice();
  for (let i = 0; i < places; i++) if (counts(i)) child[next[parent[i]!]!++] = i;
  return { from, child };
}

function widen(pattern: Pattern, places: number): Pattern {
  const grow = <T extends Uint8Array | Int32Array>(from: T, to: T): T => {
    to.set(from);
    return to;
  };
  return {
    n: grow(pattern.n, new Uint8Array(places)),
    split: grow(pattern.split, new Uint8Array(places)),
    first: grow(pattern.first, new Int32Array(places)),
    second: grow(pattern.second, new Int32Array(places)),
    both: grow(pattern.both, new Int32Array(places)),
  };
}

/** Works out every margin of the lattice. Throws a RangeError when places below hold more than their parent. */
export function buildTable(lattice: Lattice, sensitive?: Pattern): Table {
  const { parent, counts } = withRemainders(lattice);
  const places = parent.length,
    { first: firsts, second: seconds, bands } = lattice.shape,
    width = bands + 1;
  const table = {
    places,
    firsts,
    seconds,
    bands,
    width,
    parent,
    real: lattice.parent.length,
    all: new Int32Array(places * width),
    first: new Int32Array(places * firsts * width),
    second: new Int32Array(places * seconds * width),
    both: new Int32Array(places * firsts * seconds * width),
    hidden: {
      n: new Uint8Array(places),
      split: new Uint8Array(places),
      first: new Int32Array(places),
      second: new Int32Array(places),
      both: new Int32Array(places),
    },
    sensitive: sensitive ? widen(sensitive, places) : null,
    from: new Int32Array(0),
    child: new Int32Array(0),
  };
  addMargins(table, counts);
  return { ...table, ...childrenOf(parent, table.all, width) };
}

/** The slots of a line that need a proof (bands, then n) and, where everybody known stands in one band, that band. */
export function needs(table: Table, lines: Int32Array, at: number, marked: boolean): { slots: number; alike: number } {
  let slots = 0;
  for (let slot = 0; slot <= table.bands; slot++) {
    const count = lines[at + slot]!;
    if (isSmall(count) || (marked && count > 0)) slots |= 1 << slot;
  }
  const alike = table.bands > 2 ? alikeIn(lines, at, table.bands) : 0;
  return { slots, alike: alike && !isSmall(lines[at + alike]!) ? alike : 0 };
}

export const rowsBelow = (table: Table, place: number): Int32Array => table.child.subarray(table.from[place]!, table.from[place + 1]!);
