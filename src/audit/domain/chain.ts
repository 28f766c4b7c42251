// SPDX-License-Identifier: AGPL-3.0-or-later
import { digestOf, noSeal, sealText, type EntryDigest, type Hash, type Seal, type SealedEntry } from './seal.ts';

/** What is wrong with one seal of the chain. */
export type ChainFault =
  | { readonly kind: 'gap'; readonly sealNo: number; readonly expected: number }
  | { readonly kind: 'cut'; readonly sealNo: number }
  | { readonly kind: 'gone'; readonly sealNo: number; readonly entryId: string }
  | { readonly kind: 'changed'; readonly sealNo: number };

export type Link = Pick<Seal, 'sealNo' | 'digest'>;

/**
 * Checks one seal against the one before it and against the entries it is over. Walked from the first seal to the last, this finds every entry and every
 * seal that was changed, taken away, added or put in another place; only what is missing at the very end it cannot know (head.ts does).
 */
export function checkSeal(hash: Hash, before: Link | null, seal: Seal, entries: ReadonlyMap<string, SealedEntry>): readonly ChainFault[] {
  const { sealNo } = seal;
  const expected = (before?.sealNo ?? 0) + 1;
  if (sealNo !== expected) return [{ kind: 'gap', sealNo, expected }];
  if (seal.previous !== (before?.digest ?? noSeal)) return [{ kind: 'cut', sealNo }];
  const digests: EntryDigest[] = [];
  for (const entryId of seal.entryIds) {
    const entry = entries.get(entryId);
    if (!entry) return [{ kind: 'gone', sealNo, entryId }];
    digests.push(digestOf(hash, entry));
  }
  return hash(sealText(seal, digests)) === seal.digest ? [] : [{ kind: 'changed', sealNo }];
}
