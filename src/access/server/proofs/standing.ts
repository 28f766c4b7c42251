// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../../platform/domain/actor.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Ctx, Tx } from '../../../platform/server/endpoint.ts';
import type { SecondProof } from '../../domain/proof.ts';
import { asksProof, isFresh } from '../../domain/second-proof.ts';
import type { Access } from '../access.ts';
import { findSignedIn } from '../queries.ts';
import { findState, noteProved } from '../queries-sessions.ts';
import { record } from '../sign-in.ts';
import type { Prover } from './judge.ts';
import { countRecoveryCodes, findTotp, listPasskeys, readPolicy } from './queries-proofs.ts';

/** The session a request came with; every gated request has one. */
export function sessionOf({ sessionId }: Actor): string {
  if (sessionId === undefined) throw new Problem('not-signed-in');
  return sessionId;
}

export function proverOf({ actor, caller }: Pick<Ctx, 'actor' | 'caller'>): Prover {
  return { accountId: actor.accountId, userName: actor.userName, address: caller.address };
}

/** What she has to prove herself with. Before she has proved anything the names of her keys stay hers. */
export async function standingOf(access: Access, actor: Actor): Promise<SecondProof> {
  const [totp, keys] = [await findTotp(access.auth, actor.accountId), await listPasskeys(access.auth, actor.accountId)];
  return {
    missing: actor.missing ?? null,
    asked: await isAsked(access.auth, actor.accountId),
    app: totp !== null,
    appMadeAt: actor.missing === 'proof' ? null : (totp?.madeAt.toISOString() ?? null),
    passkeyCount: keys.length,
    passkeys:
      actor.missing === 'proof'
        ? []
        : keys.map(({ passkeyId, name, madeAt, usedAt }) => ({
            passkeyId,
            name,
            madeAt: madeAt.toISOString(),
            usedAt: usedAt?.toISOString() ?? null,
          })),
    recoveryCodesLeft: await countRecoveryCodes(access.auth, actor.accountId),
    fresh: isFresh(await findState(access.auth, sessionOf(actor)), totp !== null || keys.length > 0, access.now()),
  };
}

async function isAsked(auth: Tx, accountId: string): Promise<boolean> {
  const [found, { policy, demo }] = [await findSignedIn(auth, accountId), await readPolicy(auth)];
  return found?.posts.some(({ role }) => asksProof(role, policy, demo)) ?? false;
}

/**
 * Whether what proves may be changed now: by somebody who proved it minutes ago, so that a session found open, or a stolen one, cannot
 * take an account over. Throws Problem `second-proof-needed` or `fresh-proof-needed`.
 */
export async function demandFresh(access: Access, tx: Tx, actor: Actor): Promise<void> {
  const hasFactor = await hasAny(tx, actor.accountId);
  if (actor.missing === 'proof' || (actor.missing && hasFactor)) throw new Problem('second-proof-needed');
  if (!isFresh(await findState(tx, sessionOf(actor)), hasFactor, access.now())) throw new Problem('fresh-proof-needed');
}

async function hasAny(tx: Tx, accountId: string): Promise<boolean> {
  return (await findTotp(tx, accountId)) !== null || (await listPasskeys(tx, accountId)).length > 0;
}

/** Refuses where the role asks for a second proof and nothing would be left of it. */
export async function keepOne(tx: Tx, accountId: string): Promise<void> {
  if (await hasAny(tx, accountId)) return;
  if (await isAsked(tx, accountId))
    throw new Problem('not-allowed', 'Your work asks for a second proof: set up another one before you take this one away.');
}

/** The session is whole from now on, and what proves may be changed for some minutes. */
export async function proved(access: Access, tx: Tx, actor: Actor, how: 'totp' | 'passkey' | 'recovery'): Promise<void> {
  await noteProved(tx, sessionOf(actor), how, access.now());
  await record(access, tx, actor.accountId, { action: 'access.second-proof', subject: actor.accountId, detail: { how } });
}
