// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../platform/domain/actor.ts';
import { rightsOfPosts } from '../domain/rights.ts';
import { opensArea } from '../domain/roles.ts';
import type { Access } from './access.ts';
import { sessionLasts, sessionRenewedAfter } from './library.ts';
import { findBehindSession, findSignedIn, type SignedIn } from './queries.ts';
import { signedToken } from './session-cookie.ts';

/** The request as the sign-in library may see it: its cookies, and an address that no client can make up. */
export function libraryHeaders(request: FastifyRequest): Headers {
  const headers = new Headers({ 'x-forwarded-for': request.ip });
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  const agent = request.headers['user-agent'];
  if (agent !== undefined) headers.set('user-agent', agent.slice(0, 300));
  return headers;
}

/**
 * Who is behind the session cookie, read anew for every request: an account that was disabled or lost a post a moment ago has lost it
 * for this request too. A session renewed within the last day costs one read; all others, and all that are in doubt, go to the library, which
 * renews them. Cookies come back when it did.
 */
export async function authenticate(
  access: Access,
  request: FastifyRequest,
): Promise<{ actor: Actor | null; setCookies: readonly string[] }> {
  const { cookie } = request.headers;
  if (!cookie?.includes('waymark.session_token=')) return { actor: null, setCookies: [] };
  const { authCookies, secret } = await access.library.$context;
  const token = signedToken(cookie, authCookies.sessionToken.name, secret);
  const fresh =
    token === null ? null : await findBehindSession(access.auth, token, new Date(Date.now() + (sessionLasts - sessionRenewedAfter) * 1000));
  if (fresh) return { actor: actorOf(fresh), setCookies: [] };
  const { response, headers } = await access.library.api.getSession({ headers: libraryHeaders(request), returnHeaders: true });
  const setCookies = headers.getSetCookie();
  return { actor: response ? await findActor(access, response.user.id) : null, setCookies };
}

/** Null when the account is disabled or gone. */
export async function findActor(access: Access, accountId: string): Promise<Actor | null> {
  const found = await findSignedIn(access.auth, accountId);
  return found && actorOf(found);
}

function actorOf({ accountId, userName, displayName, locale, posts }: SignedIn): Actor {
  const wide = posts.filter(({ role }) => opensArea(role));
  return {
    accountId,
    userName,
    displayName,
    locale,
    roles: [...new Set(posts.map((post) => post.role))],
    rights: rightsOfPosts(posts.map((post) => post.role)),
    scopes: [...new Set(wide.flatMap((post) => post.paths))],
    posts: wide.map(({ role, placeId }) => ({ role, placeId })),
    organisations: [...new Set(posts.flatMap(({ organisationId }) => (organisationId === null ? [] : [organisationId])))],
  };
}
