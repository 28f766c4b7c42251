// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Access } from './access.ts';
import { sessionLasts } from './library.ts';
import { noteOpened, type Opening } from './queries-sessions.ts';
import { sessionCookie } from './session-cookie.ts';

/**
 * A session for somebody who proved who she is otherwise than by password: the sign-in library makes it as it makes its own, and the
 * cookie is the one it would send. `tx` must not hold what the library writes to.
 */
export async function openSession(access: Access, tx: Tx, accountId: string, device: string, opening: Opening): Promise<string> {
  const { internalAdapter, authCookies, secret } = await access.library.$context;
  const session = await internalAdapter.createSession(accountId, false, { userAgent: device });
  if (!session) throw new Error('The sign-in library made no session.');
  await noteOpened(tx, session.token, opening);
  const { name, attributes } = authCookies.sessionToken;
  return sessionCookie(session.token, name, secret, { seconds: sessionLasts, secure: attributes.secure ?? false });
}
