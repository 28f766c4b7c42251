// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import type { Household, Person } from './domain/person.ts';

/** The same seed makes the same id, so that a failing test fails the same way again. Version 8 (RFC 9562): our own scheme. */
export function seededId(...seed: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(seed.join(' ')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A household of region 1, made from `seed`. */
export function aHousehold(given: Partial<Household> & Pick<Household, 'placeId'>, seed: string | number = 1): Household {
  return { regionId: 1, householdId: seededId('household', seed), ...given };
}

/** A woman of 20 in 2026, of region 1, without a household, made from `seed`. */
export function aPerson(given: Partial<Person> & Pick<Person, 'placeId'>, seed: string | number = 1): Person {
  return { regionId: 1, personId: seededId('person', seed), householdId: null, sex: 2, bornOn: '2006-03-15', ...given };
}
