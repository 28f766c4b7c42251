// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { BrowserOptions, CredentialProof, NewCredential, NewRecoveryCodes, PasskeyName } from '../domain/proof.ts';
import type { Access } from './access.ts';
import { firstRecoveryCodes } from './proofs/codes.ts';
import { judgeProof } from './proofs/judge.ts';
import { addPasskey, optionsToAdd, optionsToProve, provePasskey } from './proofs/passkeys.ts';
import { deletePasskey } from './proofs/queries-proofs.ts';
import { demandFresh, keepOne, proved, proverOf } from './proofs/standing.ts';
import { refuseMoreWaysIn } from './refuse-own-account.ts';
import { record } from './sign-in.ts';

const half = { may: 'signed-in', half: true } as const;
const guesses = ['wrong-proof', 'account-locked'] as const;
const changes = ['fresh-proof-needed', 'second-proof-needed'] as const;
const tag = 'second proof';

/** Passkeys: keys that a phone, a computer or a small device keeps, and that open only to its owner. */
export function passkeyEndpoints(access: Access): readonly Endpoint[] {
  return [...provingByKey(access), ...keepingKeys(access)];
}

function provingByKey(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/me/proof/passkey/options',
      tag,
      summary: 'What the browser needs to ask for one of my passkeys',
      rule: half,
      response: BrowserOptions,
      handle: ({ actor, caller }) => optionsToProve(access, actor, caller),
    }),
    endpoint({
      method: 'POST',
      path: '/api/me/proof/passkey',
      tag,
      summary: 'Prove by one of my passkeys',
      rule: half,
      body: CredentialProof,
      response: Type.Null(),
      status: 204,
      problems: guesses,
      async handle(ctx) {
        await judgeProof(access, proverOf(ctx), async (tx) => {
          if (!(await provePasskey(access, tx, ctx.actor, { caller: ctx.caller, response: ctx.body }))) return null;
          await proved(access, tx, ctx.actor, 'passkey');
          return true;
        });
        return null;
      },
    }),
  ];
}

function keepingKeys(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/me/passkeys/options',
      tag,
      summary: 'What the browser needs to make a passkey for me',
      rule: half,
      response: BrowserOptions,
      problems: changes,
      async handle({ actor, caller }) {
        await refuseMoreWaysIn(access.auth, actor.accountId);
        await demandFresh(access, access.auth, actor);
        return optionsToAdd(access, actor, caller);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/me/passkeys',
      tag,
      summary: 'Keep the passkey that the browser has made',
      rule: half,
      body: Type.Object({ name: PasskeyName, credential: NewCredential }),
      response: NewRecoveryCodes,
      status: 201,
      problems: [...guesses, ...changes, 'already-there'],
      async handle({ actor, caller, body, ...ctx }) {
        await refuseMoreWaysIn(access.auth, actor.accountId);
        await demandFresh(access, access.auth, actor);
        const made = await judgeProof(access, proverOf({ ...ctx, actor, caller }), async (tx) => {
          const kept = await addPasskey(access, tx, actor, { caller, name: body.name, response: body.credential });
          if (!kept) return kept === null ? null : { there: true as const };
          await record(access, tx, actor.accountId, { action: 'access.passkey-added', subject: actor.accountId });
          await proved(access, tx, actor, 'passkey');
          return { recoveryCodes: await firstRecoveryCodes(access, tx, actor.accountId) };
        });
        if ('there' in made) throw new Problem('already-there', 'This passkey is registered already.');
        return made;
      },
    }),
    takingAway(access),
  ];
}

function takingAway(access: Access): Endpoint {
  return endpoint({
    method: 'DELETE',
    path: '/api/me/passkeys/:id',
    tag,
    summary: 'Take a passkey away; it opens nothing any more',
    rule: { may: 'signed-in' },
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    response: Type.Null(),
    status: 204,
    problems: ['not-found', ...changes],
    async handle({ actor, params }) {
      await access.auth.transaction().execute(async (tx) => {
        await demandFresh(access, tx, actor);
        if (!(await deletePasskey(tx, actor.accountId, params.id))) throw new Problem('not-found');
        await keepOne(tx, actor.accountId);
        await record(access, tx, actor.accountId, {
          action: 'access.passkey-removed',
          subject: actor.accountId,
          detail: { passkeyId: params.id },
        });
      });
      return null;
    },
  });
}
