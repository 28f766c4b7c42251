// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../platform/domain/actor.ts';
import { rightsOfPosts } from '../domain/rights.ts';
import type { Access } from './access.ts';
import { findSignedIn } from './queries.ts';

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
 * for this request too. Cookies come back when the library renewed the session.
 */
export async function authenticate(access: Access, request: FastifyRequest): Promise<{ actor: Actor | null; setCookies: readonly string[] }> {
  if (!request.headers.cookie?.includes('waymark.session_token=')) return { actor: null, setCookies: [] };
  const { response, headers } = await access.library.api.getSession({ headers: libraryHeaders(request), returnHeaders: true });
  const setCookies = headers.getSetCookie();
  return { actor: response ? await findActor(access, response.user.id) : null, setCookies };
}

/** Null when the account is disabled or gone. */
export async function findActor(access: Access, accountId: string): Promise<Actor | null> {
  const found = await findSignedIn(access.auth, accountId);
  if (!found) return null;
  return {
    accountId,
    userName: found.userName,
    displayName: found.displayName,
    locale: found.locale,
    roles: [...new Set(found.posts.map((post) => post.role))],
    rights: rightsOfPosts(found.posts.map((post) => post.role)),
    scopes: [...new Set(found.posts.flatMap((post) => post.paths))],
    posts: found.posts.map(({ role, placeId }) => ({ role, placeId })),
  };
}
