// SPDX-License-Identifier: AGPL-3.0-or-later
import { isSmall, isUnsafe, rowsBelow, type Table } from './disclosure-table.ts';

export const allBits = (classes: number): number => 2 ** classes - 1;

/** Hides a place's split and with it every filtered figure there. */
export function hideSplit(table: Table, place: number): void {
  const { hidden, firsts, seconds } = table;
  hidden.split[place] = 1;
  hidden.first[place] = allBits(firsts);
  hidden.second[place] = allBits(seconds);
  hidden.both[place] = allBits(firsts * seconds);
}

/** Hides a place altogether. */
export function hideAll(table: Table, place: number): void {
  table.hidden.n[place] = 1;
  hideSplit(table, place);
}

/** Primary suppression: what a figure says by itself. */
function hidePrimary(table: Table): void {
  const { places, firsts, seconds, bands, width, hidden, sensitive } = table;
  for (let p = 0; p < places; p++) {
    if (table.all[p * width + bands] === 0) continue;
    if (isSmall(table.all[p * width + bands]!) || sensitive?.n[p]) hideAll(table, p);
    if (isUnsafe(table.all, p * width, bands) || sensitive?.split[p]) hideSplit(table, p);
    if (hidden.split[p]) continue;
    if (sensitive) {
      hidden.first[p]! |= sensitive.first[p]!;
      hidden.second[p]! |= sensitive.second[p]!;
      hidden.both[p]! |= sensitive.both[p]!;
    }
    for (let f = 0; f < firsts; f++) if (isUnsafe(table.first, (p * firsts + f) * width, bands)) hidden.first[p]! |= 1 << f;
    for (let s = 0; s < seconds; s++) if (isUnsafe(table.second, (p * seconds + s) * width, bands)) hidden.second[p]! |= 1 << s;
    for (let c = 0; c < firsts * seconds; c++)
      if (isUnsafe(table.both, (p * firsts * seconds + c) * width, bands)) hidden.both[p]! |= 1 << c;
  }
}

/** What is hidden at a place is hidden everywhere below, or the parts would add up to it. */
function inherit(table: Table, place: number): void {
  const { hidden } = table;
  for (let i = table.from[place]!; i < table.from[place + 1]!; i++) {
    const child = table.child[i]!;
    if (hidden.n[place]) hideAll(table, child);
    else if (hidden.split[place]) hideSplit(table, child);
    hidden.first[child]! |= hidden.first[place]!;
    hidden.second[child]! |= hidden.second[place]!;
    hidden.both[child]! |= hidden.both[place]!;
  }
}

/** A filter hidden by itself is hidden in combination too. */
function combine(table: Table, place: number): void {
  const { hidden, firsts, seconds } = table;
  for (let f = 0; f < firsts; f++) {
    for (let s = 0; s < seconds; s++) {
      if (((hidden.first[place]! >> f) | (hidden.second[place]! >> s)) & 1) hidden.both[place]! |= 1 << (f * seconds + s);
    }
  }
}

/** Members of one sum whose total is published: their lines, and which of them are hidden. */
interface Group {
  readonly lines: Int32Array;
  readonly at: readonly number[];
  readonly isHidden: (i: number) => boolean;
  readonly hide: (i: number) => void;
}

/**
 * Complementary suppression in one sum: hidden members are at least two and what they hold together is itself a figure that
 * may be known, for anybody can subtract the shown ones. Takes the smallest members first. Returns whether it hid more.
 */
function complete(table: Table, group: Group, onlyN = false): boolean {
  const { bands, width } = table;
  const sum = new Int32Array(width);
  let members = 0;
  const rest: number[] = [];
  const take = (i: number) => {
    members++;
    for (let slot = 0; slot < width; slot++) sum[slot]! += group.lines[group.at[i]! + slot]!;
  };
  for (let i = 0; i < group.at.length; i++) {
    if (group.lines[group.at[i]! + bands] === 0) continue;
    if (group.isHidden(i)) take(i);
    else rest.push(i);
  }
  const enough = () => members >= 2 && !(onlyN ? isSmall(sum[bands]!) : isUnsafe(sum, 0, bands));
  if (members === 0 || enough()) return false;
  rest.sort((a, b) => group.lines[group.at[a]! + bands]! - group.lines[group.at[b]! + bands]!);
  for (const i of rest) {
    group.hide(i);
    take(i);
    if (enough()) break;
  }
  return rest.length > 0;
}

