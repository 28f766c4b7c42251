// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { foldName } from '../domain/area-stats.ts';
import { eachPlace, findLevelOfCode, type KnownPlace } from './queries-area-stats.ts';

/** The places of the level a file speaks of, by position; held whole, because any row may name any of them. */
export class Places {
  readonly list: KnownPlace[] = [];
  readonly #byCode = new Map<string, number>();
  #byBareCode: Map<string, number[]> | undefined;
  #byName: Map<string, number[]> | undefined;
  readonly #tx: Tx;
  readonly #country: string;

  private constructor(tx: Tx, country: string) {
    this.#tx = tx;
    this.#country = country;
  }

  static async load(tx: Tx, country: string, level: number): Promise<Places> {
    const places = new Places(tx, country);
    for await (const rows of eachPlace(tx, country, level)) {
      for (const row of rows) places.#byCode.set(row.code, places.list.push(row) - 1);
    }
    return places;
  }

  find(code: string): number | undefined {
    return this.#byCode.get(code);
  }

  /** Why a code was not found, with the place that was probably meant. */
  async whyNot(code: string, name: string | null, levelName: string): Promise<string> {
    const elsewhere = await findLevelOfCode(this.#tx, this.#country, code);
    if (elsewhere) return `${code} is a ${elsewhere.name}, not a ${levelName}`;
    const near = this.#nearest(code, name);
    const meant = near === undefined ? '' : `; did you mean ${this.list[near]!.code} ${this.list[near]!.name}?`;
    return `no ${levelName} has the code ${code}${name ? ` (${name})` : ''}${meant}`;
  }

  /** The same code but for leading zeros or case, else the one place of that name whose code begins most alike. */
  #nearest(code: string, name: string | null): number | undefined {
    this.#byBareCode ??= index(this.list, (place) => bare(place.code));
    const sameCode = this.#byBareCode.get(bare(code));
    if (sameCode?.length === 1) return sameCode[0];
    if (!name) return undefined;
    this.#byName ??= index(this.list, (place) => foldName(place.name));
    const sameName = [...(this.#byName.get(foldName(name)) ?? [])].map((i) => ({ i, common: commonStart(code, this.list[i]!.code) }));
    sameName.sort((a, b) => b.common - a.common);
    const [best, second] = sameName;
    return best && best.common > 0 && best.common !== second?.common ? best.i : undefined;
  }
}

function index(list: readonly KnownPlace[], key: (place: KnownPlace) => string): Map<string, number[]> {
  const out = new Map<string, number[]>();
  list.forEach((place, i) => {
    const at = key(place), there = out.get(at);
    if (there) there.push(i); else out.set(at, [i]);
  });
  return out;
}

const bare = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '').replace(/^0+/, '');

function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}
