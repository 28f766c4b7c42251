// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Shape } from '../../platform/domain/disclosure-lattice.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { findTree, type Counted } from './queries-published.ts';

/** Three sexes (0: not known or not applicable), seven age groups, four bands: waymark.figure_slot. */
export const peopleShape: Shape = { first: 3, second: 7, bands: 4 };
export const answerShape: Shape = { first: 1, second: 1, bands: 4 };

/** The tree of a country, in the order of its lattice. */
export interface Tree {
  readonly at: ReadonlyMap<string, number>;
  readonly parent: Int32Array;
}

export async function loadTree(tx: Tx, country: string): Promise<Tree> {
  const places = await findTree(tx, country);
  const at = new Map(places.map(({ placeId }, i) => [placeId, i]));
  return { at, parent: Int32Array.from(places, ({ parentId }) => (parentId === null ? -1 : (at.get(parentId) ?? -1))) };
}

/**
 * Lays counts out over the tree. An area is never smaller than its parts: where places were moved after a month was closed, that
 * month's sums do not follow, and the larger figure holds.
 */
export function layOut(tree: Tree, shape: Shape, rows: readonly Counted[]): Lattice {
  const size = shape.first * shape.second * shape.bands,
    places = tree.parent.length;
  const counts = new Int32Array(places * size),
    below = new Int32Array(places * size);
  for (const { placeId, slots, counts: many } of rows) {
    const place = tree.at.get(placeId);
    if (place !== undefined)
      slots.forEach((slot, i) => {
        counts[place * size + slot] = many[i]!;
      });
  }
  for (let place = places - 1; place >= 0; place--) {
    const parent = tree.parent[place]!;
    for (let slot = 0; slot < size; slot++) {
      const at = place * size + slot;
      if (below[at]! > counts[at]!) counts[at] = below[at]!;
      if (parent >= 0) below[parent * size + slot]! += counts[at]!;
    }
  }
  return { shape, parent: tree.parent, counts };
}

/** Keeps what was computed for as long as `stamp` stays the same and `keepFor` milliseconds; the oldest goes when there are too many. */
export class Kept<T> {
  readonly #entries = new Map<string, { stamp: string; until: number; value: Promise<T> }>();
  readonly #most: number;
  readonly #keepFor: (value: T) => number;

  constructor(most: number, keepFor: (value: T) => number) {
    this.#most = most;
    this.#keepFor = keepFor;
  }

  async get(key: string, stamp: string, make: () => Promise<T>): Promise<T> {
    const found = this.#entries.get(key);
    if (found && found.stamp === stamp && found.until > performance.now()) return found.value;
    const entry = { stamp, until: 0, value: make() };
    const value = await entry.value;
    entry.until = performance.now() + this.#keepFor(value);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value!);
    return value;
  }
}
