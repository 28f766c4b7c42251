// SPDX-License-Identifier: AGPL-3.0-or-later
import '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { callerOf } from '../../platform/server/gate.ts';
import { closed } from '../../platform/server/gate-validate.ts';
import { SignIn } from '../domain/account.ts';
import type { Access } from './access.ts';
import { authenticate, libraryHeaders } from './authenticate.ts';
import { findState } from './queries-sessions.ts';
import { signIn, signOut } from './sign-in.ts';

const Session = Type.Object({ accountId: Type.String(), userName: Type.String(), expiresAt: Type.String() });
const open = { may: 'public' } as const;

/**
 * The three routes of signing in, beside the gate because they make the session that the gate asks for. The library has thirty more;
 * none of them is reachable.
 */
export function registerSignIn(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  registerSigningIn(app, access, attemptsPerMinute);
  registerSigningOut(app, access);
  registerSession(app, access);
}

function registerSigningIn(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  app.post<{ Body: Static<typeof SignIn> }>(
    '/api/auth/sign-in/username',
    {
      config: { rule: open, rateLimit: { max: attemptsPerMinute, timeWindow: 60_000 } },
      schema: {
        summary: 'Sign in; the session comes as a cookie',
        tags: ['sign-in'],
        body: closed(SignIn),
        response: { 200: Type.Object({ accountId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { accountId, setCookies } = await signIn(access, { ...request.body, headers: withoutCookies(request), address: request.ip });
      return reply
        .header('set-cookie', [...setCookies])
        .header('cache-control', 'no-store')
        .send({ accountId });
    },
  );
}

function registerSigningOut(app: FastifyInstance, access: Access): void {
  app.post(
    '/api/auth/sign-out',
    {
      config: { rule: open },
      schema: {
        summary: 'Sign out; does nothing where nobody is signed in',
        tags: ['sign-in'],
        response: { 200: Type.Object({ signedOut: Type.Boolean(), elsewhere: Type.Union([Type.String(), Type.Null()]) }) },
      },
    },
    async (request, reply) => {
      const { actor } = await authenticate(access, request);
      const elsewhere = await farewell(access, actor, request);
      const setCookies = await signOut(access, actor, libraryHeaders(request));
      return reply
        .header('set-cookie', [...setCookies])
        .header('cache-control', 'no-store')
        .send({ signedOut: true, elsewhere });
    },
  );
}

/** Whoever came through the other service is still signed in there: on a shared computer that is as good as here. */
async function farewell(access: Access, actor: Actor | null, request: FastifyRequest): Promise<string | null> {
  if (!access.provider || actor?.sessionId === undefined) return null;
  const { through } = await findState(access.auth, actor.sessionId);
  return through === 'oidc' ? access.provider.farewell(`${callerOf(request, access.publicOrigin).origin}/`) : null;
}

function registerSession(app: FastifyInstance, access: Access): void {
  app.get(
    '/api/auth/get-session',
    {
      config: { rule: open },
      schema: {
        summary: 'Whether somebody is signed in, and until when',
        tags: ['sign-in'],
        response: { 200: Type.Union([Session, Type.Null()]) },
      },
    },
    async (request, reply) => {
      const { actor, setCookies } = await authenticate(access, request);
      reply.header('cache-control', 'no-store');
      if (setCookies.length > 0) reply.header('set-cookie', [...setCookies]);
      if (!actor) return reply.type('application/json').serializer(JSON.stringify).send(null);
      const session = await access.library.api.getSession({ headers: libraryHeaders(request) });
      return reply.send({
        accountId: actor.accountId,
        userName: actor.userName,
        expiresAt: session?.session.expiresAt.toISOString() ?? '',
      });
    },
  );
}

/** A sign-in never continues somebody else's session. */
function withoutCookies(request: FastifyRequest): Headers {
  const headers = libraryHeaders(request);
  headers.delete('cookie');
  return headers;
}
