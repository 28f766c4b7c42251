// SPDX-License-Identifier: AGPL-3.0-or-later

/*
 * (c) The smallest and largest value that a sum of unknowns can take when no count is negative: a linear programme, solved by the
 * simplex method in two phases with Bland's rule, which always ends.
 */

const near = 1e-7;

function pivot(tableau: number[][], basis: number[], row: number, column: number): void {
  const head = tableau[row]![column]!;
  tableau[row] = tableau[row]!.map((value) => value / head);
  for (let i = 0; i < tableau.length; i++) {
    const factor = tableau[i]![column]!;
    if (i === row || Math.abs(factor) < 1e-12) continue;
    for (let j = 0; j < tableau[i]!.length; j++) tableau[i]![j]! -= factor * tableau[row]![j]!;
  }
  basis[row] = column;
}

/** Minimises the last row of the tableau over the first `columns` columns. */
function minimise(tableau: number[][], basis: number[], columns: number): void {
  const rows = tableau.length - 1,
    right = tableau[0]!.length - 1;
  for (;;) {
    const cost = tableau[rows]!;
    let column = -1;
    for (let j = 0; j < columns && column < 0; j++) if (cost[j]! < -near) column = j;
    if (column < 0) return;
    let row = -1,
      best = Infinity;
    for (let i = 0; i < rows; i++) {
      if (tableau[i]![column]! <= near) continue;
      const ratio = tableau[i]![right]! / tableau[i]![column]!;
      if (ratio < best - near || (ratio < best + near && (row < 0 || basis[i]! < basis[row]!))) {
        best = Math.min(best, ratio);
        row = i;
      }
    }
    if (row < 0) throw new RangeError('unbounded');
    pivot(tableau, basis, row, column);
  }
}

export interface Bounds {
  of(target: readonly number[]): { low: number; high: number };
}

/** `rows` are independent sums of the unknowns, `values` what they are published as. An unbounded side is Infinity. */
export function bounds(rows: readonly (readonly number[])[], values: readonly number[]): Bounds {
  const unknowns = rows[0]?.length ?? 0;
  const tableau = rows.map((row, i) => [...row, ...rows.map((_, j) => (i === j ? 1 : 0)), values[i]!]);
  const basis = rows.map((_, i) => unknowns + i);
  const cost = new Array<number>(unknowns + rows.length + 1).fill(0);
  tableau.forEach((row) =>
    row.forEach((value, j) => {
      if (j < unknowns || j === row.length - 1) cost[j]! -= value;
    }),
  );
  tableau.push(cost);
  minimise(tableau, basis, unknowns);
  tableau.pop();
  // An artificial unknown that is still in the basis stands at zero; drive it out or drop its empty row.
  for (let i = tableau.length - 1; i >= 0; i--) {
    if (basis[i]! < unknowns) continue;
    const column = tableau[i]!.findIndex((value, j) => j < unknowns && Math.abs(value) > near);
    if (column >= 0) pivot(tableau, basis, i, column);
    else {
      tableau.splice(i, 1);
      basis.splice(i, 1);
    }
  }
  const solve = (target: readonly number[], sign: 1 | -1): number => {
    const work = tableau.map((row) => row.slice()),
      own = basis.slice();
    const objective = new Array<number>(unknowns + rows.length + 1).fill(0);
    target.forEach((value, j) => {
      objective[j] = sign * value;
    });
    own.forEach((column, i) => {
      const factor = objective[column]!;
      if (factor)
        work[i]!.forEach((value, j) => {
          objective[j]! -= factor * value;
        });
    });
    work.push(objective);
    try {
      minimise(work, own, unknowns);
    } catch {
      return sign === 1 ? -Infinity : Infinity;
    }
    return -sign * work.at(-1)!.at(-1)!;
  };
  return { of: (target) => ({ low: solve(target, 1), high: solve(target, -1) }) };
}
