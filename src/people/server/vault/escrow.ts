// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomBytes } from 'node:crypto';
import { Refusal, exitCode } from '../../../platform/server/refusal.ts';
import { divideSecret, joinShares } from '../../domain/shamir.ts';
import { readShare, writeShare, type KeyShare } from './key-text.ts';
import { MasterKey } from './master-key.ts';

/** One line for each keeper; any `needed` of them give the key back. */
export function divideKey(key: MasterKey, division: { readonly count: number; readonly needed: number }): string[] {
  return key.withBytes((bytes) =>
    divideSecret(bytes, division, (n) => randomBytes(n)).map((share) => writeShare({ ...share, id: key.id, needed: division.needed })),
  );
}

/** The key of these lines. Refuses too few of them, one of another key, and one that is mistyped. */
export function joinKey(lines: readonly string[]): MasterKey {
  const refuse = (why: string): never => {
    throw new Refusal(why, { exitCode: exitCode.refused });
  };
  const shares = lines.map(readShare).filter((share): share is KeyShare => share !== null);
  const [first] = shares;
  if (!first) return refuse('There is no share among these lines: each begins with WAYMARK-SHARE-1.');
  if (shares.some(({ id }) => id !== first.id))
    return refuse('These shares are not all of one key: the first eight letters must be the same.');
  const unlike = [...new Map(shares.map((share) => [share.number, share])).values()];
  if (unlike.length < first.needed)
    return refuse(`${first.needed} different shares of the key ${first.id} are needed, and there are ${unlike.length}.`);
  const key = MasterKey.of(Buffer.from(joinShares(unlike.slice(0, first.needed))));
  return key.id === first.id ? key : refuse('These shares do not give the key back: they come from two different divisions of it.');
}
