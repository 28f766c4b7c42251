// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { examineErasures, examineVault, knownKeys, openVault } from '../people/server/index.ts';
import { erasureLists } from './erasures.ts';
import type { Finding } from './examination.ts';
import { findSetUp, keyPlace } from './vault.ts';

/** Whether the master key is where it may be, opens what is kept, and every identity has one key. Makes no key. */
export async function examineIdentities(
  db: Kysely<unknown>,
  dataFolder: string,
  keyFile: string | undefined,
): Promise<Omit<Finding, 'what'>> {
  const setUp = await findSetUp(db);
  if (!setUp || !(await knownKeys(db)).some(({ anybody }) => anybody)) return { state: 'well', detail: 'nobody’s name is kept' };
  const place = keyPlace({ dataFolder, keyFile }, setUp);
  const { vault, keyIds } = await openVault(db, place);
  const { identities, opened, wrong, notes } = await examineVault(db, vault);
  if (wrong.length > 0) return { state: 'ill', detail: wrong.join('; ') };
  const unfinished = notes.length === 0 && keyIds.length > 1 ? ['the key file still holds an older key: ./waymark key rotate'] : notes;
  const detail = `${identities} identities, each with one key; ${opened} looked at, which the key ${keyIds.at(-1)} opens`;
  return unfinished.length > 0 ? { state: 'note', detail: [detail, ...unfinished].join('; ') } : { state: 'well', detail };
}

/** Whether whoever was erased stayed erased, and the ledger and the lists outside the database agree. */
export async function examineErased(db: Kysely<unknown>, dataFolder: string, keyFile: string | undefined): Promise<Omit<Finding, 'what'>> {
  const { erased, wrong, notes } = await examineErasures(db, erasureLists({ db, dataFolder, keyFile }));
  if (wrong.length > 0) return { state: 'ill', detail: [...wrong, ...notes].join('; ') };
  const detail = erased === 0 ? 'nobody was erased' : `${erased} records erased; none is in the register, and every list names them`;
  return notes.length > 0 ? { state: 'note', detail: [detail, ...notes].join('; ') } : { state: 'well', detail };
}
