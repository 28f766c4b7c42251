// SPDX-License-Identifier: AGPL-3.0-or-later
import { emptyPattern, type Lattice, type Pattern } from './disclosure-lattice.ts';
import { buildTable, isSmall, type Table } from './disclosure-table.ts';
import { cover, type Figure, protect } from './disclosure.ts';

/**
 * After so many dates a figure that was only repeated may be given anew: most answers have run out and been given again by
 * then, so the difference of the two is no longer something that happened to somebody (docs/decisions/0004-disclosure.md).
 */
export const renewedAfter = 12;

/** For each figure the position of the date on which it was last given anew; -1: never. */
interface Given { readonly n: Int32Array; readonly split: Int32Array; readonly first: Int32Array; readonly second: Int32Array; readonly both: Int32Array }

export interface SeriesFigure extends Figure {
  /** Position of the earlier date whose figures are repeated, because the change since is too small to show. */
  readonly carriedFrom: number | null;
}

export interface Series {
  readonly length: number;
  /** What is published of a place under a filter at the date at position `at`. */
  figure(at: number, place: number, first: number | null, second: number | null): SeriesFigure;
  /** What was given anew at that date: for tests that attack it. */
  fresh(at: number): Pattern;
}

const families = ['first', 'second', 'both'] as const;

function classesOf(table: Table): Record<(typeof families)[number], number> {
  return { first: table.firsts, second: table.seconds, both: table.firsts * table.seconds };
}

/** Whether any of `slots` numbers of a line changed by 1 to 10. */
function changedALittle(now: Int32Array, before: Int32Array, at: number, slots: number): boolean {
  for (let i = at; i < at + slots; i++) if (isSmall(Math.abs(now[i]! - before[i]!))) return true;
  return false;
}

/** Figures whose change since they were last given is too small to show. */
function tooClose(tables: readonly Table[], given: Given, at: number): Pattern {
  const table = tables[at]!, { bands, width } = table, classes = classesOf(table);
  const pattern = emptyPattern(table.real);
  const earlier = (position: number): Table | null => (position >= 0 && at - position < renewedAfter ? tables[position]! : null);
  for (let p = 0; p < table.real; p++) {
    const n = earlier(given.n[p]!), split = earlier(given.split[p]!);
    // The n last given by itself, and the one that stands beside the split that is repeated.
    for (const before of [n, split]) if (before && changedALittle(table.all, before.all, p * width + bands, 1)) pattern.n[p] = 1;
    if (split && changedALittle(table.all, split.all, p * width, width)) pattern.split[p] = 1;
    for (const family of families) {
      for (let c = 0; c < classes[family]; c++) {
        const before = earlier(given[family][p * classes[family] + c]!);
        if (before && changedALittle(table[family], before[family], (p * classes[family] + c) * width, width)) pattern[family][p]! |= 1 << c;
      }
    }
  }
  return pattern;
}

function note(table: Table, given: Given, fresh: Pattern, at: number): Given {
  const next: Given = { n: given.n.slice(), split: given.split.slice(), first: given.first.slice(), second: given.second.slice(), both: given.both.slice() };
  const classes = classesOf(table);
  for (let p = 0; p < table.real; p++) {
    if (!fresh.n[p]) next.n[p] = at;
    if (!fresh.split[p]) next.split[p] = at;
    if (fresh.split[p]) continue;
    for (const family of families) for (let c = 0; c < classes[family]; c++) if (!((fresh[family][p]! >> c) & 1)) next[family][p * classes[family] + c] = at;
  }
  return next;
}

/**
 * Publishes figures of one tree at successive dates. Between two dates a figure changes by nothing or by 11 and more;
 * a smaller change is not shown: the earlier figure is repeated, and the new one is protected like a small one, so that it
 * cannot be worked out from its neighbours either. All lattices have the same tree. Give all dates from the first.
 */
export function publishSeries(lattices: readonly Lattice[]): Series {
  const tables: Table[] = [], history: { fresh: Pattern; given: Given }[] = [];
  lattices.forEach((lattice, at) => {
    const table = buildTable(lattice);
    tables.push(table);
    const never = (length: number) => new Int32Array(length).fill(-1);
    const classes = classesOf(table);
    const given = history.at(-1)?.given
      ?? { n: never(table.real), split: never(table.real), first: never(table.real * classes.first), second: never(table.real * classes.second), both: never(table.real * classes.both) };
    const fresh = protect(lattice, tooClose(tables, given, at));
    history.push({ fresh, given: note(table, given, fresh, at) });
  });
  const line = (position: number, family: 'all' | 'first' | 'second' | 'both', index: number) => {
    const table = tables[position]!, from = index * table.width;
    return { n: table[family][from + table.bands]!, bands: Array.from(table[family].subarray(from, from + table.bands)) };
  };
  return {
    length: lattices.length,
    fresh: (at) => history[at]!.fresh,
    figure(at, place, first, second) {
      const { given } = history[at]!, table = tables[at]!;
      const recent = (position: number) => position >= 0 && at - position < renewedAfter;
      const family = first !== null && second !== null ? 'both' : first !== null ? 'first' : second !== null ? 'second' : 'all';
      const index = family === 'both' ? (place * table.firsts + first!) * table.seconds + second!
        : family === 'first' ? place * table.firsts + first! : family === 'second' ? place * table.seconds + second! : place;
      const show = (what: 'n' | 'all', position: number): SeriesFigure => {
        const { n, bands } = line(position, family, index);
        return { ...cover(what, n, bands), carriedFrom: position === at ? null : position };
      };
      const full = family === 'all' ? given.split[place]! : given[family][index]!;
      if (recent(full)) return show('all', full);
      if (family === 'all' && recent(given.n[place]!)) return show('n', given.n[place]!);
      return { ...cover('none', 0, new Array<number>(table.bands).fill(0)), carriedFrom: null };
    },
  };
}
