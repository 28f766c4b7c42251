// SPDX-License-Identifier: AGPL-3.0-or-later
import { seal, unseal } from '../proofs/keys.ts';
import type { Errand } from './provider.ts';

/** On the way to the other service and back: what the answer must fit, and for whom it is where somebody links her account. */
export interface Journey extends Errand {
  readonly until: number;
  readonly link: { readonly accountId: string; readonly sessionId: string } | null;
}

const name = 'waymark.errand';
const path = '/api/auth/oidc';
export const journeyMinutes = 10;

/**
 * Sealed, so that nobody reads or changes it. Lax and not strict: the answer comes by a link from the other site, and a strict cookie
 * would stay at home.
 */
export function journeyCookie(key: Buffer, journey: Journey, secure: boolean): string {
  const value = seal(key, Buffer.from(JSON.stringify(journey)), name).toString('base64url');
  return `${name}=${value}; Max-Age=${journeyMinutes * 60}; ${attributes(secure)}`;
}

export function endOfJourney(secure: boolean): string {
  return `${name}=; Max-Age=0; ${attributes(secure)}`;
}

function attributes(secure: boolean): string {
  return `Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** Null where there is none, it is not ours, or it took too long. */
export function readJourney(key: Buffer, header: string | undefined, now: Date): Journey | null {
  const pair = (header ?? '')
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`));
  const plain = pair ? unseal(key, Buffer.from(pair.slice(name.length + 1), 'base64url'), name) : null;
  const journey = plain ? (JSON.parse(plain.toString()) as Journey) : null;
  return journey && journey.until >= now.getTime() ? journey : null;
}
