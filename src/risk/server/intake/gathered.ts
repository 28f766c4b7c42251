// SPDX-License-Identifier: AGPL-3.0-or-later

/** What is held of a row until everything is checked: some sixty bytes, so that a million people fit beside the table engine. No name. */
export interface Row {
  readonly row: number;
  readonly place: number;
  readonly home: number;
  readonly sex: number;
  /** As dateKey (20061231), 0 when not known, and how far it is known (1 year, 2 month, 3 day). */
  readonly born: number;
  readonly precision: number;
  readonly day: number;
  /** Who agreed (`spoke`), and on which day. */
  readonly consent: number;
  readonly consentDay: number;
}

/** Bits of Row.consent. */
export const spoke = { self: 1, guardian: 2, assent: 4 } as const;
export const digestBytes = 16;

/** Whose row it is. */
export const fresh = -1;

/** Words met again and again, by number. */
export class Interned {
  readonly list: string[] = [];
  readonly #index = new Map<string, number>();

  of(word: string): number {
    let index = this.#index.get(word);
    if (index === undefined) {
      index = this.list.push(word) - 1;
      this.#index.set(word, index);
    }
    return index;
  }
}

/** The rows of a file that can be taken so far, column by column. */
export class Gathered {
  count = 0;
  readonly width: number;
  readonly rows: Int32Array;
  readonly places: Int32Array;
  readonly homes: Int32Array;
  readonly sexes: Uint8Array;
  readonly born: Int32Array;
  readonly precision: Uint8Array;
  readonly days: Int32Array;
  readonly consent: Uint8Array;
  readonly consentDays: Int32Array;
  readonly answers: Uint8Array;
  /** 1: not taken after all. */
  readonly dropped: Uint8Array;
  /** Position among the people known from before, or `fresh`. */
  readonly known: Int32Array;
  /** One block a key of digests, the one to write under first; empty where the file gives no ids. */
  readonly digests: readonly Uint8Array[];
  readonly dates = new Interned();
  /** Households of the file. */
  homeCount = 0;
  #homeNames: Map<string, number> | null = new Map();

  constructor(most: number, width: number, keys: number) {
    this.width = width;
    this.rows = new Int32Array(most);
    this.places = new Int32Array(most);
    this.homes = new Int32Array(most);
    this.sexes = new Uint8Array(most);
    this.born = new Int32Array(most);
    this.precision = new Uint8Array(most);
    this.days = new Int32Array(most);
    this.consent = new Uint8Array(most);
    this.consentDays = new Int32Array(most);
    this.answers = new Uint8Array(most * width);
    this.dropped = new Uint8Array(most);
    this.known = new Int32Array(most).fill(fresh);
    this.digests = Array.from({ length: keys }, () => new Uint8Array(most * digestBytes));
  }

  add(row: Row, answers: Uint8Array, digests: readonly Uint8Array[]): void {
    const i = this.count++;
    this.rows[i] = row.row;
    this.places[i] = row.place;
    this.homes[i] = row.home;
    this.sexes[i] = row.sex;
    this.born[i] = row.born;
    this.precision[i] = row.precision;
    this.days[i] = row.day;
    this.consent[i] = row.consent;
    this.consentDays[i] = row.consentDay;
    this.answers.set(answers, i * this.width);
    digests.forEach((digest, key) => this.digests[key]?.set(digest, i * digestBytes));
  }

  /** A household by what the file calls it. */
  homeOf(name: string): number {
    const known = this.#homeNames?.get(name);
    if (known !== undefined) return known;
    this.#homeNames?.set(name, this.homeCount);
    return this.homeCount++;
  }

  /** The file is read: what it calls its households is needed no more. */
  close(): void {
    this.#homeNames = null;
  }

  digest(i: number, key = 0): Buffer | null {
    const block = this.digests[key];
    return block ? Buffer.from(block.buffer, block.byteOffset + i * digestBytes, digestBytes) : null;
  }

  /** Rows of one id, in the order of the file; only ids that come more than once. */
  repeated(): number[][] {
    const [block] = this.digests;
    if (!block) return [];
    const words = new BigUint64Array(block.buffer, block.byteOffset, this.count * 2);
    const order = new Uint32Array(this.count).map((_, i) => i);
    order.sort((a, b) => (words[a * 2]! < words[b * 2]! ? -1 : words[a * 2]! > words[b * 2]! ? 1 : a - b));
    const same = (a: number, b: number): boolean => words[a * 2] === words[b * 2] && words[a * 2 + 1] === words[b * 2 + 1];
    const groups: number[][] = [];
    for (let k = 1; k < order.length; k++) {
      if (!same(order[k - 1]!, order[k]!)) continue;
      const last = groups.at(-1);
      if (last && same(last[0]!, order[k]!)) last.push(order[k]!);
      else groups.push([order[k - 1]!, order[k]!]);
    }
    return groups;
  }
}
