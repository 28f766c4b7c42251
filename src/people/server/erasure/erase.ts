// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../../platform/server/endpoint.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import { lastGroupOf } from '../../../platform/domain/record-number.ts';
import type { ErasureLists } from './lists.ts';
import { erasePerson, type Erased } from './queries-erasure.ts';

export interface Erasing {
  readonly tx: Tx;
  readonly now: Date;
  readonly actorId: string;
  audit(entry: AuditEntry): Promise<void>;
}

/** What cannot be undone is typed once more: the number of the record. */
export function refuseOtherNumber(typed: string, { personId }: PersonKey): void {
  if (lastGroupOf(typed) !== personId.slice(-12)) throw new Problem('bad-input', 'number: that is not the number of this record.');
}

/**
 * Erases one person, with every record joined to hers. What follows in the transaction must not fail: the lists outside are written last.
 * Problems: 'held', 'changed-meanwhile', 'erasure-not-noted'.
 */
export async function erase(
  { tx, now, actorId, audit }: Erasing,
  lists: ErasureLists,
  key: PersonKey,
  requestId: string | null,
): Promise<void> {
  const gone = await erasePerson(tx, key, requestId, now);
  if (gone.length === 0) throw new Problem('not-found', 'There is no such record.');
  for (const { personId, counts } of gone) await audit({ action: 'erasure.done', subject: personId, detail: { ...counts, requestId } });
  await note(lists, gone, { now, actorId, requestId });
}

export async function note(
  lists: ErasureLists,
  gone: readonly Erased[],
  { now, actorId, requestId }: { readonly now: Date; readonly actorId: string; readonly requestId: string | null },
): Promise<void> {
  await lists.append(
    gone.map(({ regionId, personId }) => ({ regionId, personId, erasedAt: now.toISOString(), requestId, orderedBy: actorId })),
  );
}
