// SPDX-License-Identifier: AGPL-3.0-or-later

/** More than there are from 1900 on. */
const mostDays = 2 ** 20;

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
  /** By home and day: a file may have one household, called 0, of everybody. */
  readonly #positions = new Map<number, number>();

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
    const key = home * mostDays + day,
      known = this.#positions.get(key);
    if (known !== undefined) return known;
    const at = this.count++;
    this.#positions.set(key, at);
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

  /** All are told: none is looked for by its day any more. */
  close(): void {
    this.#positions.clear();
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
