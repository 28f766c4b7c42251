// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PeopleFollower } from './register.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import type { AuditEntry, Tx } from '../../platform/server/endpoint.ts';
import type { OtherService, RoleFacts } from '../domain/impact.ts';
import type { PersonKey } from '../domain/person-record.ts';
import type { ToldInstrument } from '../domain/printout.ts';
import type { ErasureLists } from './erasure/lists.ts';
import type { Vault } from './vault/vault.ts';

/** What other rooms keep of a person, in words, for the page she is handed; and what they know for the data protection impact page. */
export interface ToldByOthers {
  answersOf(ctx: { readonly tx: Tx; readonly actor: Actor; readonly now: Date }, key: PersonKey, locale: string): Promise<ToldInstrument[]>;
  roles(tx: Tx): Promise<readonly RoleFacts[]>;
  /** Of the instruments in use: what is asked about people, and which answers are protected. */
  asked(
    tx: Tx,
    locale: string,
  ): Promise<readonly { readonly title: string; readonly questions: number; readonly private: readonly string[] }[]>;
  /** The service through which people sign in beside the password here; null where there is none. */
  otherService(): OtherService | null;
  sealed(tx: Tx): Promise<{ readonly seals: number; readonly sealedAt: string | null; readonly waiting: number }>;
  writeDown(tx: Tx, actorId: string, entry: AuditEntry): Promise<void>;
}

/** What the room is given by whoever starts it. */
export interface PeopleSetup {
  /** Throws Problem 'vault-closed' where the master key is not at hand. */
  readonly vault: { forRequest(): Promise<Vault> };
  readonly follow: PeopleFollower;
  readonly erasures: ErasureLists;
  readonly told: ToldByOthers;
}
