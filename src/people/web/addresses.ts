// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PersonKey } from '../domain/person-record.ts';

export const personAddress = ({ regionId, personId }: PersonKey): string => `/people/${regionId}/${personId}`;
export const householdAddress = (regionId: number, householdId: string): string => `/households/${regionId}/${householdId}`;
/** The first assessment, or the next one. */
export const visitAddress = (key: PersonKey): string => `${personAddress(key)}/assess`;
