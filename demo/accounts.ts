// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Role } from '../src/access/domain/roles.ts';

export interface DemoPost {
  readonly userName: string;
  readonly displayName: string;
  readonly role: Role;
  readonly password: string;
  /** Code of the place of the post; null: the whole installation. */
  readonly place: string | null;
}

/**
 * Invented people, one a role. Their passwords are public on purpose: the demo holds nobody's data and answers this machine only
 * unless told otherwise.
 */
export const demoAccounts: readonly DemoPost[] = [
  { userName: 'mali', displayName: 'Mali', role: 'coordinator', password: 'lantern-river-42', place: 'XA01' },
  { userName: 'somchai', displayName: 'Somchai', role: 'district_officer', password: 'lantern-river-42', place: 'XA0103' },
  { userName: 'ploy', displayName: 'Ploy', role: 'analyst', password: 'lantern-river-42', place: 'XA01' },
  { userName: 'niran', displayName: 'Niran', role: 'administrator', password: 'lantern-river-42', place: null },
];
