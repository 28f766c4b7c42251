// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Actor, Caller } from '../../../platform/domain/actor.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { CredentialProof, NewCredential } from '../../domain/proof.ts';
import type { Access } from '../access.ts';
import { record } from '../sign-in.ts';
import { makeChallenge, spendChallenge } from './challenge.ts';
import { findPasskey, insertPasskey, listPasskeys, usePasskey, type StoredPasskey } from './queries-proofs.ts';
import { sessionOf } from './standing.ts';

type Options = Record<string, unknown>;

/** Keys are bound to the name of the site, never to a port or a path. */
const siteOf = ({ origin }: Caller): string => new URL(origin).hostname;
const transportsOf = ({ transports }: StoredPasskey) => ({ transports: [...transports] });
const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);

const adding = (actor: Actor): string => `add a passkey to session ${sessionOf(actor)}`;
const proving = (actor: Actor): string => `prove session ${sessionOf(actor)}`;
const signingIn = 'sign in by passkey';

export async function optionsToAdd(access: Access, actor: Actor, caller: Caller): Promise<Options> {
  const known = await listPasskeys(access.auth, actor.accountId);
  const options = await generateRegistrationOptions({
    rpName: 'Waymark',
    rpID: siteOf(caller),
    userName: actor.userName,
    userDisplayName: actor.displayName,
    userID: new TextEncoder().encode(actor.accountId),
    challenge: bytesOf(makeChallenge(access.keys.challenge, adding(actor), access.now())),
    attestationType: 'none', // who made the device is nobody's business
    excludeCredentials: known.map((key) => ({ id: key.credentialId, ...transportsOf(key) })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
  return { ...options };
}

/** Keeps the key that this browser has just made. Null: it is not what was asked for; false: it is registered already. */
export async function addPasskey(
  access: Access,
  tx: Tx,
  actor: Actor,
  { caller, name, response }: { caller: Caller; name: string; response: NewCredential },
): Promise<boolean | null> {
  const answer = await verified(() =>
    verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: (challenge) => spendChallenge(tx, access.keys.challenge, adding(actor), challenge, access.now()),
      expectedOrigin: caller.origin,
      expectedRPID: siteOf(caller),
      requireUserVerification: false,
    }),
  );
  if (!answer?.verified) return null;
  const { credential } = answer.registrationInfo;
  return insertPasskey(tx, {
    passkeyId: access.newId(),
    accountId: actor.accountId,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: [...(credential.transports ?? [])],
    name,
    madeAt: access.now(),
  });
}

/** For the second proof: any of her keys, touched. */
export async function optionsToProve(access: Access, actor: Actor, caller: Caller): Promise<Options> {
  const known = await listPasskeys(access.auth, actor.accountId);
  const options = await generateAuthenticationOptions({
    rpID: siteOf(caller),
    challenge: bytesOf(makeChallenge(access.keys.challenge, proving(actor), access.now())),
    allowCredentials: known.map((key) => ({ id: key.credentialId, ...transportsOf(key) })),
    userVerification: 'preferred',
  });
  return { ...options };
}

/** For coming in without a password: the device says whose key it is, and asks her finger, face or PIN first. */
export async function optionsToSignIn(access: Access, caller: Caller): Promise<Options> {
  const options = await generateAuthenticationOptions({
    rpID: siteOf(caller),
    challenge: bytesOf(makeChallenge(access.keys.challenge, signingIn, access.now())),
    userVerification: 'required',
  });
  return { ...options };
}

interface Given {
  readonly caller: Caller;
  readonly response: CredentialProof;
}

export async function provePasskey(access: Access, tx: Tx, actor: Actor, given: Given): Promise<boolean> {
  const key = await checkKey(access, tx, given, proving(actor), actor.accountId);
  return key !== null;
}

/** Whose key it is. The key itself stands for her password and her second proof, so it must have verified her. */
export async function signInPasskey(access: Access, tx: Tx, given: Given): Promise<StoredPasskey | null> {
  return checkKey(access, tx, given, signingIn, null);
}

/** `owner`: whose key it must be; null takes anybody's whose device verified her. */
async function checkKey(access: Access, tx: Tx, given: Given, purpose: string, owner: string | null): Promise<StoredPasskey | null> {
  const { caller, response } = given;
  const key = await findPasskey(tx, response.id);
  if (!key || (owner !== null && key.accountId !== owner)) return null;
  const handle = response.response.userHandle;
  if (owner === null && handle && Buffer.from(handle, 'base64url').toString() !== key.accountId) return null;
  const answer = await verified(() =>
    verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: (challenge) => spendChallenge(tx, access.keys.challenge, purpose, challenge, access.now()),
      expectedOrigin: caller.origin,
      expectedRPID: siteOf(caller),
      // The counter is judged below, where what it tells is written down.
      credential: { id: key.credentialId, publicKey: bytesOf(key.publicKey), counter: 0 },
      requireUserVerification: owner === null,
    }),
  );
  if (!answer?.verified) return null;
  const { newCounter } = answer.authenticationInfo;
  if (newCounter <= key.counter && (newCounter > 0 || key.counter > 0)) {
    await record(access, tx, key.accountId, {
      action: 'access.passkey-refused',
      subject: key.accountId,
      detail: { passkeyId: key.passkeyId, reason: 'counter' },
    });
    return null;
  }
  await usePasskey(tx, key.passkeyId, newCounter, access.now());
  return key;
}

/** The library throws for everything that is not as it should be; for us it is one refusal. */
async function verified<T>(check: () => Promise<T>): Promise<T | null> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)) throw error; // the database's
    return null;
  }
}
