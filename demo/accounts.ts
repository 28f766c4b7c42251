// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Role } from '../src/access/domain/roles.ts';

export interface DemoPost {
  readonly userName: string;
  readonly displayName: string;
  readonly role: Role;
  readonly password: string;
  /** Code of the place of the post; null: the whole installation, or an organisation. */
  readonly place: string | null;
  /** Name of the organisation she works for. */
  readonly organisation?: string;
}

/**
 * Invented people, one a role. Their passwords are public on purpose: the demo holds nobody's data and answers this machine only
 * unless told otherwise.
 */
export const demoAccounts: readonly DemoPost[] = [
  { userName: 'mali', displayName: 'Mali', role: 'coordinator', password: 'lantern-river-42', place: 'XA01' },
  { userName: 'somchai', displayName: 'Somchai', role: 'district_officer', password: 'lantern-river-42', place: 'XA0103' },
  { userName: 'ploy', displayName: 'Ploy', role: 'analyst', password: 'lantern-river-42', place: 'XA01' },
  { userName: 'orn', displayName: 'Orn', role: 'watch_volunteer', password: 'lantern-river-42', place: 'XA010301' },
  {
    userName: 'ratana',
    displayName: 'Ratana',
    role: 'case_worker',
    password: 'lantern-river-42',
    place: null,
    organisation: 'Safe Harbour',
  },
  { userName: 'kanya', displayName: 'Kanya', role: 'data_protection_officer', password: 'lantern-river-42', place: null },
  { userName: 'niran', displayName: 'Niran', role: 'administrator', password: 'lantern-river-42', place: null },
];
