// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern } from '../../src/platform/domain/disclosure-lattice.ts';
import { shown, sumOf } from '../../src/platform/domain/disclosure.ts';

/*
 * Somebody who sees everything that is published, knows that parts add up to their wholes and that no count is negative, and
 * tries to work out what is not. Unknowns are the people of one class and band registered at one place and none below it.
 */

/** One figure of the lattice: band null is n. */
export interface Cell {
  readonly place: number;
  readonly first: number | null;
  readonly second: number | null;
  readonly band: number | null;
}

const key = (cell: Cell) => [cell.place, cell.first ?? '*', cell.second ?? '*', cell.band ?? 'n'].join('.');

export function everyCell({ shape, parent }: Lattice): Cell[] {
  const cells: Cell[] = [];
  const withAll = (classes: number) => [null, ...Array.from({ length: classes }, (_, i) => i)];
  for (let place = 0; place < parent.length; place++) {
    for (const first of withAll(shape.first))
      for (const second of withAll(shape.second)) for (const band of withAll(shape.bands)) cells.push({ place, first, second, band });
  }
  return cells;
}

export function valueOf(lattice: Lattice, cell: Cell): number {
  const { n, bands } = sumOf(lattice, cell.place, cell.first, cell.second);
  return cell.band === null ? n : bands[cell.band]!;
}

export function isShown(lattice: Lattice, pattern: Pattern, cell: Cell): boolean {
  const what = shown(pattern, lattice.shape, cell.place, cell.first, cell.second);
  return (
    what === 'all' ||
    (what === 'n' && cell.band === null) ||
    (what === 'none' && valueOf(lattice, { ...cell, band: null, first: null, second: null }) === 0)
  );
}

/** The unknowns that a cell adds up, as ones in a row of numbers. */
export function unknownsOf({ shape, parent }: Lattice, cell: Cell): number[] {
  const size = shape.first * shape.second * shape.bands;
  const row = new Array<number>(parent.length * size).fill(0);
  const within = (place: number): boolean => place === cell.place || (parent[place]! >= 0 && within(parent[place]!));
  for (let place = 0; place < parent.length; place++) {
    if (!within(place)) continue;
    for (let f = 0; f < shape.first; f++)
      for (let s = 0; s < shape.second; s++)
        for (let band = 0; band < shape.bands; band++) {
          if ((cell.first ?? f) === f && (cell.second ?? s) === s && (cell.band ?? band) === band)
            row[place * size + (f * shape.second + s) * shape.bands + band] = 1;
        }
  }
  return row;
}

/** (a) Closure under single sums: a whole and all its parts but one give that one. Returns the keys of all that is known. */
export function byDifferences(lattice: Lattice, known: readonly Cell[]): { knows(cell: Cell): boolean } {
  const { shape, parent } = lattice,
    have = new Set(known.map(key));
  const sums: string[][] = [];
  const inner = (place: number) => {
    const children = Array.from(parent.keys()).filter((child) => parent[child] === place);
    return children;
  };
  const base = (place: number, cell: Cell) =>
    valueOf(lattice, cell) - inner(place).reduce((sum, child) => sum + valueOf(lattice, { ...cell, place: child }), 0);
  for (const cell of everyCell(lattice)) {
    const children = inner(cell.place);
    if (children.length > 0 && base(cell.place, { ...cell, first: null, second: null, band: null }) === 0)
      sums.push([key(cell), ...children.map((place) => key({ ...cell, place }))]);
    if (cell.first === null) sums.push([key(cell), ...Array.from({ length: shape.first }, (_, first) => key({ ...cell, first }))]);
    if (cell.second === null) sums.push([key(cell), ...Array.from({ length: shape.second }, (_, second) => key({ ...cell, second }))]);
    if (cell.band === null) sums.push([key(cell), ...Array.from({ length: shape.bands }, (_, band) => key({ ...cell, band }))]);
  }
  for (let again = true; again;) {
    again = false;
    for (const sum of sums) {
      const missing = sum.filter((member) => !have.has(member));
      if (missing.length === 1) {
        have.add(missing[0]!);
        again = true;
      }
    }
  }
  return { knows: (cell) => have.has(key(cell)) };
}

type Fraction = readonly [bigint, bigint];
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
const fraction = (a: bigint, b: bigint): Fraction => {
  const d = gcd(a, b) || 1n;
  return b < 0n ? [-a / d, -b / d] : [a / d, b / d];
};
const minus = (x: Fraction, y: Fraction): Fraction => fraction(x[0] * y[1] - y[0] * x[1], x[1] * y[1]);
const times = (x: Fraction, y: Fraction): Fraction => fraction(x[0] * y[0], x[1] * y[1]);

/** (b) Exact linear algebra over the rationals: everything that follows from the published sums by adding and scaling. */
export class Equations {
  readonly rows: { readonly pivot: number; readonly at: Map<number, Fraction> }[] = [];

  private reduce(row: readonly number[]): Map<number, Fraction> {
    const left = new Map<number, Fraction>();
    row.forEach((value, i) => {
      if (value !== 0) left.set(i, [BigInt(value), 1n]);
    });
    for (const { pivot, at } of this.rows) {
      const factor = left.get(pivot);
      if (!factor) continue;
      for (const [i, value] of at) {
        const next = minus(left.get(i) ?? [0n, 1n], times(factor, value));
        if (next[0] === 0n) left.delete(i);
        else left.set(i, next);
      }
    }
    return left;
  }

  /** Returns whether the sum was news. */
  add(row: readonly number[]): boolean {
    const left = this.reduce(row);
    const pivot = left.keys().next().value;
    if (pivot === undefined) return false;
    const head = left.get(pivot)!;
    const at = new Map<number, Fraction>();
    for (const [i, value] of left) at.set(i, fraction(value[0] * head[1], value[1] * head[0]));
    this.rows.push({ pivot, at });
    return true;
  }

  determines(row: readonly number[]): boolean {
    return this.reduce(row).size === 0;
  }
}
