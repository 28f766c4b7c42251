// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Sex } from './age-group.ts';

/** Nobody's name stands here: the risk engine needs none. `regionId` is the region of registration and never changes. */
export interface Household {
  readonly regionId: number;
  readonly householdId: string;
  readonly placeId: string;
}

export interface Person {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string | null;
  /** Where the person lives now. */
  readonly placeId: string;
  readonly sex: Sex;
  /** ISO date; the first of the month when only the month is known; null when nothing is. */
  readonly bornOn: string | null;
  /** Whether the year, the month or the day of `bornOn` is known; the month unless said. */
  readonly bornPrecision?: 1 | 2 | 3;
  /** On which basis she is recorded; without one the database takes nobody. */
  readonly basisId?: string | null;
  readonly batchId?: string | null;
}
