// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { PeopleMapping, PlaceRule } from '../../domain/people-mapping.ts';
import { findIntakePlaces, type IntakePlace } from './queries-people.ts';

export type Found = { readonly place: number; readonly higher: boolean } | { readonly at: string | null; readonly reason: string };

/** The places of a country by code, at every level; held whole, because any row may name any of them. */
export class IntakePlaces {
  readonly list: readonly IntakePlace[];
  readonly #byCode: ReadonlyMap<string, number>;
  readonly #rule: PlaceRule;

  private constructor(list: readonly IntakePlace[], rule: PlaceRule) {
    this.list = list;
    this.#byCode = new Map(list.map(({ code }, i) => [code, i]));
    this.#rule = rule;
  }

  /** Throws Problem 'not-found' where the country, or the place at which all are to stand, is not here. */
  static async load(tx: Tx, { country, place }: PeopleMapping, mappingName: string): Promise<IntakePlaces> {
    const places = new IntakePlaces(await findIntakePlaces(tx, country), place);
    const at = { at: { file: mappingName, column: 'place' } };
    if (places.list.length === 0) throw new Problem('not-found', `There are no places of ${country} yet. Import the places first.`, at);
    if ('at' in place) {
      const stands = places.list[places.#byCode.get(place.at) ?? -1];
      if (!stands) throw new Problem('not-found', `No place of ${country} has the code ${place.at}.`, at);
      if (!stands.inside) throw new Problem('outside-your-area', undefined, at);
    }
    return places;
  }

  /** Where the person of a row stands: the deepest of its codes that is known. `higher`: a deeper one was given and is not. */
  find(cell: (i: number) => string | null): Found {
    const rule = this.#rule;
    if ('at' in rule) return { place: this.#byCode.get(rule.at)!, higher: false };
    let unknown: string | null = null,
      empty = true;
    for (const [i, column] of rule.columns.entries()) {
      const stated = cell(i)?.trim();
      if (!stated) continue;
      empty = false;
      const place = this.#byCode.get(rule.instead && Object.hasOwn(rule.instead, stated) ? rule.instead[stated]! : stated);
      if (place === undefined) {
        unknown ??= column;
        continue;
      }
      return this.list[place]!.inside
        ? { place, higher: unknown !== null }
        : { at: column, reason: 'the place lies outside the area you work in' };
    }
    return empty
      ? { at: rule.columns[0] ?? null, reason: 'the row does not say where this person lives' }
      : { at: unknown, reason: 'no place known here has this code' };
  }
}
