// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../platform/domain/actor.ts';
import { rightsOfPosts } from '../domain/rights.ts';
import { opensArea } from '../domain/roles.ts';
import type { Access } from './access.ts';
import { sessionLasts, sessionRenewedAfter } from './library.ts';
import { deviceText } from '../domain/device.ts';
import { hasRunOut, isShort, notedAfterMinutes } from '../domain/short-session.ts';
import { missingProof } from '../domain/second-proof.ts';
import { findSignedIn, type SignedIn } from './queries.ts';
import { deleteSession, findBehindSession, findBehindSessionId, noteSeen, type BehindSession } from './queries-sessions.ts';
import { signedToken } from './session-cookie.ts';

/** The request as the sign-in library may see it: its cookies, and as much of the browser's description as is kept with a session. */
export function libraryHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  const agent = request.headers['user-agent'];
  if (agent !== undefined) headers.set('user-agent', deviceText(agent.slice(0, 300)));
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
  if (fresh) return { actor: await seen(access, fresh), setCookies: [] };
  const { response, headers } = await access.library.api.getSession({ headers: libraryHeaders(request), returnHeaders: true });
  const setCookies = headers.getSetCookie();
  const found = response && (await findBehindSessionId(access.auth, response.session.id));
  return { actor: found && (await seen(access, found)), setCookies };
}

const seenAgainAfterMinutes = 10;

/** What is still to be proved takes every right away meanwhile, in the database too. Null where the session has run out: then it is gone. */
async function seen(access: Access, found: BehindSession): Promise<Actor | null> {
  const roles = found.posts.map(({ role }) => role);
  if (hasRunOut({ ...found, roles }, Date.now())) {
    await deleteSession(access.auth, found.accountId, found.sessionId);
    return null;
  }
  const minutes = isShort(roles) ? notedAfterMinutes : seenAgainAfterMinutes;
  if (found.seenAt === null || Date.now() - found.seenAt.getTime() > minutes * 60_000)
    await noteSeen(access.auth, found.sessionId, minutes);
  const actor = { ...actorOf(found), sessionId: found.sessionId },
    missing = missingProof({ ...found, roles });
  return missing === null ? actor : { ...actor, missing, roles: [], rights: new Set(), scopes: [], posts: [], organisations: [] };
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