/** The sums inside one place: classes add up to the place, combinations to classes. */
function settleInside(table: Table, p: number): boolean {
  const { hidden, firsts, seconds, width } = table;
  let changed = false;
  const open = (mask: number, all: number) => (mask & all) !== 0 && (mask & all) !== all;
  if (open(hidden.first[p]!, allBits(firsts))) {
    changed =
      complete(table, {
        lines: table.first,
        at: Array.from({ length: firsts }, (_, f) => (p * firsts + f) * width),
        isHidden: (f) => ((hidden.first[p]! >> f) & 1) === 1,
        hide: (f) => {
          hidden.first[p]! |= 1 << f;
        },
      }) || changed;
  }
  if (open(hidden.second[p]!, allBits(seconds))) {
    changed =
      complete(table, {
        lines: table.second,
        at: Array.from({ length: seconds }, (_, s) => (p * seconds + s) * width),
        isHidden: (s) => ((hidden.second[p]! >> s) & 1) === 1,
        hide: (s) => {
          hidden.second[p]! |= 1 << s;
        },
      }) || changed;
  }
  combine(table, p);
  if (!open(hidden.both[p]!, allBits(firsts * seconds))) return changed;
  const sums: number[][] = [];
  for (let f = 0; f < firsts; f++)
    if (!((hidden.first[p]! >> f) & 1)) sums.push(Array.from({ length: seconds }, (_, s) => f * seconds + s));
  for (let s = 0; s < seconds; s++)
    if (!((hidden.second[p]! >> s) & 1)) sums.push(Array.from({ length: firsts }, (_, f) => f * seconds + s));
  for (const cells of sums) {
    if (
      !open(
        hidden.both[p]!,
        cells.reduce((mask, c) => mask | (1 << c), 0),
      )
    )
      continue;
    changed =
      complete(table, {
        lines: table.both,
        at: cells.map((c) => (p * firsts * seconds + c) * width),
        isHidden: (i) => ((hidden.both[p]! >> cells[i]!) & 1) === 1,
        hide: (i) => {
          hidden.both[p]! |= 1 << cells[i]!;
        },
      }) || changed;
  }
  return changed;
}

/** One class over the children of a place that shows this class. */
function settleClasses(table: Table, p: number, rows: Int32Array, which: 'first' | 'second' | 'both', classes: number): boolean {
  const { hidden, width } = table,
    masks = hidden[which],
    lines = table[which];
  let any = 0,
    every = -1;
  for (const row of rows) {
    any |= masks[row]!;
    every &= masks[row]!;
  }
  any &= ~masks[p]! & ~every;
  let changed = false;
  for (let c = 0; c < classes; c++) {
    if (!((any >> c) & 1)) continue;
    changed =
      complete(table, {
        lines,
        at: Array.from(rows, (row) => (row * classes + c) * width),
        isHidden: (i) => ((masks[rows[i]!]! >> c) & 1) === 1,
        hide: (i) => {
          masks[rows[i]!]! |= 1 << c;
        },
      }) || changed;
  }
  return changed;
}

/** The sums over the places below one place. */
function settleBelow(table: Table, p: number): boolean {
  const { hidden, firsts, seconds, width } = table;
  const rows = rowsBelow(table, p);
  if (rows.length === 0) return false;
  inherit(table, p);
  if (hidden.n[p]) return false;
  const at = Array.from(rows, (row) => row * width);
  let changed = false;
  if (rows.some((row) => hidden.n[row] === 1)) {
    changed = complete(
      table,
      { lines: table.all, at, isHidden: (i) => hidden.n[rows[i]!] === 1, hide: (i) => hideAll(table, rows[i]!) },
      true,
    );
  }
  if (hidden.split[p]) return changed;
  if (rows.some((row) => hidden.split[row] === 1)) {
    changed =
      complete(table, { lines: table.all, at, isHidden: (i) => hidden.split[rows[i]!] === 1, hide: (i) => hideSplit(table, rows[i]!) }) ||
      changed;
  }
  changed = settleClasses(table, p, rows, 'first', firsts) || changed;
  changed = settleClasses(table, p, rows, 'second', seconds) || changed;
  return settleClasses(table, p, rows, 'both', firsts * seconds) || changed;
}

/** Primary and complementary suppression to a fixpoint over every sum of the lattice. Only ever hides more. */
export function settle(table: Table): void {
  hidePrimary(table);
  let changed = true;
  while (changed) {
    changed = false;
    for (let p = 0; p < table.places; p++) {
      if (table.all[p * table.width + table.bands] === 0) continue;
      if (!table.hidden.split[p]) changed = settleInside(table, p) || changed;
      changed = settleBelow(table, p) || changed;
    }
  }
}

/** No swap found: hide all classes here; if they are, beside; if they are, above. */
export function hideMore(table: Table, masks: Int32Array, full: number, place: number): void {
  if (masks[place] !== full) {
    masks[place] = full;
    return;
  }
  for (let at = place; table.parent[at]! >= 0; at = table.parent[at]!) {
    const parent = table.parent[at]!;
    const open = rowsBelow(table, parent).filter((row) => masks[row] !== full);
    if (open.length > 0) {
      for (const row of open) masks[row] = full;
      return;
    }
    if (masks[parent] !== full) {
      masks[parent] = full;
      return;
    }
  }
}
