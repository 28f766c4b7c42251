// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Role } from './rights.ts';

/**
 * The people who can sign in to the fictional demo, one a role. Their passwords are public on purpose: the demo holds nobody's
 * data and answers this machine only unless told otherwise. `GET /api/setup` lists them for a demo installation and for no other.
 */
export const demoAccounts: readonly { readonly userName: string; readonly displayName: string; readonly role: Role; readonly password: string }[] = [
  { userName: 'coordinator', displayName: 'Mali Anan', role: 'coordinator', password: 'lantern-river-42' },
  { userName: 'officer', displayName: 'Somchai Dee', role: 'district_officer', password: 'lantern-river-42' },
  { userName: 'analyst', displayName: 'Ploy Suwan', role: 'analyst', password: 'lantern-river-42' },
  { userName: 'admin', displayName: 'Niran Kaew', role: 'administrator', password: 'lantern-river-42' },
];
