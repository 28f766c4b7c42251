// SPDX-License-Identifier: AGPL-3.0-or-later
import { emptyPattern, type Lattice, type Pattern, type Shape } from './disclosure-lattice.ts';
import { buildTable, isSmall, type Table } from './disclosure-table.ts';
import { cover, type Figure, protect } from './disclosure.ts';

/**
 * After so many dates a figure that was only repeated may be given anew: most answers have run out and been given again by
 * then, so the difference of the two is no longer something that happened to somebody (docs/decisions/0004-disclosure.md).
 */
export const renewedAfter = 12;

/**
 * What is published of a tree at one date. For each place a row of cells: the whole, each class of the first classification, of
 * the second, of both, and last n by itself (`cellOf`, `cellsOf`). This is all that readers see of that date, and all that
 * is needed to publish the next one: no count that was never given is in it.
 */
export interface PublishedState {
  readonly shape: Shape;
  readonly places: number;
  /** How many dates ago a cell was last given anew, 0: at this one; -1: never, or too long ago. `ago[place * cells + cell]`. */
  readonly ago: Int8Array;
  /** The bands, then n, as given then; zeros where `ago` is -1, and in the bands of the last cell. `lines[(place * cells + cell) * (bands + 1) + slot]`. */
  readonly lines: Int32Array;
}

export const cellsOf = ({ first, second }: Shape): number => 2 + first + second + first * second;

/** Where a filter's figure stands among the cells of a place. */
export function cellOf({ first, second }: Shape, f: number | null, s: number | null): number {
  if (f !== null && s !== null) return 1 + first + second + f * second + s;
  return f !== null ? 1 + f : s !== null ? 1 + first + s : 0;
}

export interface SeriesFigure extends Figure {
  /** How many dates ago the figures shown were given, because the change since is too small to show; null: at this date, or nothing is shown. */
  readonly carriedFrom: number | null;
}

/** A cell as it was last given: its line (bands, then n), and how many dates ago. */
export interface Given {
  readonly ago: number;
  readonly line: ArrayLike<number>;
}

/** The one way from a published state to what a reader sees. `alone`: n by itself; for the unfiltered figure only, which may show it without its split. */
export function figureGiven(bands: number, whole: Given | null, alone: Given | null): SeriesFigure {
  const what = whole ? 'all' : alone ? 'n' : 'none',
    given = whole ?? alone;
  const figure = cover(
    what,
    given?.line[bands] ?? 0,
    Array.from({ length: bands }, (_, band) => given?.line[band] ?? 0),
  );
  return { ...figure, carriedFrom: given && given.ago > 0 ? given.ago : null };
}

const families = ['first', 'second', 'both'] as const;
type Family = 'all' | (typeof families)[number];

/** The first cell and the number of cells of each family of figures. */
function layoutOf({ first, second }: Shape): Record<Family, { readonly from: number; readonly many: number }> {
  return {
    all: { from: 0, many: 1 },
    first: { from: 1, many: first },
    second: { from: 1 + first, many: second },
    both: { from: 1 + first + second, many: first * second },
  };
}

/** Whether any of `slots` numbers of a line, from the `from`th on, changed by 1 to 10. */
function changedALittle(now: Int32Array, at: number, before: Int32Array, was: number, from: number, slots: number): boolean {
  for (let i = from; i < from + slots; i++) if (isSmall(Math.abs(now[at + i]! - before[was + i]!))) return true;
  return false;
}

/** Whether a cell of the previous date is still recent enough at this one to be compared with and repeated. */
const stillRecent = (ago: number): boolean => ago >= 0 && ago + 1 < renewedAfter;

/** Figures whose change since they were last given is too small to show. */
function tooClose(table: Table, { shape, ago, lines }: PublishedState): Pattern {
  const { bands, width } = table,
    cells = cellsOf(shape),
    layout = layoutOf(shape);
  const pattern = emptyPattern(table.real);
  for (let p = 0; p < table.real; p++) {
    const whole = p * cells,
      alone = whole + cells - 1;
    // The n last given by itself, and the one that stands beside the split that is repeated.
    for (const cell of [whole, alone])
      if (stillRecent(ago[cell]!) && changedALittle(table.all, p * width, lines, cell * width, bands, 1)) pattern.n[p] = 1;
    if (stillRecent(ago[whole]!) && changedALittle(table.all, p * width, lines, whole * width, 0, width)) pattern.split[p] = 1;
    for (const family of families) {
      const { from, many } = layout[family];
      for (let c = 0; c < many; c++) {
        const cell = whole + from + c;
        if (stillRecent(ago[cell]!) && changedALittle(table[family], (p * many + c) * width, lines, cell * width, 0, width))
          pattern[family][p]! |= 1 << c;
      }
    }
  }
  return pattern;
}

