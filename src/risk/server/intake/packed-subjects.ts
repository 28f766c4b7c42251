// SPDX-License-Identifier: AGPL-3.0-or-later

/** The region of nobody. */
export const none = -1;
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Who became whom: region and id of people or households, by position, twenty bytes each; as texts a million ids take four times that. */
export class PackedSubjects {
  readonly #regions: Int32Array;
  readonly #ids: Buffer;

  constructor(most: number) {
    this.#regions = new Int32Array(most).fill(none);
    this.#ids = Buffer.alloc(most * 16);
  }

  put(at: number, regionId: number, id: string): void {
    this.#regions[at] = regionId;
    this.#ids.write(id.replaceAll('-', ''), at * 16, 16, 'hex');
  }

  regionOf(at: number): number {
    return this.#regions[at] ?? none;
  }

  /** Null where nobody was put. */
  idOf(at: number): string | null {
    if (this.regionOf(at) === none) return null;
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += hex[this.#ids[at * 16 + i]!]!;
    }
    return text;
  }
}
