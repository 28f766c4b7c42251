// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { countVault, sampleIdentities, type SampledIdentity } from './queries-rotation.ts';
import { countUnknownDigests, ownIdKeys } from './queries-own-ids.ts';
import type { Vault } from './vault.ts';

export interface VaultFindings {
  readonly identities: number;
  /** What must be mended, in words without anybody's name. */
  readonly wrong: readonly string[];
  /** What somebody should know. */
  readonly notes: readonly string[];
  readonly opened: number;
}

/** Whether every person's identity has one key under the key that is in use, and whether the key file opens what is there: looked at, not changed. */
export async function examineVault(owner: Kysely<unknown>, vault: Vault): Promise<VaultFindings> {
  const counts = await countVault(owner);
  const sample = await sampleIdentities(owner, 100, counts.identities > 10_000 ? (100 * 1000) / counts.identities : 100);
  const shut = sample.filter((row) => !opens(vault, row));
  const astray = sample.filter((row) => !shut.includes(row) && !isIndexed(vault, row));
  const wrong = [
    ...(await wrongOfLists(owner, vault)),
    ...(counts.bare > 0 ? [`${counts.bare} keys without an identity`] : []),
    ...(counts.lost > 0 ? [`${counts.lost} identities under a master key that is not in use`] : []),
    ...(shut.length > 0
      ? [`${shut.length} of ${sample.length} looked at do not open, such as ${shut[0]!.regionId}/${shut[0]!.personId}`]
      : []),
    ...(astray.length > 0
      ? [
          `${astray.length} of ${sample.length} looked at are not found by what they hold, such as ${astray[0]!.regionId}/${astray[0]!.personId}`,
        ]
      : []),
  ];
  const notes = counts.left > 0 ? [`a change of the master key is not finished (${counts.left} to go): ./waymark key rotate`] : [];
  return { identities: counts.identities, wrong, notes, opened: sample.length - shut.length };
}

/** Whether people of lists are found again: each key of digests opens, and every digest has its key. */
async function wrongOfLists(owner: Kysely<unknown>, vault: Vault): Promise<string[]> {
  const shut = (await ownIdKeys(owner)).filter((key) => {
    try {
      vault.ownIds(key, key.checkValue);
      return false;
    } catch {
      return true;
    }
  });
  const { people } = await countUnknownDigests(owner);
  return [
    ...shut.map(({ keyId, masterKeyId }) => `the key ${keyId} of the ids of lists does not open with the master key ${masterKeyId}`),
    ...(people > 0 ? [`${people} people are known to lists by a key that is not there`] : []),
  ];
}

function opens(vault: Vault, row: SampledIdentity): boolean {
  try {
    vault.open(row);
    return true;
  } catch {
    return false;
  }
}

function isIndexed(vault: Vault, row: SampledIdentity): boolean {
  const codes = vault.codesOf(vault.open(row), row.regionId, vault.key(row.masterKeyId)).map(({ kind, code }) => `${kind}:${code}`);
  return row.codes.length === codes.length && codes.every((code) => row.codes.includes(code));
}