/** The state of this date: what is given anew, and beside it what is repeated from the one before. */
function stateOf(table: Table, shape: Shape, fresh: Pattern, previous: PublishedState | null): PublishedState {
  const { bands, width } = table,
    cells = cellsOf(shape),
    layout = layoutOf(shape);
  const state: PublishedState = {
    shape,
    places: table.real,
    ago: new Int8Array(table.real * cells).fill(-1),
    lines: new Int32Array(table.real * cells * width),
  };
  const give = (cell: number, from: Int32Array, at: number, slot: number) => {
    state.ago[cell] = 0;
    for (let i = slot; i < width; i++) state.lines[cell * width + i] = from[at + i]!;
  };
  const repeat = (cell: number) => {
    if (!previous || !stillRecent(previous.ago[cell]!)) return;
    state.ago[cell] = previous.ago[cell]! + 1;
    state.lines.set(previous.lines.subarray(cell * width, (cell + 1) * width), cell * width);
  };
  for (let p = 0; p < table.real; p++) {
    const whole = p * cells,
      alone = whole + cells - 1,
      split = fresh.split[p] === 1;
    if (fresh.n[p]) repeat(alone);
    else give(alone, table.all, p * width, bands);
    if (split) repeat(whole);
    else give(whole, table.all, p * width, 0);
    for (const family of families) {
      const { from, many } = layout[family];
      for (let c = 0; c < many; c++) {
        if (split || (fresh[family][p]! >> c) & 1) repeat(whole + from + c);
        else give(whole + from + c, table[family], (p * many + c) * width, 0);
      }
    }
  }
  return state;
}

/**
 * Publishes the figures of the date after `previous` (null: the first date). A figure differs from the one given before it by nothing or by 11
 * and more; a smaller change is not shown: the earlier figure is repeated, and the new one is protected like a small one, so
 * that it cannot be worked out from its neighbours either. `previous` speaks of the same places in the same order; `fresh` is what is given anew.
 */
export function publishNext(
  previous: PublishedState | null,
  lattice: Lattice,
): { readonly state: PublishedState; readonly fresh: Pattern } {
  const table = buildTable(lattice);
  if (previous && previous.places !== table.real) throw new RangeError('the dates of a series are not of the same places');
  const fresh = protect(lattice, previous ? tooClose(table, previous) : undefined);
  return { state: stateOf(table, lattice.shape, fresh, previous), fresh };
}

export interface Series {
  readonly length: number;
  /** What is published of a place under a filter at the date at position `at`; `carriedFrom` is the position of the earlier date. */
  figure(at: number, place: number, first: number | null, second: number | null): SeriesFigure;
  /** What was given anew at that date: for tests that attack it. */
  fresh(at: number): Pattern;
}

/** Publishes one date after the other, all of the same tree. Give all dates from the first. */
export function publishSeries(lattices: readonly Lattice[]): Series {
  const dates: { readonly state: PublishedState; readonly fresh: Pattern }[] = [];
  for (const lattice of lattices) dates.push(publishNext(dates.at(-1)?.state ?? null, lattice));
  return {
    length: dates.length,
    fresh: (at) => dates[at]!.fresh,
    figure(at, place, first, second) {
      const { shape, ago, lines } = dates[at]!.state,
        cells = cellsOf(shape),
        width = shape.bands + 1;
      const given = (cell: number): Given | null =>
        ago[place * cells + cell]! < 0
          ? null
          : { ago: ago[place * cells + cell]!, line: lines.subarray((place * cells + cell) * width, (place * cells + cell + 1) * width) };
      const figure = figureGiven(
        shape.bands,
        given(cellOf(shape, first, second)),
        first === null && second === null ? given(cells - 1) : null,
      );
      return { ...figure, carriedFrom: figure.carriedFrom === null ? null : at - figure.carriedFrom };
    },
  };
}
