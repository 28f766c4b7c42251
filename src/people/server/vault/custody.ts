// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { Refusal, exitCode } from '../../../platform/server/refusal.ts';
import { makeKeyFile, readKeyFile, refuseKeyAmong } from './key-file.ts';
import { MasterKey } from './master-key.ts';
import { knownKeys, type KnownKey } from './queries-vault.ts';
import { Vault } from './vault.ts';

export interface KeyPlace {
  readonly keyFile: string;
  readonly installationId: string;
  /** Where the key must not lie: the data folder. Empty for a demo, whose people are made up. */
  readonly notIn: readonly string[];
}

export interface OpenedVault {
  readonly vault: Vault;
  readonly keyIds: readonly string[];
  /** The key file was not there before. */
  readonly made: boolean;
}

/**
 * Opens the vault with the key file; makes one where nobody's identity is kept yet. Refuses, with one line that says what to do, when the key
 * lies among the data or can be read by others, and when people are kept and the key is not there or is another one.
 */
export async function openVault(db: Kysely<unknown>, place: KeyPlace): Promise<OpenedVault> {
  refuseKeyAmong(place.keyFile, place.notIn);
  const known = (await knownKeys(db)).filter(({ state, anybody }) => state !== 'gone' && anybody);
  const { keys, made } = keysAt(place.keyFile, known);
  refuseOtherKey(place.keyFile, keys, known);
  const reload = (): readonly MasterKey[] => readKeyFile(place.keyFile) ?? [];
  return { vault: new Vault({ installationId: place.installationId, keys, reload }), keyIds: keys.map(({ id }) => id), made };
}

/** The same test for a database that is still in a backup file. */
export function refuseOtherKey(
  keyFile: string,
  keys: readonly MasterKey[],
  known: readonly Pick<KnownKey, 'keyId' | 'checkValue'>[],
): void {
  for (const { keyId, checkValue } of known) {
    const held = keys.find((key) => key.id === keyId);
    if (held?.checkValue.equals(checkValue)) continue;
    throw new Refusal(
      `The master key in ${keyFile} (${keys.map((key) => key.id).join(', ')}) is not the one under which the names were sealed (${keyId}): put that one there, or name its file with --key-file.`,
      { exitCode: exitCode.refused },
    );
  }
}

export function refuseMissingKey(keyFile: string, keyId: string): never {
  throw new Refusal(
    `There is no master key in ${keyFile}, and the names in this database are sealed under one (${keyId}): put it back there, or name its file with --key-file or WAYMARK_KEY_FILE. Without it nobody can read them.`,
    { exitCode: exitCode.refused },
  );
}

function keysAt(keyFile: string, known: readonly KnownKey[]): { keys: readonly MasterKey[]; made: boolean } {
  const found = readKeyFile(keyFile);
  if (found) return { keys: found, made: false };
  if (known[0]) refuseMissingKey(keyFile, known[0].keyId);
  const key = MasterKey.make();
  if (makeKeyFile(keyFile, [key])) return { keys: [key], made: true };
  return { keys: readKeyFile(keyFile) ?? [], made: false };
}
