// SPDX-License-Identifier: AGPL-3.0-or-later

/** What the rows of each household say of it on one day: packed, because a million people are of a quarter of a million households. */
export class Visits {
  count = 0;
  readonly #width: number;
  readonly #homes: Int32Array;
  readonly #days: Int32Array;
  readonly #rows: Int32Array;
  readonly #answers: Uint8Array;
  /** By home, its newest visit, and by visit the one of the same home before it; counted from 1. */
  readonly #newest: Int32Array;
  readonly #before: Int32Array;

  /** `most`: visits there can be. `width`: answers of an instrument. */
  constructor(most: number, homes: number, width: number) {
    this.#width = width;
    this.#homes = new Int32Array(most);
    this.#days = new Int32Array(most);
    this.#rows = new Int32Array(most);
    this.#answers = new Uint8Array(most * width);
    this.#newest = new Int32Array(homes);
    this.#before = new Int32Array(most);
  }

  /** Position of the visit to a household on a day; it begins with this row of the file where there was none. */
  of(home: number, day: number, row: number): number {
    for (const at of this.ofHome(home)) if (this.#days[at] === day) return at;
    const at = this.count++;
    this.#homes[at] = home;
    this.#days[at] = day;
    this.#rows[at] = row;
    this.#before[at] = this.#newest[home]!;
    this.#newest[home] = at + 1;
    return at;
  }

  *ofHome(home: number): Generator<number> {
    for (let next = this.#newest[home] ?? 0; next > 0; next = this.#before[next - 1]!) yield next - 1;
  }

  home(at: number): number {
    return this.#homes[at]!;
  }

  day(at: number): number {
    return this.#days[at]!;
  }

  /** The first row that says something of it. */
  row(at: number): number {
    return this.#rows[at]!;
  }

  /** To read and to write in. */
  answers(at: number): Uint8Array {
    return this.#answers.subarray(at * this.#width, (at + 1) * this.#width);
  }
}
