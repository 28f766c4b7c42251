// SPDX-License-Identifier: AGPL-3.0-or-later
import '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { callerOf } from '../../platform/server/gate.ts';
import { closed } from '../../platform/server/gate-validate.ts';
import { BrowserOptions, CredentialProof } from '../domain/proof.ts';
import type { Access } from './access.ts';
import { libraryHeaders } from './authenticate.ts';
import { openSession } from './open-session.ts';
import { optionsToSignIn, signInPasskey } from './proofs/passkeys.ts';
import { findSignedIn } from './queries.ts';
import { record } from './sign-in.ts';

const open = { may: 'public' } as const;

/** Coming in by passkey alone, beside the gate as all signing in is. The key, which has verified its owner, is both proofs at once. */
export function registerPasskeySignIn(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  const config = { rule: open, rateLimit: { max: attemptsPerMinute, timeWindow: 60_000 } };
  app.post(
    '/api/auth/passkey/options',
    { config, schema: { summary: 'What the browser needs to ask for a passkey', tags: ['sign-in'], response: { 200: BrowserOptions } } },
    async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .serializer(JSON.stringify)
        .send(await optionsToSignIn(access, callerOf(request, access.publicOrigin))),
  );
  app.post<{ Body: CredentialProof }>(
    '/api/auth/sign-in/passkey',
    {
      config,
      schema: {
        summary: 'Sign in by passkey; the session comes as a cookie',
        tags: ['sign-in'],
        body: closed(CredentialProof),
        response: { 200: Type.Object({ accountId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request, access.publicOrigin),
        device = libraryHeaders(request).get('user-agent') ?? '';
      const { accountId, cookie } = await signIn(access, { caller, response: request.body, device });
      return reply.header('set-cookie', cookie).header('cache-control', 'no-store').send({ accountId });
    },
  );
}

interface Attempt {
  readonly caller: ReturnType<typeof callerOf>;
  readonly response: CredentialProof;
  readonly device: string;
}

/** A key is no guess, so nothing rests after a wrong one; floods are slowed down by address. A disabled account reads like a key that nobody knows. */
async function signIn(access: Access, { caller, response, device }: Attempt): Promise<{ accountId: string; cookie: string }> {
  const accountId = await access.auth.transaction().execute(async (tx) => {
    const key = await signInPasskey(access, tx, { caller, response });
    if (key && (await findSignedIn(tx, key.accountId))) return key.accountId;
    await record(access, tx, 'nobody', {
      action: 'access.sign-in-refused',
      subject: key?.accountId ?? null,
      detail: { reason: key ? 'disabled' : 'passkey' },
    });
    return null;
  });
  if (accountId === null) throw new Problem('wrong-proof');
  const now = access.now();
  const cookie = await openSession(access, access.auth, accountId, device, {
    through: 'passkey',
    passwordAt: null,
    provedAt: now,
    how: 'passkey',
  });
  await record(access, access.auth, accountId, { action: 'access.sign-in', subject: accountId, detail: { how: 'passkey' } });
  return { accountId, cookie };
}
