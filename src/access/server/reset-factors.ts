// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Access } from './access.ts';
import { deletePasskeys, deleteRecoveryCodes, deleteTotp } from './proofs/queries-proofs.ts';
import { deleteLinksOf } from './single-sign-on/queries-links.ts';
import { deleteSessions, findForSignIn } from './queries-sign-in.ts';
import { record } from './sign-in.ts';

/**
 * Takes every second proof from an account whose phone is lost: code apps, keys, one-time codes. `auth` is a transaction of waymark_auth.
 */
export async function resetFactors(auth: Tx, accountId: string): Promise<void> {
  await deleteTotp(auth, accountId);
  await deletePasskeys(auth, accountId);
  await deleteRecoveryCodes(auth, accountId);
}

/** Every way into the account of a person in the register but its password: whoever held her phone may have made one. */
export async function resetOwnAccount(auth: Tx, accountId: string): Promise<void> {
  await resetFactors(auth, accountId);
  await deleteLinksOf(auth, accountId);
}

/** For the command line: the way back for the last administrator, whose phone and paper are both gone. Throws Problem not-found. */
export async function resetProof(access: Access, userName: string): Promise<void> {
  await access.auth.transaction().execute(async (auth) => {
    const known = await findForSignIn(auth, userName);
    if (!known) throw new Problem('not-found', 'There is no account with this user name.');
    await resetFactors(auth, known.accountId);
    await deleteSessions(auth, known.accountId);
    await record(access, auth, 'command-line', { action: 'access.proof-reset', subject: known.accountId });
  });
}
