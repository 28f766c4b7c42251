// SPDX-License-Identifier: AGPL-3.0-or-later

/** By which keyed digest a list of somebody else's knew her (server/vault/own-ids.ts). */
export interface ErasedSource {
  readonly keyId: string;
  /** Hexadecimal. */
  readonly digest: string;
}

/** One erased person in a list beside the database. Ids and keyed digests only: a list may lie where the names may not. */
export interface ErasureLine {
  readonly regionId: number;
  readonly personId: string;
  readonly erasedAt: string;
  readonly requestId: string | null;
  readonly orderedBy: string;
  readonly sources: readonly ErasedSource[];
}

/** The key of such digests, wrapped: without it a list would say nothing of whom it keeps out, where a backup is older than the key. */
export interface OwnIdKeyLine {
  readonly keyId: string;
  readonly masterKeyId: string;
  /** Of the master key; and the wrapped key: both hexadecimal. */
  readonly checkValue: string;
  readonly wrapped: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const keyNumber = /^[0-9A-Z]{8}$/;
const source = /^([0-9A-Z]{8}):([0-9a-f]{32})$/;

/** FNV-1a: tells a line that was cut off or mistyped from a whole one. Nobody is kept from forging one; whoever can write here can do worse. */
function check(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const line = (...words: readonly (string | number)[]): string => `${words.join(' ')} ${check(words.join(' '))}`;

/** The words of a line of this kind; null where it is another, or not whole. */
function wordsOf(text: string, kind: string): string[] | null {
  const at = text.lastIndexOf(' ');
  const [first, ...words] = text.slice(0, at).split(' ');
  return first === kind && check(text.slice(0, at)) === text.slice(at + 1) ? words : null;
}

export function erasureText({ regionId, personId, erasedAt, requestId, orderedBy, sources }: ErasureLine): string {
  const known = sources.map(({ keyId, digest }) => `${keyId}:${digest}`).join(',');
  return line('WAYMARK-ERASED-1', regionId, personId, erasedAt, requestId ?? '-', encodeURIComponent(orderedBy), ...(known ? [known] : []));
}

/** Null where the line is not whole, or none of this kind. */
export function readErasure(text: string): ErasureLine | null {
  const words = wordsOf(text, 'WAYMARK-ERASED-1');
  if (!words) return null;
  const [region = '', personId = '', erasedAt = '', request = '', by = '', known, more] = words;
  if (more !== undefined || !/^\d{1,9}$/.test(region) || !uuid.test(personId)) return null;
  if (Number.isNaN(Date.parse(erasedAt)) || (request !== '-' && !uuid.test(request))) return null;
  const sources = known === undefined ? [] : readSources(known.split(','));
  if (!sources) return null;
  const requestId = request === '-' ? null : request;
  return { regionId: Number(region), personId, erasedAt, requestId, orderedBy: decodeURIComponent(by), sources };
}

/** Of `KEY:digest` each; null where one is none. */
export function readSources(texts: readonly string[]): ErasedSource[] | null {
  const read = texts.map((text) => source.exec(text));
  return read.includes(null) ? null : read.map((found) => ({ keyId: found![1]!, digest: found![2]! }));
}

export function ownIdKeyText({ keyId, masterKeyId, checkValue, wrapped }: OwnIdKeyLine): string {
  return line('WAYMARK-OWN-IDS-1', keyId, masterKeyId, checkValue, wrapped);
}

/** Null where the line is not whole, or none of this kind. */
export function readOwnIdKey(text: string): OwnIdKeyLine | null {
  const words = wordsOf(text, 'WAYMARK-OWN-IDS-1');
  if (!words) return null;
  const [keyId = '', masterKeyId = '', checkValue = '', wrapped = '', more] = words;
  if (more !== undefined || !keyNumber.test(keyId) || !keyNumber.test(masterKeyId)) return null;
  return /^[0-9a-f]{32}$/.test(checkValue) && /^[0-9a-f]{122}$/.test(wrapped) ? { keyId, masterKeyId, checkValue, wrapped } : null;
}
