// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { Problem } from '../../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../../platform/server/endpoint.ts';
import { adoptOwnIdKeys, ownIdKeysOfErased } from '../vault/queries-own-ids.ts';
import { keyOf, readList, together, type ErasureLists } from './lists.ts';
import { keyLine, keyOfLine } from './own-id-lines.ts';
import { eraseAgain, findLedger, findThere, insertLedger } from './queries-erasure.ts';

export interface Replayed {
  /** Different people in the lists and the ledger together. */
  readonly known: number;
  /** Were in the register again, and are no more. */
  readonly again: number;
  /** A hold placed since keeps them. */
  readonly held: number;
  /** Lines that cannot be read, by list. */
  readonly torn: readonly { readonly path: string; readonly lines: number }[];
  /** How many lists there were to read. */
  readonly lists: number;
  /** Lists that are not there although somebody was erased. */
  readonly missing: readonly string[];
  /** Keys of digests of another master key than this database's: a list can bring back whoever is kept out by them. */
  readonly otherKeys: readonly string[];
}

export interface ReplayOptions {
  /** As the owner. */
  readonly db: Kysely<unknown>;
  readonly lists: ErasureLists;
  /** Another list, such as one that was kept with a copy of the key. */
  readonly more?: string | undefined;
  readonly now: Date;
  writeDown(tx: Tx, entry: AuditEntry): Promise<void>;
}

/**
 * Whoever was erased stays erased, whatever backup was brought back: all lists and the ledger are put together, those of them who are in the
 * register again are erased again, one transaction each, and afterwards every list and the ledger hold them all. The same again changes nothing.
 */
export async function replayErasures({ db, lists, more, now, writeDown }: ReplayOptions): Promise<Replayed> {
  const read = [...(await lists.read()), ...(more === undefined ? [] : [await readList(more)])];
  const keys = read.flatMap((list) => list.keys).map(keyOfLine);
  const otherKeys = keys.length === 0 ? [] : await db.transaction().execute((tx) => adoptOwnIdKeys(tx, keys));
  const all = together([...read.flatMap((list) => list.lines), ...(await findLedger(db))]);
  const lines = [...all.values()];
  const erased = new Set<string>();
  let held = 0;
  for (const key of lines.length === 0 ? [] : await findThere(db, lines)) {
    const line = all.get(keyOf(key));
    if (!line || erased.has(keyOf(key))) continue;
    const gone = await db
      .transaction()
      .execute(async (tx) => {
        const rows = await eraseAgain(tx, line, now);
        for (const { personId, counts } of rows) await writeDown(tx, { action: 'erasure.replayed', subject: personId, detail: counts });
        return rows;
      })
      .catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'held') return null;
        throw error;
      });
    if (gone === null) held++;
    for (const each of gone ?? []) erased.add(keyOf(each));
  }
  if (lines.length > 0) await db.transaction().execute((tx) => insertLedger(tx, lines));
  await lists.complete(await findLedger(db), (await ownIdKeysOfErased(db)).map(keyLine));
  return {
    known: lines.length,
    again: erased.size,
    held,
    torn: read.filter(({ torn }) => torn > 0).map(({ path, torn }) => ({ path, lines: torn })),
    lists: read.filter(({ there }) => there).length,
    missing: lines.length === 0 ? [] : read.filter(({ there }) => !there).map(({ path }) => path),
    otherKeys,
  };
}
