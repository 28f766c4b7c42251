// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { insertSpent } from './queries-proofs.ts';

const lastsSeconds = 5 * 60;
const nonceBytes = 16,
  timeBytes = 6;

/**
 * A challenge that says itself what it is for and until when, signed: asking for millions of them fills no table. Only those that were
 * answered are written down, so that none is answered twice. `purpose` names the act and the session it belongs to.
 */
export function makeChallenge(key: Buffer, purpose: string, now: Date): Buffer {
  const head = Buffer.alloc(nonceBytes + timeBytes);
  randomBytes(nonceBytes).copy(head);
  head.writeUIntBE(Math.floor(now.getTime() / 1000) + lastsSeconds, nonceBytes, timeBytes);
  return Buffer.concat([head, signature(key, purpose, head)]);
}

/** Whether this challenge is ours, for this, and still good; spends it. Whoever calls it in vain has lost the challenge all the same. */
export async function spendChallenge(tx: Tx, key: Buffer, purpose: string, challenge: string, now: Date): Promise<boolean> {
  const bytes = Buffer.from(challenge, 'base64url'),
    head = bytes.subarray(0, nonceBytes + timeBytes),
    given = bytes.subarray(nonceBytes + timeBytes);
  const wanted = signature(key, purpose, head);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
  const until = new Date(head.readUIntBE(nonceBytes, timeBytes) * 1000);
  if (until.getTime() < now.getTime()) return false;
  return insertSpent(tx, createHash('sha256').update(bytes).digest(), until);
}

function signature(key: Buffer, purpose: string, head: Buffer): Buffer {
  return createHmac('sha256', key).update(purpose).update('\0').update(head).digest();
}
