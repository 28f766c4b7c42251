// SPDX-License-Identifier: AGPL-3.0-or-later
import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from 'node:crypto';

/** First byte of everything sealed, so that another way of sealing can be told apart one day. */
const sealedAs = 1;
const nonceBytes = 12,
  tagBytes = 16,
  step = 64;

/** What a sealed thing belongs to. It is not in the sealed bytes and must be the same at opening: a row moved to another person stays shut. */
export type Belonging =
  | { readonly table: 'identity' | 'identity_key'; readonly regionId: number; readonly personId: string }
  | { readonly table: 'own_id_key'; readonly keyId: string };

/** It was changed, cut, moved to another person, or sealed under another key. Says nothing of what is in it. */
export class SealBroken extends Error {
  constructor(belonging: Belonging) {
    const of = 'keyId' in belonging ? belonging.keyId : `${belonging.regionId}/${belonging.personId}`;
    super(`The ${belonging.table} of ${of} does not open: it was changed, or belongs to another key.`);
    this.name = 'SealBroken';
  }
}

// Node makes a cipher eight times faster from a key object than from bytes: measured in docs/decisions/0009-identity-vault.md. Its results as texts
// of bytes: a Buffer for each takes as long as what is in it.
export function sealBytes(key: KeyObject, plain: Buffer, belonging: Belonging): Buffer {
  const nonce = randomBytesOf(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aadOf(belonging));
  const whole = Buffer.allocUnsafe(1 + nonceBytes + plain.length + tagBytes);
  whole[0] = sealedAs;
  nonce.copy(whole, 1);
  whole.write(cipher.update(plain, undefined, 'latin1'), 1 + nonceBytes, 'latin1');
  cipher.final('latin1');
  cipher.getAuthTag().copy(whole, whole.length - tagBytes);
  return whole;
}

/** Throws SealBroken. */
export function openBytes(key: KeyObject, sealed: Buffer, belonging: Belonging): Buffer {
  if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== sealedAs) throw new SealBroken(belonging);
  const end = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
      .setAAD(aadOf(belonging))
      .setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(1 + nonceBytes, end));
    decipher.final();
    return plain;
  } catch {
    throw new SealBroken(belonging);
  }
}

/** Filled up to the next step, so that the length of what is kept says little about the length of a name. */
export function padded(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const whole = Buffer.alloc((Math.floor(length / step) + 1) * step);
  whole.write(text);
  whole[length] = 0x80;
  return whole;
}

export function unpadded(whole: Buffer): string {
  return whole.toString('utf8', 0, whole.lastIndexOf(0x80));
}

function aadOf(belonging: Belonging): Buffer {
  const of = 'keyId' in belonging ? belonging.keyId : `${belonging.regionId} ${belonging.personId.toLowerCase()}`;
  return Buffer.from(`waymark ${sealedAs} ${belonging.table} ${of}`);
}

let pool = Buffer.alloc(0),
  used = 0;

/** Random bytes drawn by the thousand: asking the system for a few at a time costs more than sealing. */
export function randomBytesOf(n: number): Buffer {
  if (used + n > pool.length) {
    pool = randomFillSync(Buffer.alloc(8192));
    used = 0;
  }
  const drawn = Buffer.from(pool.subarray(used, used + n));
  pool.fill(0, used, used + n);
  used += n;
  return drawn;
}
