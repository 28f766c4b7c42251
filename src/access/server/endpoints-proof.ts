// SPDX-License-Identifier: AGPL-3.0-or-later
import { verify } from '@node-rs/argon2';
import { Secret } from 'otpauth';
import { Type } from 'typebox';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { Password } from '../domain/account.ts';
import { NewApp, NewRecoveryCodes, ProofCode, SecondProof } from '../domain/proof.ts';
import { isFresh } from '../domain/second-proof.ts';
import type { Access } from './access.ts';
import {
  appAddress,
  firstRecoveryCodes,
  keepApp,
  madeWith,
  makeRecoveryCodes,
  recoveryCodesAgain,
  secretOf,
  spendCode,
  spentAt,
  stepOf,
} from './proofs/codes.ts';
import { judgeProof } from './proofs/judge.ts';
import { seal, unseal } from './proofs/keys.ts';
import { deleteTotp } from './proofs/queries-proofs.ts';
import { demandFresh, keepOne, proved, proverOf, sessionOf, standingOf } from './proofs/standing.ts';
import { findPasswordHash } from './queries-sign-in.ts';
import { findState, notePassword } from './queries-sessions.ts';
import { refuseMoreWaysIn } from './refuse-own-account.ts';
import { record } from './sign-in.ts';

const half = { may: 'signed-in', half: true } as const;
const guesses = ['wrong-proof', 'account-locked'] as const;
const changes = ['fresh-proof-needed', 'second-proof-needed'] as const;
const tag = 'second proof';

/** Proving a second time, by code, and setting up what proves: open to somebody who has proved her password only. */
export function proofEndpoints(access: Access): readonly Endpoint[] {
  return [...provingEndpoints(access), ...appEndpoints(access), recoveryEndpoint(access)];
}

function provingEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/me/second-proof',
      tag,
      summary: 'What I have to prove a second time that it is me, and whether it is asked',
      rule: half,
      response: SecondProof,
      handle: ({ actor }) => standingOf(access, actor),
    }),
    endpoint({
      method: 'POST',
      path: '/api/me/proof/code',
      tag,
      summary: 'Prove by a code of the app or a recovery code; either is good once',
      rule: half,
      body: Type.Object({ code: ProofCode }),
      response: Type.Null(),
      status: 204,
      problems: guesses,
      async handle(ctx) {
        if (await provedThis(access, ctx.actor, ctx.body.code)) return null;
        await judgeProof(access, proverOf(ctx), async (tx) => {
          const how = await spendCode(access, tx, ctx.actor.accountId, ctx.body.code);
          if (how !== null) await proved(access, tx, ctx.actor, how);
          return how;
        });
        return null;
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/me/proof/password',
      tag,
      summary: 'Prove by the password, where there is no second proof yet, that it is still me who sits here',
      rule: half,
      body: Type.Object({ password: Password }),
      response: Type.Null(),
      status: 204,
      problems: guesses,
      async handle(ctx) {
        const check = async (tx: Tx) => {
          const stored = await findPasswordHash(tx, ctx.actor.accountId);
          if (stored === null || !(await verify(stored, ctx.body.password))) return null;
          await notePassword(tx, sessionOf(ctx.actor), access.now());
          await record(access, tx, ctx.actor.accountId, {
            action: 'access.second-proof',
            subject: ctx.actor.accountId,
            detail: { how: 'password' },
          });
          return true;
        };
        await judgeProof(access, proverOf(ctx), check, 'password');
        return null;
      },
    }),
  ];
}

/**
 * Whether this very code has just proved this very session: it is sent again, because its answer was lost. Nothing is proved anew by it, and no
 * guess is forgiven.
 */
async function provedThis(access: Access, actor: Actor, code: string): Promise<boolean> {
  const { provedAt } = await findState(access.auth, sessionOf(actor));
  if (!isFresh({ passwordAt: null, provedAt }, true, access.now())) return false;
  const spent = await spentAt(access, access.auth, actor.accountId, code);
  return provedAt !== null && spent !== null && Math.abs(provedAt.getTime() - spent.getTime()) < oneRequestMs;
}
/** A code is spent and a session proved by it within one request. */
const oneRequestMs = 5_000;

