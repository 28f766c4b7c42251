// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { isStoredOwnAccount } from './queries-codes.ts';

const caseWorkerOnly = 'This is a person’s way to the own record: only the case worker of the person gives a new way in.';

/**
 * Whoever runs the accounts may shut the account of a person in the register, and not come in by it, also not once it ended. `auth` is of
 * waymark_auth. Throws Problem `not-allowed`.
 */
export async function refuseOwnAccount(auth: Tx, accountId: string, why = caseWorkerOnly): Promise<void> {
  if (await isStoredOwnAccount(auth, accountId)) throw new Problem('not-allowed', why);
}

/**
 * Her account opens by her password alone: a key or another service that somebody added while holding her phone would stay when she
 * changes it. Throws Problem `not-allowed`.
 */
export const refuseMoreWaysIn = (auth: Tx, accountId: string): Promise<void> =>
  refuseOwnAccount(auth, accountId, 'An account for the own record opens by its password alone.');
