// SPDX-License-Identifier: AGPL-3.0-or-later

/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. Handed in: this floor has no Node and no browser to ask. */
export type Hash = (text: string) => string;

/** An entry of the record of use, every field as text exactly as the database states it, so that nothing is lost on the way to a digest. */
export interface SealedEntry {
  readonly entryId: string;
  /** `2026-11-22T04:30:00.123456Z`: to the microsecond, in UTC. */
  readonly at: string;
  readonly actorId: string;
  readonly action: string;
  readonly placeId: string | null;
  readonly subject: string | null;
  /** The database's own text of its JSON: keys in its fixed order, numbers with all their digits. */
  readonly detail: string;
}

export interface EntryDigest {
  readonly entryId: string;
  readonly digest: string;
}

/** A seal as it is kept: which entries, in which order, and the digest that binds them to all seals before. */
export interface Seal {
  readonly sealNo: number;
  /** The digest of the seal before; `noSeal` under the first. */
  readonly previous: string;
  readonly sealedAt: string;
  readonly entryIds: readonly string[];
  readonly digest: string;
}

/** What the first seal follows. */
export const noSeal = '0'.repeat(64);

/** What an entry's digest is made of. A JSON array of texts and nulls: fields of fixed order that cannot run into one another. */
export function entryText({ entryId, at, actorId, action, placeId, subject, detail }: SealedEntry): string {
  return JSON.stringify(['waymark entry 1', entryId, at, actorId, action, placeId, subject, detail]);
}

/** What a seal's digest is made of: its number, the digest before, when, and each entry with its own digest. */
export function sealText(
  { sealNo, previous, sealedAt }: Pick<Seal, 'sealNo' | 'previous' | 'sealedAt'>,
  entries: readonly EntryDigest[],
): string {
  return JSON.stringify(['waymark seal 1', sealNo, previous, sealedAt, entries.map(({ entryId, digest }) => [entryId, digest])]);
}

export function digestOf(hash: Hash, entry: SealedEntry): EntryDigest {
  return { entryId: entry.entryId, digest: hash(entryText(entry)) };
}

/** The seal that follows `last` over these entries, in this order. */
export function sealAfter(
  hash: Hash,
  last: Pick<Seal, 'sealNo' | 'digest'> | null,
  sealedAt: string,
  entries: readonly SealedEntry[],
): Seal {
  const open = { sealNo: (last?.sealNo ?? 0) + 1, previous: last?.digest ?? noSeal, sealedAt };
  const digests = entries.map((entry) => digestOf(hash, entry));
  return { ...open, entryIds: digests.map(({ entryId }) => entryId), digest: hash(sealText(open, digests)) };
}
