// SPDX-License-Identifier: AGPL-3.0-or-later
import { seededId } from '../platform/builders.ts';
import type { Household, Person } from './domain/person.ts';

/** A household of region 1, made from `seed`. */
export function aHousehold(given: Partial<Household> & Pick<Household, 'placeId'>, seed: string | number = 1): Household {
  return { regionId: 1, householdId: seededId('household', seed), ...given };
}

/** A woman of 20 in 2026, of region 1, without a household, made from `seed`. */
export function aPerson(given: Partial<Person> & Pick<Person, 'placeId'>, seed: string | number = 1): Person {
  return { regionId: 1, personId: seededId('person', seed), householdId: null, sex: 2, bornOn: '2006-03-15', ...given };
}
