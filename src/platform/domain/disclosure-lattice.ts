// SPDX-License-Identifier: AGPL-3.0-or-later

/** How counts are split at every place: two classifications that can be filtered by, and bands; band 0 is "not known". */
export interface Shape {
  readonly first: number;
  readonly second: number;
  readonly bands: number;
}

/** Counts of people at the places of one tree. `parent[i] < i`; a root has parent -1. */
export interface Lattice {
  readonly shape: Shape;
  readonly parent: Int32Array;
  /** Of place i, everything below included: `counts[((i * first + f) * second + s) * bands + band]`. */
  readonly counts: Int32Array;
}

/**
 * What may not be shown. The pattern is decided once on the whole lattice and never on a question, so that no two questions
 * have different answers: `n` and `split` per place; a bit per class in `first` and `second`; bit `f * second + s` in `both`.
 * A class that is hidden is hidden whole: its n and its bands.
 */
export interface Pattern {
  readonly n: Uint8Array;
  readonly split: Uint8Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly both: Int32Array;
}

/** Nothing is marked. */
export const emptyPattern = (places: number): Pattern => ({
  n: new Uint8Array(places),
  split: new Uint8Array(places),
  first: new Int32Array(places),
  second: new Int32Array(places),
  both: new Int32Array(places),
});
