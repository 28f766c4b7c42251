// SPDX-License-Identifier: AGPL-3.0-or-later
import { allBits, hideMore } from './disclosure-rules.ts';
import { needs, rowsBelow, type Table } from './disclosure-table.ts';

/*
 * Both filters at once. Where each filter by itself is shown, a swap takes four corners: (f, s) and (f', s') here against
 * (f, s') and (f', s) in another place, all in one band. Each side must lie in one lowest place, because its own
 * figures by one filter may be shown; `corners` remembers for every place which pairs some lowest place in it has.
 */

interface Corners { readonly has: (place: number, f: number, s: number, f2: number, s2: number, band: number) => boolean }

function corners(table: Table): Corners {
  const { places, firsts, seconds, bands, width } = table;
  const pairs = firsts * firsts * seconds * seconds, size = pairs * bands;
  const bits = new Uint8Array(places * size);
  const index = (f: number, s: number, f2: number, s2: number, band: number) => (((f * seconds + s) * firsts + f2) * seconds + s2) * bands + band;
  const standing = new Int32Array(firsts * seconds);
  for (let p = places - 1; p >= 0; p--) {
    if (table.from[p] === table.from[p + 1]) {
      for (let band = 0; band < bands; band++) {
        let many = 0;
        for (let c = 0; c < firsts * seconds; c++) if (table.both[(p * firsts * seconds + c) * width + band]! > 0) standing[many++] = c;
        for (let i = 0; i < many; i++) {
          for (let j = 0; j < many; j++) {
            const a = standing[i]!, b = standing[j]!;
            bits[p * size + (a * firsts * seconds + b) * bands + band] = 1;
          }
        }
      }
    }
    const parent = table.parent[p]!;
    if (parent >= 0) for (let i = 0; i < size; i++) bits[parent * size + i]! |= bits[p * size + i]!;
  }
  return { has: (place, f, s, f2, s2, band) => bits[place * size + index(f, s, f2, s2, band)] === 1 };
}

interface Question { readonly place: number; readonly f: number; readonly s: number; readonly bands: readonly number[]; readonly gainOnly: boolean }

/** Whether the person at (f, s) and one at (f2, s2) could stand the other way round; both may differ only where that is hidden. */
function plainSwap(table: Table, q: Question, at: number, row: number, f2: number, s2: number): boolean {
  const { hidden, firsts, seconds, width, both } = table;
  const other = row < 0 ? at : row;
  const may = (masks: Int32Array, a: number, b: number) => a === b || ((masks[at]! & masks[other]!) >> a & (masks[at]! & masks[other]!) >> b & 1) === 1;
  if (!may(hidden.first, q.f, f2) || !may(hidden.second, q.s, s2)) return false;
  const line = (place: number, f: number, s: number) => ((place * firsts + f) * seconds + s) * width;
  return q.bands.some((band) => {
    const mine = both[line(q.place, q.f, q.s) + band]! > 0, mineOther = both[line(q.place, f2, s2) + band]! > 0;
    if (row < 0) return (!q.gainOnly && mine) || mineOther;
    return (!q.gainOnly && mine && both[line(row, f2, s2) + band]! > 0) || (mineOther && both[line(row, q.f, q.s) + band]! > 0);
  });
}

function fourCorners(corner: Corners, q: Question, row: number, f2: number, s2: number): boolean {
  return q.bands.some((band) => {
    const mine = corner.has(q.place, q.f, q.s, f2, s2, band), mineOther = corner.has(q.place, q.f, s2, f2, q.s, band);
    if (row < 0) return (!q.gainOnly && mine) || mineOther;
    return (!q.gainOnly && mine && corner.has(row, q.f, s2, f2, q.s, band)) || (mineOther && corner.has(row, q.f, q.s, f2, s2, band));
  });
}

function swapAgainst(table: Table, corner: Corners, q: Question, at: number, row: number): boolean {
  const { hidden, firsts, seconds } = table;
  const mask = hidden.both[at]! & (row < 0 ? -1 : hidden.both[row]!);
  const bit = (f: number, s: number) => (mask >> (f * seconds + s)) & 1;
  if (!bit(q.f, q.s)) return false;
  for (let f = 0; f < firsts; f++) {
    for (let s = 0; s < seconds; s++) {
      if ((f === q.f && s === q.s) || !bit(f, s)) continue;
      if (plainSwap(table, q, at, row, f, s)) return true;
      if (f !== q.f && s !== q.s && bit(f, q.s) && bit(q.f, s) && fourCorners(corner, q, row, f, s)) return true;
    }
  }
  return false;
}

function answer(table: Table, corner: Corners, q: Question): boolean {
  const bit = q.f * table.seconds + q.s;
  for (let at = q.place; (table.hidden.both[at]! >> bit) & 1; at = table.parent[at]!) {
    const parent = table.parent[at]!;
    if (parent < 0) return swapAgainst(table, corner, q, at, -1);
    for (const row of rowsBelow(table, parent)) if (row !== at && swapAgainst(table, corner, q, at, row)) return true;
  }
  return false;
}

function provenAt(table: Table, corner: Corners, place: number): boolean {
  const { hidden, firsts, seconds, bands, width } = table;
  for (let c = 0; c < firsts * seconds; c++) {
    if (!((hidden.both[place]! >> c) & 1)) continue;
    const marked = (((table.sensitive?.both[place] ?? 0) >> c) & 1) === 1;
    const { slots, alike } = needs(table, table.both, (place * firsts * seconds + c) * width, marked);
    const ask = (wanted: number[], gainOnly: boolean) =>
      answer(table, corner, { place, f: Math.floor(c / seconds), s: c % seconds, bands: wanted, gainOnly });
    const every = Array.from({ length: bands }, (_, band) => band);
    for (const slot of [...every, bands]) if ((slots >> slot) & 1 && !ask(slot === bands ? every : [slot], false)) return false;
    if (alike && !ask(every.filter((band) => band > 0 && band !== alike), true)) return false;
  }
  return true;
}

/** As `prove`, for figures under both filters. */
export function provenBoth(table: Table): boolean {
  const { places, firsts, seconds, bands, width, hidden } = table;
  if (firsts < 2 || seconds < 2) return true;
  const corner = corners(table);
  const full = allBits(firsts * seconds);
  let proven = true;
  for (let p = 0; p < places; p++) {
    if (table.all[p * width + bands] === 0 || hidden.split[p] || !hidden.both[p] || provenAt(table, corner, p)) continue;
    proven = false;
    let root = p;
    while (table.parent[root]! >= 0) root = table.parent[root]!;
    // With all combinations hidden everywhere only the single filters can still give it away.
    if (hidden.both[root] === full) { hidden.first[root] = allBits(firsts); hidden.second[root] = allBits(seconds); }
    else hideMore(table, hidden.both, full, p);
  }
  return proven;
}
