// SPDX-License-Identifier: AGPL-3.0-or-later
import '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { closed } from '../../platform/server/gate-validate.ts';
import { SignIn } from '../domain/account.ts';
import { ProofCode } from '../domain/proof.ts';
import type { Access } from './access.ts';
import { libraryHeaders } from './authenticate.ts';
import { spendPaperCode } from './proofs/codes.ts';
import { judgeProof } from './proofs/judge.ts';
import { deletePasskeys, deleteTotp } from './proofs/queries-proofs.ts';
import { deleteSession } from './queries-sessions.ts';
import { deleteSessions } from './queries-sign-in.ts';
import { record, signIn } from './sign-in.ts';

const LostPhone = Type.Object({ ...SignIn.properties, code: ProofCode });
type LostPhone = Static<typeof LostPhone>;

/** For somebody whose phone is gone and who sits at another one, beside the gate as signing in is. */
export function registerLostPhone(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  app.post<{ Body: LostPhone }>(
    '/api/auth/lost-phone',
    {
      config: { rule: { may: 'public' }, rateLimit: { max: attemptsPerMinute, timeWindow: 60_000 } },
      schema: {
        summary: 'My phone is gone: with password and recovery code, every session ends, and its app and passkeys prove nothing any more',
        tags: ['sign-in'],
        body: closed(LostPhone),
        response: { 200: Type.Object({ ended: Type.Boolean() }) },
      },
    },
    async (request, reply) => {
      const headers = libraryHeaders(request);
      headers.delete('cookie');
      await endEverything(access, { ...request.body, headers, address: request.ip });
      return reply.header('cache-control', 'no-store').send({ ended: true });
    },
  );
}

/**
 * The password is judged as at any sign-in, the code as any second proof; the paper code is used up. The recovery codes that are left
 * stay good: they are not on the phone.
 */
async function endEverything(access: Access, given: LostPhone & { readonly headers: Headers; readonly address: string }): Promise<void> {
  const { accountId, sessionId } = await signIn(access, given);
  const userName = given.username.trim().toLowerCase();
  try {
    await judgeProof(access, { accountId, userName, address: given.address }, async (tx) => {
      if (!(await spendPaperCode(access, tx, accountId, given.code))) return null;
      await deleteSessions(tx, accountId);
      const gone = { passkeys: await deletePasskeys(tx, accountId), app: await deleteTotp(tx, accountId) };
      await record(access, tx, accountId, { action: 'access.lost-phone', subject: accountId, detail: gone });
      return true;
    });
  } catch (error) {
    await deleteSession(access.auth, accountId, sessionId); // it was opened to judge the password, and is nobody's
    throw error;
  }
}
