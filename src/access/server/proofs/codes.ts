// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt, timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { bareAppCode, bareRecoveryCode, makeRecoveryCode, recoveryCodesInSet } from '../../domain/recovery-code.ts';
import type { Access } from '../access.ts';
import { recoveryDigest, seal, unseal } from './keys.ts';
import {
  countRecoveryCodes,
  findRecoveryCodeUse,
  findTotp,
  hasWholeSetSince,
  putTotp,
  replaceRecoveryCodes,
  spendRecoveryCode,
  spendStep,
} from './queries-proofs.ts';

const stepsOff = 1; // a phone's clock may be half a minute off

/** The step of a right code of the app; null for any other. */
export function stepOf(secret: Secret, code: string, now: Date): number | null {
  const timestamp = now.getTime(),
    bare = bareAppCode(code);
  const off = bare === null ? null : TOTP.validate({ token: bare, secret, timestamp, window: stepsOff });
  return off === null ? null : TOTP.counter({ timestamp }) + off;
}

/** What an authenticator app is shown, as a picture or to type. */
export function appAddress(secret: Secret, userName: string): string {
  return new TOTP({ issuer: 'Waymark', label: userName, secret }).toString();
}

/** Spends a code of the app, or one of the recovery codes; tells which it was. Null: neither, or used before. */
export async function spendCode(access: Access, tx: Tx, accountId: string, typed: string): Promise<'totp' | 'recovery' | null> {
  if (bareAppCode(typed) !== null) return (await spendAppCode(access, tx, accountId, typed)) ? 'totp' : null;
  return (await spendPaperCode(access, tx, accountId, typed)) ? 'recovery' : null;
}

async function spendAppCode(access: Access, tx: Tx, accountId: string, typed: string): Promise<boolean> {
  const stored = await findTotp(tx, accountId);
  // Sealed with another session secret (a data folder that was lost): as good as none; an administrator can take it away.
  const plain = stored && unseal(access.keys.app, stored.sealed, accountId);
  if (!plain) return false;
  const step = stepOf(secretOf(plain), typed, access.now());
  return step !== null && spendStep(tx, accountId, step, access.now());
}

export async function spendPaperCode(access: Access, tx: Tx, accountId: string, typed: string): Promise<boolean> {
  const bare = bareRecoveryCode(typed);
  return bare !== null && spendRecoveryCode(tx, accountId, recoveryDigest(access.keys, accountId, bare), access.now());
}

/** When this code was spent, if it is the last one of the app that was, or one of the recovery codes. */
export async function spentAt(access: Access, tx: Tx, accountId: string, typed: string): Promise<Date | null> {
  if (bareAppCode(typed) !== null) {
    const stored = await findTotp(tx, accountId);
    const plain = stored && unseal(access.keys.app, stored.sealed, accountId);
    return stored?.usedAt && plain && stepOf(secretOf(plain), typed, stored.usedAt) === stored.lastStep ? stored.usedAt : null;
  }
  const bare = bareRecoveryCode(typed);
  return bare === null ? null : findRecoveryCodeUse(tx, accountId, recoveryDigest(access.keys, accountId, bare));
}

export async function keepApp(access: Access, tx: Tx, accountId: string, secret: Secret, step: number): Promise<void> {
  await putTotp(tx, { accountId, sealed: seal(access.keys.app, Buffer.from(secret.bytes), accountId), step, now: access.now() });
}

export function secretOf(bytes: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer });
}

/** A new set, to be shown once; those before it are worth nothing any more. */
export async function makeRecoveryCodes(access: Access, tx: Tx, accountId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodesInSet }, () => makeRecoveryCode(randomInt));
  await replaceRecoveryCodes(
    tx,
    accountId,
    codes.map((code) => recoveryDigest(access.keys, accountId, code.replace('-', ''))),
    access.now(),
  );
  return codes;
}

/** When this very app was set up; null where it is not the one that proves. */
export async function madeWith(access: Access, tx: Tx, accountId: string, secret: Secret): Promise<Date | null> {
  const stored = await findTotp(tx, accountId);
  const plain = stored && unseal(access.keys.app, stored.sealed, accountId);
  return plain && timingSafeEqual(plain, Buffer.from(secret.bytes)) ? stored.madeAt : null;
}

/** The codes that came with an app whose answer was lost: nobody has seen them, so they are made once more. Null where none came with it. */
export async function recoveryCodesAgain(access: Access, tx: Tx, accountId: string, since: Date): Promise<string[] | null> {
  return (await hasWholeSetSince(tx, accountId, since)) ? makeRecoveryCodes(access, tx, accountId) : null;
}

/** With the first second proof comes the paper for the day it is lost. */
export async function firstRecoveryCodes(access: Access, tx: Tx, accountId: string): Promise<string[] | null> {
  return (await countRecoveryCodes(tx, accountId)) > 0 ? null : makeRecoveryCodes(access, tx, accountId);
}
