// SPDX-License-Identifier: AGPL-3.0-or-later
import { provenBoth } from './disclosure-proof-both.ts';
import { allBits, hideAll, hideMore, hideSplit } from './disclosure-rules.ts';
import { needs, rowsBelow, type Table } from './disclosure-table.ts';

/*
 * A figure is safe when another state of the world has the same published figures and a different value there. Such a state is
 * made by exchanging single persons ("swaps"): every published sum stays as it is because each exchange adds up to nothing
 * there. This file looks for one swap per figure that needs protection and hides more where there is none. Group rules
 * alone cannot promise this: two sums that are safe each by itself can give a figure away together.
 */

/** Positions of the other classification and band at which a class has people, as bits `other * bands + band`. */
function present(table: Table, which: 'first' | 'second'): Int32Array {
  const { places, firsts, seconds, bands, width } = table;
  const classes = which === 'first' ? firsts : seconds;
  const bits = new Int32Array(places * classes);
  for (let p = 0; p < places; p++) {
    for (let f = 0; f < firsts; f++) {
      for (let s = 0; s < seconds; s++) {
        const line = ((p * firsts + f) * seconds + s) * width;
        const at = p * classes + (which === 'first' ? f : s),
          other = which === 'first' ? s : f;
        for (let band = 0; band < bands; band++) if (table.both[line + band]! > 0) bits[at]! |= 1 << (other * bands + band);
      }
    }
  }
  return bits;
}

/** A hidden n: somebody could live in another place whose n is hidden under the same published sum. */
function proveN(table: Table, place: number): boolean {
  let at = place;
  while (table.parent[at]! >= 0 && table.hidden.n[table.parent[at]!]) at = table.parent[at]!;
  const parent = table.parent[at]!;
  if (parent < 0 || rowsBelow(table, parent).some((row) => row !== at && table.hidden.n[row] === 1)) return true;
  hideAll(table, parent);
  return false;
}

/** What stands in the places with a hidden split below a place that shows its own. */
function poolBelow(table: Table, parent: number, pools: Map<number, Int32Array>): Int32Array {
  let pool = pools.get(parent);
  if (!pool) {
    pool = new Int32Array(table.width);
    for (const row of rowsBelow(table, parent)) {
      if (table.hidden.split[row]) for (let slot = 0; slot < table.width; slot++) pool[slot]! += table.all[row * table.width + slot]!;
    }
    pools.set(parent, pool);
  }
  return pool;
}

/** A hidden split: two persons of different bands, here and in another such place, could stand the other way round. */
function proveSplit(table: Table, place: number, pools: Map<number, Int32Array>): boolean {
  const { hidden, bands, width, all } = table;
  let parent = table.parent[place]!;
  while (parent >= 0 && hidden.split[parent]) parent = table.parent[parent]!;
  if (parent < 0) return true;
  const here = place * width,
    pool = poolBelow(table, parent, pools);
  const elsewhere = (slot: number) => pool[slot]! - all[here + slot]!;
  const { slots, alike } = needs(table, all, here, sensitiveSplit(table, place));
  let proven = elsewhere(bands) > 0;
  for (let band = 0; band < bands && proven && !hidden.n[place]; band++) {
    if (!((slots >> band) & 1)) continue;
    const mine = all[here + band]!,
      others = all[here + bands]! - mine;
    proven = (mine > 0 && elsewhere(bands) - elsewhere(band) > 0) || (others > 0 && elsewhere(band) > 0);
  }
  if (proven && alike) {
    proven = false;
    for (let band = 1; band < bands; band++) if (band !== alike && elsewhere(band) > 0) proven = true;
  }
  if (proven) return true;
  const open = rowsBelow(table, parent).filter((row) => !hidden.split[row]);
  if (open.length > 0) for (const row of open) hideSplit(table, row);
  else hideSplit(table, parent);
  pools.delete(parent);
  return false;
}

