// SPDX-License-Identifier: AGPL-3.0-or-later
import { allBits, hideMore } from './disclosure-rules.ts';
import { needs, type Table } from './disclosure-table.ts';

/*
 * Both filters at once. Where each filter by itself is shown, a swap takes four corners: (f, s) and (f', s') here against
 * (f, s') and (f', s) in another place, all in one band. Each side must lie in one lowest place, because its own
 * figures by one filter may be shown; `pairs` remembers for every place which pairs some lowest place in it has.
 * Bands are bits of a small number throughout, so that one comparison answers for all of them.
 */
interface Presence {
  /** Bands in which a place has people of a combination: `one[place * cells + cell]`. */
  readonly one: Uint8Array;
  /** ... in which some lowest place within it has people of both: `pairs[(place * cells + cell) * cells + other]`. */
  readonly pairs: Uint8Array;
  readonly cells: number;
}

function presence(table: Table): Presence {
  const { places, firsts, seconds, bands, width } = table;
  const cells = firsts * seconds,
    size = cells * cells;
  const one = new Uint8Array(places * cells),
    pairs = new Uint8Array(places * size);
  for (let i = 0; i < places * cells; i++)
    for (let band = 0; band < bands; band++) if (table.both[i * width + band]! > 0) one[i]! |= 1 << band;
  for (let p = places - 1; p >= 0; p--) {
    if (table.from[p] === table.from[p + 1]) {
      for (let a = 0; a < cells; a++) {
        const mine = one[p * cells + a]!;
        if (mine) for (let b = 0; b < cells; b++) pairs[p * size + a * cells + b] = mine & one[p * cells + b]!;
      }
    }
    const parent = table.parent[p]!;
    if (parent >= 0) for (let i = 0; i < size; i++) pairs[parent * size + i]! |= pairs[p * size + i]!;
  }
  return { one, pairs, cells };
}

/** A combination of a place, the bands (as bits) of which any will do, and whether it must gain somebody rather than lose. */
interface Question {
  readonly place: number;
  readonly cell: number;
  readonly bands: number;
  readonly gainOnly: boolean;
}

/** Swaps within `at` (row -1) or between `at`, in which the place lies, and the place `row` beside it. */
function swapAgainst(
  table: Table,
  { one, pairs, cells }: Presence,
  { place, cell, bands, gainOnly }: Question,
  at: number,
  row: number,
): boolean {
  const { hidden, firsts, seconds } = table,
    other = row < 0 ? at : row;
  const both = hidden.both[at]! & hidden.both[other]!,
    first = hidden.first[at]! & hidden.first[other]!,
    second = hidden.second[at]! & hidden.second[other]!;
  if (!((both >> cell) & 1)) return false;
  const f = Math.floor(cell / seconds),
    s = cell % seconds;
  const free = row < 0,
    mine = gainOnly ? 0 : one[place * cells + cell]!,
    theirs = free ? 15 : one[row * cells + cell]!;
  const here = place * cells * cells,
    there = other * cells * cells;
  for (let f2 = 0; f2 < firsts; f2++) {
    for (let s2 = 0; s2 < seconds; s2++) {
      const next = f2 * seconds + s2;
      if (next === cell || !((both >> next) & 1)) continue;
      if ((f === f2 || (first >> f) & (first >> f2) & 1) && (s === s2 || (second >> s) & (second >> s2) & 1)) {
        if (((mine & (free ? 15 : one[row * cells + next]!)) | (one[place * cells + next]! & theirs)) & bands) return true;
      }
      const left = f * seconds + s2,
        right = f2 * seconds + s;
      if (f === f2 || s === s2 || !((both >> left) & (both >> right) & 1)) continue;
      const lose = gainOnly ? 0 : pairs[here + cell * cells + next]! & (free ? 15 : pairs[there + left * cells + right]!);
      const gain = pairs[here + left * cells + right]! & (free ? 15 : pairs[there + cell * cells + next]!);
      if ((lose | gain) & bands) return true;
    }
  }
  return false;
}

function answer(table: Table, present: Presence, question: Question): boolean {
  for (let at = question.place; (table.hidden.both[at]! >> question.cell) & 1; at = table.parent[at]!) {
    const parent = table.parent[at]!;
    if (parent < 0) return swapAgainst(table, present, question, at, -1);
    for (let i = table.from[parent]!; i < table.from[parent + 1]!; i++) {
      const row = table.child[i]!;
      if (row !== at && swapAgainst(table, present, question, at, row)) return true;
    }
  }
  return false;
}

function provenAt(table: Table, present: Presence, place: number): boolean {
  const { hidden, bands, width } = table,
    { cells } = present,
    every = allBits(bands);
  for (let cell = 0; cell < cells; cell++) {
    if (!((hidden.both[place]! >> cell) & 1)) continue;
    const marked = (((table.sensitive?.both[place] ?? 0) >> cell) & 1) === 1;
    const { slots, alike } = needs(table, table.both, (place * cells + cell) * width, marked);
    for (let slot = 0; slot <= bands; slot++) {
      if ((slots >> slot) & 1 && !answer(table, present, { place, cell, bands: slot === bands ? every : 1 << slot, gainOnly: false }))
        return false;
    }
    if (alike && !answer(table, present, { place, cell, bands: every & ~1 & ~(1 << alike), gainOnly: true })) return false;
  }
  return true;
}

/** As `prove`, for figures under both filters. */
export function provenBoth(table: Table): boolean {
  const { places, firsts, seconds, bands, width, hidden } = table;
  if (firsts < 2 || seconds < 2) return true;
  const present = presence(table),
    full = allBits(firsts * seconds);
  let proven = true;
  for (let p = 0; p < places; p++) {
    if (table.all[p * width + bands] === 0 || hidden.split[p] || !hidden.both[p] || provenAt(table, present, p)) continue;
    proven = false;
    let root = p;
    while (table.parent[root]! >= 0) root = table.parent[root]!;
    // With all combinations hidden everywhere only the single filters can still give it away.
    if (hidden.both[root] === full) {
      hidden.first[root] = allBits(firsts);
      hidden.second[root] = allBits(seconds);
    } else hideMore(table, hidden.both, full, p);
  }
  return proven;
}
