// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { deletePasskeys, deleteRecoveryCodes, deleteTotp } from './proofs/queries-proofs.ts';

/**
 * Takes every second proof from an account whose phone is lost: code apps, keys, one-time codes. `auth` is a transaction of waymark_auth.
 */
export async function resetFactors(auth: Tx, accountId: string): Promise<void> {
  await deleteTotp(auth, accountId);
  await deletePasskeys(auth, accountId);
  await deleteRecoveryCodes(auth, accountId);
}