const sensitiveSplit = (table: Table, place: number): boolean => table.sensitive?.split[place] === 1;

interface Family {
  readonly which: 'first' | 'second';
  readonly classes: number;
  readonly others: number;
  readonly bits: Int32Array;
}

/** Bits of `others * bands + band` for one band, or for every band. */
function bandBits(table: Table, others: number, wanted: (band: number) => boolean): number {
  let bits = 0;
  for (let other = 0; other < others; other++)
    for (let band = 0; band < table.bands; band++) if (wanted(band)) bits |= 1 << (other * table.bands + band);
  return bits;
}

/**
 * Whether two persons alike in everything but this class could stand the other way round, one here and one in another place
 * where both classes are hidden. `gainOnly`: it must be this class that gains, at one of the `wanted` positions.
 */
function swapClass(table: Table, family: Family, place: number, cls: number, wanted: number, gainOnly: boolean): boolean {
  const { which, classes, bits } = family,
    masks = table.hidden[which];
  const mine = bits[place * classes + cls]! & wanted;
  for (let at = place; (masks[at]! >> cls) & 1; at = table.parent[at]!) {
    const parent = table.parent[at]!;
    const others = masks[at]! & ~(1 << cls);
    if (parent < 0) {
      for (let other = 0; other < classes; other++) {
        if ((others >> other) & 1 && ((!gainOnly && mine) || bits[place * classes + other]! & wanted)) return true;
      }
      return false;
    }
    for (const row of rowsBelow(table, parent)) {
      if (row === at || !((masks[row]! >> cls) & 1)) continue;
      const theirs = bits[row * classes + cls]! & wanted;
      for (let other = 0; other < classes; other++) {
        if (!(((others & masks[row]!) >> other) & 1)) continue;
        if ((!gainOnly && mine & bits[row * classes + other]!) || bits[place * classes + other]! & theirs) return true;
      }
    }
  }
  return false;
}

function proveClasses(table: Table, family: Family, place: number): boolean {
  const { which, classes, others } = family,
    masks = table.hidden[which];
  for (let cls = 0; cls < classes; cls++) {
    if (!((masks[place]! >> cls) & 1)) continue;
    const marked = (((table.sensitive?.[which][place] ?? 0) >> cls) & 1) === 1;
    const { slots, alike } = needs(table, table[which], (place * classes + cls) * table.width, marked);
    let proven = true;
    for (let slot = 0; slot <= table.bands && proven; slot++) {
      if ((slots >> slot) & 1)
        proven = swapClass(
          table,
          family,
          place,
          cls,
          bandBits(table, others, (band) => slot === table.bands || band === slot),
          false,
        );
    }
    if (proven && alike)
      proven = swapClass(
        table,
        family,
        place,
        cls,
        bandBits(table, others, (band) => band > 0 && band !== alike),
        true,
      );
    if (!proven) {
      hideMore(table, masks, allBits(classes), place);
      return false;
    }
  }
  return true;
}

/** Looks for a swap for every figure that needs one. False: some had none, more is hidden now, and the rules must settle again. */
export function prove(table: Table): boolean {
  const { places, bands, width, hidden, firsts, seconds } = table;
  const families: Family[] = [];
  if (firsts > 1) families.push({ which: 'first', classes: firsts, others: seconds, bits: present(table, 'first') });
  if (seconds > 1) families.push({ which: 'second', classes: seconds, others: firsts, bits: present(table, 'second') });
  const pools = new Map<number, Int32Array>();
  let proven = true;
  for (let p = 0; p < places; p++) {
    if (table.all[p * width + bands] === 0) continue;
    if (hidden.n[p]) proven = proveN(table, p) && proven;
    if (hidden.split[p]) {
      proven = proveSplit(table, p, pools) && proven;
      continue;
    }
    for (const family of families) if (hidden[family.which][p]) proven = proveClasses(table, family, p) && proven;
  }
  return proven && provenBoth(table);
}
