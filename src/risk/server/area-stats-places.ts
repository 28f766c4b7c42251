// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { foldName } from '../domain/area-stats.ts';
import type { Area } from '../domain/area-sums.ts';
import { eachPlace, findAreasAbove, findLevelOfCode, type PlaceRow } from './queries-area-stats.ts';

/** A place of the level, as short as can be: there may be millions. `inside`: within the reader's own area; `above`: the area it lies in, by position. */
export interface KnownPlace extends Pick<PlaceRow, 'placeId' | 'code' | 'name' | 'population' | 'inside'> {
  readonly above: number;
}

/** An area above the level; sums are made for those inside the reader's own. */
export interface KnownArea extends Area {
  readonly inside: boolean;
}

/** The places of the level a file speaks of, by position and in the order of their ids; held whole, because any row may name any of them. */
export class Places {
  readonly list: readonly KnownPlace[];
  /** Everything around them, the country first. */
  readonly areas: readonly KnownArea[];
  readonly #byCode = new Map<string, number>();
  #byBareCode: Map<string, number[]> | undefined;
  #byName: Map<string, number[]> | undefined;
  readonly #tx: Tx;
  readonly #country: string;

  private constructor(tx: Tx, country: string, areas: readonly KnownArea[], list: readonly KnownPlace[]) {
    this.#tx = tx;
    this.#country = country;
    this.areas = areas;
    this.list = list;
    list.forEach(({ code }, i) => this.#byCode.set(code, i));
  }

  static async load(tx: Tx, country: string, level: number): Promise<Places> {
    const areas: KnownArea[] = [],
      list: KnownPlace[] = [],
      positions = new Map<string, number>();
    for (const { parentId, ...area } of await findAreasAbove(tx, country, level)) {
      positions.set(area.placeId, areas.push({ ...area, above: positions.get(parentId ?? '') ?? -1 }) - 1);
    }
    for await (const rows of eachPlace(tx, country, level)) {
      for (const { placeId, code, name, population, inside, parentId } of rows)
        list.push({ placeId, code, name, population, inside, above: positions.get(parentId ?? '') ?? -1 });
    }
    return new Places(tx, country, areas, list);
  }

  /** Which area each place lies in. */
  above(): Int32Array {
    return Int32Array.from(this.list, (place) => place.above);
  }

  find(code: string): number | undefined {
    return this.#byCode.get(code);
  }

  /** Why a code was not found, with the place that was probably meant. */
  async whyNot(code: string, name: string | null, levelName: string): Promise<string> {
    const elsewhere = await findLevelOfCode(this.#tx, this.#country, code);
    if (elsewhere) return `${code} is a ${elsewhere.name}, not a ${levelName}`;
    const near = this.#nearest(code, name);
    const meant =
      near === undefined ? '' : `; did you mean ${this.list[near]!.code} ${this.list[near]!.name}?${lostZero(code, this.list[near]!.code)}`;
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

/** What the mapping says where a spreadsheet took the zeros from the front of a code. */
function lostZero(code: string, known: string): string {
  return /^\d+$/.test(code) && known.length > code.length && code.padStart(known.length, '0') === known
    ? ` Then say pad: ${known.length} for the code in the mapping`
    : '';
}

function index(list: readonly KnownPlace[], key: (place: KnownPlace) => string): Map<string, number[]> {
  const out = new Map<string, number[]>();
  list.forEach((place, i) => {
    const at = key(place),
      there = out.get(at);
    if (there) there.push(i);
    else out.set(at, [i]);
  });
  return out;
}

const bare = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/^0+/, '');

function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}