/** A secret on its way: shown, not yet proved to have arrived. Sealed for this account and session, and good for a quarter of an hour. */
const ticketMinutes = 15;
const boundTo = ({ actor }: Pick<Ctx, 'actor'>): string => `${actor.accountId} ${sessionOf(actor)}`;

function makeTicket(access: Access, ctx: Pick<Ctx, 'actor'>, secret: Secret): string {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(access.now().getTime() + ticketMinutes * 60_000));
  return seal(access.keys.ticket, Buffer.concat([head, secret.bytes]), boundTo(ctx)).toString('base64url');
}

function openTicket(access: Access, ctx: Pick<Ctx, 'actor'>, ticket: string): Secret | null {
  const plain = unseal(access.keys.ticket, Buffer.from(ticket, 'base64url'), boundTo(ctx));
  return plain && Number(plain.readBigUInt64BE()) >= access.now().getTime() ? secretOf(plain.subarray(8)) : null;
}

function appEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/me/app',
      tag,
      summary: 'Begin with an authenticator app: a secret, shown once; nothing changes until its first code comes',
      rule: half,
      response: NewApp,
      problems: changes,
      async handle(ctx) {
        await refuseMoreWaysIn(access.auth, ctx.actor.accountId);
        await demandFresh(access, access.auth, ctx.actor);
        const secret = new Secret({ size: 20 });
        return { secret: secret.base32, address: appAddress(secret, ctx.actor.userName), ticket: makeTicket(access, ctx, secret) };
      },
    }),
    endpoint({
      method: 'PUT',
      path: '/api/me/app',
      tag,
      summary: 'The first code of the app: from now on it proves; an app before it does no more',
      rule: half,
      body: Type.Object({ ticket: Type.String({ maxLength: 400 }), code: ProofCode }),
      response: NewRecoveryCodes,
      problems: [...guesses, ...changes],
      handle: (ctx) => confirmApp(access, ctx),
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/me/app',
      tag,
      summary: 'Take the authenticator app away',
      rule: { may: 'signed-in' },
      response: Type.Null(),
      status: 204,
      problems: ['not-found', ...changes],
      async handle({ actor }) {
        await access.auth.transaction().execute(async (tx) => {
          await demandFresh(access, tx, actor);
          if (!(await deleteTotp(tx, actor.accountId))) throw new Problem('not-found');
          await keepOne(tx, actor.accountId);
          await record(access, tx, actor.accountId, { action: 'access.app-removed', subject: actor.accountId });
        });
        return null;
      },
    }),
  ];
}

async function confirmApp(access: Access, ctx: Ctx<unknown, unknown, { ticket: string; code: string }>): Promise<NewRecoveryCodes> {
  const { actor, body } = ctx;
  await refuseMoreWaysIn(access.auth, actor.accountId);
  await demandFresh(access, access.auth, actor);
  const secret = openTicket(access, ctx, body.ticket);
  if (!secret) throw new Problem('fresh-proof-needed', 'This took too long. Begin again with a new picture.');
  const recoveryCodes = await judgeProof(access, proverOf(ctx), async (tx) => {
    const step = stepOf(secret, body.code, access.now());
    if (step === null) return null;
    const before = await madeWith(access, tx, actor.accountId, secret);
    if (before) return { recoveryCodes: await recoveryCodesAgain(access, tx, actor.accountId, before) };
    await keepApp(access, tx, actor.accountId, secret, step);
    await record(access, tx, actor.accountId, { action: 'access.app-added', subject: actor.accountId });
    await proved(access, tx, actor, 'totp');
    return { recoveryCodes: await firstRecoveryCodes(access, tx, actor.accountId) };
  });
  return recoveryCodes;
}

function recoveryEndpoint(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/me/recovery-codes',
    tag,
    summary: 'Ten new recovery codes, shown once; those before them end',
    rule: { may: 'signed-in' },
    response: Type.Object({ recoveryCodes: Type.Array(Type.String()) }),
    problems: changes,
    handle: ({ actor }) =>
      access.auth.transaction().execute(async (tx) => {
        await refuseMoreWaysIn(tx, actor.accountId);
        await demandFresh(access, tx, actor);
        const recoveryCodes = await makeRecoveryCodes(access, tx, actor.accountId);
        await record(access, tx, actor.accountId, { action: 'access.recovery-codes', subject: actor.accountId });
        return { recoveryCodes };
      }),
  });
}
