// SPDX-License-Identifier: AGPL-3.0-or-later
import '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { closed } from '../../platform/server/gate-validate.ts';
import { Welcome } from '../domain/invitation.ts';
import type { Access } from './access.ts';
import { redeemCode } from './redeem-code.ts';

/** Coming in by a code, beside the gate as signing in is: it counts guesses by the address they come from. */
export function registerWelcome(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  app.post<{ Body: Welcome }>(
    '/api/welcome',
    {
      config: { rule: { may: 'public' }, rateLimit: { max: attemptsPerMinute, timeWindow: 60_000 } },
      schema: {
        summary: 'Choose a password with a code that somebody handed over; the code is used up and every session ends',
        tags: ['sign-in'],
        body: closed(Welcome),
        response: { 200: Type.Object({ welcome: Type.Boolean() }) },
      },
    },
    async (request, reply) => {
      await redeemCode(access, { ...request.body, address: request.ip });
      return reply.header('cache-control', 'no-store').send({ welcome: true });
    },
  );
}
