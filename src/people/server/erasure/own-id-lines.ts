// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import type { OwnIdKeyLine } from '../../domain/erasure-line.ts';
import { ownIdKeysOfErased, type OwnIdKey } from '../vault/queries-own-ids.ts';
import type { ErasureLists } from './lists.ts';

/** The key of digests as a line of a list of erased people. */
export const keyLine = ({ keyId, masterKeyId, checkValue, wrapped }: OwnIdKey): OwnIdKeyLine => ({
  keyId,
  masterKeyId,
  checkValue: checkValue.toString('hex'),
  wrapped: wrapped.toString('hex'),
});

/** And back. */
export const keyOfLine = ({ keyId, masterKeyId, checkValue, wrapped }: OwnIdKeyLine): OwnIdKey => ({
  keyId,
  masterKeyId,
  checkValue: Buffer.from(checkValue, 'hex'),
  wrapped: Buffer.from(wrapped, 'hex'),
});

/** After a change of the master key, as the owner: the lists hold the keys of their digests under the new one, too. */
export async function noteOwnIdKeys(owner: Kysely<unknown>, lists: ErasureLists): Promise<void> {
  await lists.complete([], (await ownIdKeysOfErased(owner)).map(keyLine));
}
