// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import type { CheckedBackup } from '../../platform/server/restore.ts';
import { keyPlace } from '../vault.ts';

/** The tables of a backup that say under which master key its names are sealed. */
export const keyTables = ['waymark.vault_key', 'waymark.installation'] as const;

interface SealedUnder {
  readonly installation: { readonly id: string; readonly demo: boolean };
  readonly keyIds: readonly string[];
  readonly keys: readonly { readonly keyId: string; readonly checkValue: Buffer }[];
}

/** What is lost with the master key: names, and by what people are known to lists. */
const needTheKey = new Set(['identity', 'person_source', 'erasure_source']);

/** Null when nothing in the backup needs a master key. */
export function sealedUnder({ kept, manifest }: CheckedBackup): SealedUnder | null {
  const some = manifest.tables.some(({ schema, name, rows }) => schema === 'waymark' && needTheKey.has(name) && rows > 0);
  const [installation] = kept.get('waymark.installation') ?? [];
  if (!some || !installation) return null;
  const keys = (kept.get('waymark.vault_key') ?? [])
    .filter(({ state }) => state !== 'gone')
    .map((row) => ({ keyId: row['key_id'] ?? '', checkValue: Buffer.from((row['check_value'] ?? '').replace(/^\\x/, ''), 'hex') }));
  return {
    installation: { id: installation['installation_id'] ?? '', demo: installation['is_demo'] === 't' },
    keys,
    keyIds: keys.map(({ keyId }) => keyId),
  };
}

/** Said before anything is changed: a restore whose names nobody can read is found out too late otherwise. */
export async function refuseWithoutItsKey(
  sealed: SealedUnder | null,
  options: { readonly data: string; readonly keyFile?: string | undefined },
): Promise<void> {
  if (!sealed) return;
  const { readKeyFile, refuseKeyAmong, refuseMissingKey, refuseOtherKey } = await import('../../people/server/index.ts');
  const { keyFile, notIn } = keyPlace({ dataFolder: resolve(options.data), keyFile: options.keyFile }, sealed.installation);
  refuseKeyAmong(keyFile, notIn);
  refuseOtherKey(keyFile, readKeyFile(keyFile) ?? refuseMissingKey(keyFile, sealed.keyIds.join(', ')), sealed.keys);
}
