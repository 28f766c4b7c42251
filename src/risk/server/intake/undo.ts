// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportKind } from '../../../places/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import { markBatchUndone } from '../queries-area-stats.ts';
import { listWaitingHouseholds } from '../queries-follow.ts';
import { findLiveInstruments, holdInstruments } from '../queries-instruments.ts';
import { planForMany } from '../queries-plan.ts';
import { lockInstrument } from '../queries.ts';
import { rescoreBatch } from '../rescore.ts';
import { takePeopleBack, type TakenBack } from './queries-people.ts';

type Args = Parameters<ImportKind['undo']>[0];

/**
 * Takes an import of people or of a later round back. Its answers count no more; the people it brought go, and with them the keys of who they
 * are, unless something else hangs on them since: those stay, and the counts say how many and why.
 */
export async function undoPeople({ tx, batchId, actor, now }: Args, kind: 'people' | 'observations'): Promise<Record<string, number>> {
  await planForMany(tx);
  await holdInstruments(tx);
  for (const { code } of await findLiveInstruments(tx, 'person')) await lockInstrument(tx, code);
  await markBatchUndone(tx, batchId, actor.accountId);
  const back = kind === 'people' ? await removed(tx, batchId) : null;
  const rescored = await rescoreBatch(tx, batchId, now);
  await listWaitingHouseholds(tx);
  return { ...back, rescored };
}

async function removed(tx: Args['tx'], batchId: string): Promise<TakenBack> {
  try {
    return await takePeopleBack(tx, batchId);
  } catch (error) {
    const { code, table } = error as { code?: string; table?: string };
    if (code !== '23503') throw error;
    throw new Problem(
      'changed-meanwhile',
      `This import cannot be undone: later records (${table ?? 'others'}) speak of its people. Take those back first.`,
      {
        cause: error,
      },
    );
  }
}
