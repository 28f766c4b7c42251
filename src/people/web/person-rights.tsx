// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentType } from 'preact';
import type { PersonRecord } from '../domain/person-record.ts';

/** The place on a person's page for what she may ask: erasure, objection, a complaint. Filled by whoever answers those. */
export const PersonRights: ComponentType<{ readonly record: PersonRecord }> = () => null;
