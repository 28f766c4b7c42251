// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { countUnknownDigests } from '../vault/queries-own-ids.ts';
import { keyOf, lacking, type ErasureLists } from './lists.ts';
import { findLedger, findThere } from './queries-erasure.ts';

/** Whether nobody who was erased is in the register, and the ledger and every list name the same people. As the owner; changes nothing. */
export async function examineErasures(
  db: Kysely<unknown>,
  lists: ErasureLists,
): Promise<{ erased: number; wrong: string[]; notes: string[] }> {
  const ledger = await findLedger(db);
  const wrong: string[] = [],
    notes: string[] = [];
  const there = ledger.length === 0 ? [] : await findThere(db, ledger);
  if (there.length > 0) wrong.push(`${there.length} of those erased are in the register again: the next start erases them`);
  const inLedger = new Set(ledger.map(keyOf));
  for (const { path, lines, torn } of await lists.read()) {
    const inList = new Set(lines.map(keyOf));
    const [missing, more] = [
      [...inLedger].filter((key) => !inList.has(key)).length,
      [...inList].filter((key) => !inLedger.has(key)).length,
    ];
    const fewer = lacking(lines, ledger).length - missing;
    if (missing > 0) wrong.push(`${path} lacks ${missing} of those erased: the next start completes it`);
    if (fewer > 0) wrong.push(`${path} lacks by which lists ${fewer} of those erased were known: the next start completes it`);
    if (more > 0) wrong.push(`${path} names ${more} whom the ledger does not: the next start erases them`);
    if (torn > 0) notes.push(`${torn} lines of ${path} are cut off or changed and cannot be read`);
  }
  const { erased } = await countUnknownDigests(db);
  if (erased > 0) notes.push(`a list can bring back ${erased} of those erased: they were known to lists by a key that is not here`);
  return { erased: ledger.length, wrong, notes };
}
