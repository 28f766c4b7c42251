// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../platform/domain/actor.ts';
import { rightsOf } from './rights.ts';
import { foundingRole } from './roles.ts';

/** The person at the machine's own command line, who may do what an administrator may. */
export const commandLine: Actor = {
  accountId: 'command-line',
  userName: 'command-line',
  displayName: 'Command line',
  locale: 'en',
  roles: [foundingRole],
  rights: new Set(rightsOf(foundingRole)),
  scopes: [],
  posts: [{ role: foundingRole, placeId: null }],
};
