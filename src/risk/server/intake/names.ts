// SPDX-License-Identifier: AGPL-3.0-or-later
import { keyToSealWith, putImported, SealingThread, type MasterKey, type ToSeal } from '../../../people/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Table } from '../../../platform/server/tabular.ts';
import type { PeopleMapping } from '../../domain/people-mapping.ts';
import { fresh } from './gathered.ts';
import { identityOf } from './identity.ts';
import { identityExpressions } from './mapping.ts';
import { indexCodes } from './queries-people.ts';
import type { FileWriting, WriteContext } from './write.ts';

/**
 * Writes who the new people of the file are, each as soon as she is written herself: names are read a second time, so that none is held until
 * every row is checked. Answers with how many were named.
 */
export async function writeNames(ctx: WriteContext, table: Table, writing: FileWriting): Promise<number> {
  const { tx, batchId, mapping, vault } = ctx;
  if (mapping.kind !== 'people' || !vault || Object.keys(identityExpressions(mapping)).length === 0) return 0;
  const key = await keyToSealWith(tx, vault);
  const thread = new SealingThread(vault, key, mapping.country);
  try {
    const named = await sealAndPut(ctx, blocksOf(ctx, mapping, table, writing), thread, key);
    if (named > 0) await indexCodes(tx, batchId);
    return named;
  } finally {
    await thread.close();
  }
}

/** How many are sealed, and written, at once. */
const step = 5_000;

/** One block is read, another sealed and a third one written at the same time. */
async function sealAndPut(
  { tx, batchId, signal }: WriteContext,
  blocks: AsyncIterable<ToSeal[]>,
  thread: SealingThread,
  key: MasterKey,
): Promise<number> {
  let named = 0,
    before: Promise<void> = Promise.resolve();
  const sealedAndPut = async (people: readonly ToSeal[], earlier: Promise<void>): Promise<void> => {
    const sealed = thread.seal(people);
    sealed.catch(() => {});
    await earlier;
    if (signal.aborted) throw new Problem('cancelled');
    await putImported(tx, batchId, key, await sealed);
    named += people.length;
  };
  try {
    for await (const people of blocks) {
      const earlier = before;
      before = sealedAndPut(people, earlier);
      before.catch(() => {});
      await earlier;
    }
  } finally {
    // Nothing may still be under way when the transaction ends, however it ends; and where it went wrong, that is why.
    await before;
  }
  return named;
}

async function* blocksOf({ gathered }: WriteContext, mapping: PeopleMapping, table: Table, writing: FileWriting): AsyncGenerator<ToSeal[]> {
  let block: ToSeal[] = [],
    i = 0;
  for await (const batch of (await table.query(identityExpressions(mapping))).rows) {
    const written = await writing.until(Math.min(gathered.count, i + batch.length));
    for (const { row, values } of batch) {
      if (gathered.rows[i] !== row || i >= gathered.count) continue;
      const at = i++;
      if (gathered.dropped[at] || gathered.known[at] !== fresh) continue;
      const identity = identityOf(mapping, values);
      if (identity) block.push([written.people.regionOf(at), written.people.idOf(at)!, identity]);
      if (block.length < step) continue;
      yield block;
      block = [];
    }
  }
  if (block.length > 0) yield block;
}
