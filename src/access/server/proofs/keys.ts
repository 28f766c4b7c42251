// SPDX-License-Identifier: AGPL-3.0-or-later
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Keys made from the session secret, one a purpose, so that no use of one tells anything of another. */
export interface ProofKeys {
  readonly app: Buffer;
  readonly recovery: Buffer;
  readonly challenge: Buffer;
  readonly ticket: Buffer;
}

export function proofKeys(secret: string): ProofKeys {
  const key = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, 'waymark second proof', purpose, 32));
  return { app: key('authenticator app'), recovery: key('recovery code'), challenge: key('challenge'), ticket: key('ticket') };
}

const nonceBytes = 12,
  tagBytes = 16;

/** AES-256-GCM. `bound` says whose it is: what was sealed for one account opens for no other. */
export function seal(key: Buffer, content: Buffer, bound: string): Buffer {
  const nonce = randomBytes(nonceBytes),
    cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Null where it was sealed with another key, for somebody else, or changed since. */
export function unseal(key: Buffer, sealed: Buffer, bound: string): Buffer | null {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
    .setAAD(Buffer.from(bound))
    .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}

/** What is kept of a recovery code: worthless without the key, and different for each account. */
export function recoveryDigest(keys: ProofKeys, accountId: string, bareCode: string): Buffer {
  return createHmac('sha256', keys.recovery).update(`${accountId}\0${bareCode}`).digest();
}
