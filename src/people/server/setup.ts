// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PeopleFollower } from './register.ts';
import type { Vault } from './vault/vault.ts';

/** What the room is given by whoever starts it. */
export interface PeopleSetup {
  /** Throws Problem 'vault-closed' where the master key is not at hand. */
  readonly vault: { forRequest(): Promise<Vault> };
  readonly follow: PeopleFollower;
}
