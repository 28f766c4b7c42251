// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyInstance } from 'fastify';
import type { Endpoint } from '../../platform/server/endpoint.ts';
import type { FindPlace } from '../../platform/server/gate-authorise.ts';
import type { Access } from './access.ts';
import { accountEndpoints } from './endpoints-accounts.ts';
import { codeEndpoints } from './endpoints-codes.ts';
import { meEndpoints, type AccessSettings } from './endpoints-me.ts';
import { linkEndpoints } from './endpoints-links.ts';
import { passkeyEndpoints } from './endpoints-passkeys.ts';
import { ownEndpoints } from './endpoints-own.ts';
import { proofEndpoints } from './endpoints-proof.ts';
import { rolePolicyEndpoints } from './endpoints-role-policy.ts';
import { sessionEndpoints } from './endpoints-sessions.ts';
import { registerLostPhone } from './lost-phone-routes.ts';
import { registerPasskeySignIn } from './passkey-routes.ts';
import { deleteSpent } from './proofs/queries-proofs.ts';
import { registerSingleSignOn } from './single-sign-on/routes.ts';
import { organisationEndpoints } from './endpoints-organisations.ts';
import { userImportEndpoints } from './endpoints-user-import.ts';
import { volunteerEndpoints } from './endpoints-volunteers.ts';
import { findPlacePosition } from './queries.ts';
import { deleteExpiredSessions } from './queries-sign-in.ts';
import { registerSignIn as registerSigningIn } from './sign-in-routes.ts';
import { registerWelcome } from './welcome-routes.ts';

export { openAccess, type Access } from './access.ts';
export { createAccount, disableAccount, listAccounts, type AccountInput } from './accounts.ts';
export { authenticate, findActor } from './authenticate.ts';
export type { AccessSettings, DemoAccount } from './endpoints-me.ts';
export { resetProof } from './reset-factors.ts';
export { isAnybodyThere } from './queries.ts';
export { closeAccessOfBackup } from './queries-codes.ts';
export { sessionSecret } from './secret.ts';
export { singleSignOnFrom, type SingleSignOnSettings } from './single-sign-on/settings.ts';
export { setupCode } from './setup-code.ts';
export { importUserFile } from './user-import.ts';

export function accessEndpoints(access: Access, settings: AccessSettings): readonly Endpoint[] {
  return [
    ...meEndpoints(access, settings),
    ...accountEndpoints(access),
    ...codeEndpoints(access),
    ...volunteerEndpoints(access),
    ...ownEndpoints(access),
    ...organisationEndpoints(),
    ...userImportEndpoints(access),
    ...proofEndpoints(access),
    ...passkeyEndpoints(access),
    ...sessionEndpoints(access),
    ...linkEndpoints(access),
    ...rolePolicyEndpoints,
  ];
}

/** The doors beside the gate: signing in, and coming in by a code. */
export function registerSignIn(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  registerSigningIn(app, access, attemptsPerMinute);
  registerPasskeySignIn(app, access, attemptsPerMinute);
  registerLostPhone(app, access, attemptsPerMinute);
  registerSingleSignOn(app, access, attemptsPerMinute);
  registerWelcome(app, access, attemptsPerMinute);
}

/** Where a place lies, for the gate's own question before anything else is read. */
export function placeFinder(access: Access): FindPlace {
  return (placeId) => findPlacePosition(access.auth, placeId);
}

/** Takes sign-ins out of the database that ran out before `now`; nobody is signed in by them any more. */
export async function forgetExpiredSessions(access: Access, now: Date): Promise<void> {
  await deleteExpiredSessions(access.auth, now);
  await deleteSpent(access.auth, now);
}
