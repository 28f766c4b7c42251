// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../../platform/server/endpoint.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import { readSources } from '../../domain/erasure-line.ts';
import { lastGroupOf } from '../../../platform/domain/record-number.ts';
import { ownIdKeys } from '../vault/queries-own-ids.ts';
import type { ErasureLists } from './lists.ts';
import { keyLine } from './own-id-lines.ts';
import { erasePerson, type Erased, type ErasureGround } from './queries-erasure.ts';

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
 * Erases one person, with every record joined to hers. `answer` is read before the lists outside are written, which is last of all: nothing that
 * could still fail comes between them and the end of the transaction. Problems: 'held', 'changed-meanwhile', 'erasure-not-noted'.
 */
export async function erase<T>(
  { tx, now, actorId, audit }: Erasing,
  lists: ErasureLists,
  key: PersonKey,
  ground: ErasureGround,
  answer: () => Promise<T>,
): Promise<T> {
  const { requestId } = ground;
  const gone = await erasePerson(tx, key, ground, now);
  if (gone.length === 0) throw new Problem('not-found', 'There is no such record.');
  for (const { personId, counts } of gone) await audit({ action: 'erasure.done', subject: personId, detail: { ...counts, requestId } });
  const said = await answer();
  await note(tx, lists, gone, { now, actorId, requestId });
  return said;
}

/** Puts whom this transaction erased into the lists outside, with the digests by which lists of others knew her, and what these are made by. */
export async function note(
  tx: Tx,
  lists: ErasureLists,
  gone: readonly Erased[],
  { now, actorId, requestId }: { readonly now: Date; readonly actorId: string; readonly requestId: string | null },
): Promise<void> {
  const lines = gone.map(({ regionId, personId, sources }) => ({
    regionId,
    personId,
    erasedAt: now.toISOString(),
    requestId,
    orderedBy: actorId,
    sources: readSources(sources) ?? [],
  }));
  const used = new Set(lines.flatMap(({ sources }) => sources.map(({ keyId }) => keyId)));
  const keys = used.size === 0 ? [] : (await ownIdKeys(tx)).filter(({ keyId }) => used.has(keyId));
  await lists.append(lines, keys.map(keyLine));
}
