// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern, Shape } from '../../src/platform/domain/disclosure-lattice.ts';
import { bounds } from './attacker-bounds.ts';
import { byDifferences, type Cell, Equations, everyCell, isShown, unknownsOf, valueOf } from './attacker.ts';

/** A tree given as parents, and how many people of each class are registered at each place itself. */
export function someLattice(shape: Shape, parents: readonly number[], own: readonly (readonly number[])[]): Lattice {
  const size = shape.first * shape.second * shape.bands;
  const counts = new Int32Array(parents.length * size);
  for (let place = parents.length - 1; place >= 0; place--) {
    for (let c = 0; c < size; c++) {
      counts[place * size + c]! += own[place]?.[c] ?? 0;
      if (parents[place]! >= 0) counts[parents[place]! * size + c]! += counts[place * size + c]!;
    }
  }
  return { shape, parent: Int32Array.from(parents), counts };
}

/** Every way in which the attacker gets at something, in words. */
export function leaks(world: Lattice, pattern: Pattern, sensitive: (cell: Cell) => boolean = () => false): string[] {
  const cells = everyCell(world),
    known = cells.filter((cell) => isShown(world, pattern, cell));
  const found: string[] = [];
  const say = (how: string, cell: Cell) => found.push(`${how}: ${JSON.stringify(cell)} = ${valueOf(world, cell)}`);
  const differences = byDifferences(world, known),
    equations = new Equations();
  const rows: number[][] = [],
    values: number[] = [];
  for (const cell of known) {
    const row = unknownsOf(world, cell);
    if (equations.add(row)) {
      rows.push(row);
      values.push(valueOf(world, cell));
    }
  }
  const feasible = bounds(rows, values);
  for (const cell of cells) {
    const value = valueOf(world, cell);
    if ((value >= 1 && value <= 10) || sensitive(cell)) {
      const row = unknownsOf(world, cell);
      if (isShown(world, pattern, cell)) {
        say('shown', cell);
        continue;
      }
      if (differences.knows(cell)) say('by one difference', cell);
      if (equations.determines(row)) say('by algebra', cell);
      else if (rows.length > 0) {
        const { low, high } = feasible.of(row);
        if (high - low < 1 - 1e-6) say(`by bounds ${low}..${high}`, cell);
      }
    }
    if (cell.band === null || cell.band === 0 || value < 11) continue;
    const others = Array.from({ length: world.shape.bands }, (_, band) => band).filter((band) => band > 0 && band !== cell.band);
    if (others.some((band) => valueOf(world, { ...cell, band }) > 0)) continue;
    const sum = others
      .map((band) => unknownsOf(world, { ...cell, band }))
      .reduce((a, b) => a.map((value, i) => value + b[i]!), new Array<number>(unknownsOf(world, cell).length).fill(0));
    if (isShown(world, pattern, cell)) say('all alike, shown', cell);
    else if (rows.length > 0 && feasible.of(sum).high < 1 - 1e-6) say('all alike, by bounds', cell);
  }
  return found;
}
