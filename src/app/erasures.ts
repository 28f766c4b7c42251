// SPDX-License-Identifier: AGPL-3.0-or-later
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { writeAudit } from '../audit/server/index.ts';
import { ErasureLists, replayErasures, type Replayed } from '../people/server/index.ts';
import { findSetUp, keyPlace, type VaultSettings } from './vault.ts';

/** The name of the list in the data folder. */
export const erasureListName = 'erasures.log';

/** Where the lists of erased people lie: among the data, and beside the master key, whether that has been made yet or not. */
export function erasureLists({ db, dataFolder, keyFile }: Pick<VaultSettings, 'db' | 'dataFolder' | 'keyFile'>): ErasureLists {
  return new ErasureLists(async () => {
    const setUp = await findSetUp(db);
    const among = join(dataFolder, erasureListName);
    return setUp ? [among, `${keyPlace({ dataFolder, keyFile }, setUp).keyFile}.erasures`] : [among];
  });
}

interface ReplayOptions {
  /** As the owner. */
  readonly db: Kysely<unknown>;
  readonly dataFolder: string;
  readonly keyFile?: string | undefined;
  readonly more?: string | undefined;
  readonly by: 'start' | 'restore';
}

/** Erases again whoever a backup brought back. Answers with what to say at the terminal; nothing where there is nothing to say. */
export async function replay({ db, dataFolder, keyFile, more, by }: ReplayOptions): Promise<{ done: Replayed; lines: string[] }> {
  const done = await replayErasures({
    db,
    lists: erasureLists({ db, dataFolder, keyFile }),
    more,
    now: new Date(),
    writeDown: (tx, entry) => writeAudit(tx, by, entry, uuidv7),
  });
  const lines = linesOf(done);
  if (by === 'restore' && done.lists === 0) lines.push(noList);
  return { done, lines };
}

const noList =
  'No list of erased people was found, neither in the data folder nor beside the master key: whoever was erased after this backup was made is here again. If a list is kept elsewhere, restore again with --erasures.';

function linesOf({ again, held, torn, missing, otherKeys }: Replayed): string[] {
  const lines: string[] = [];
  if (again > 0) lines.push(`${again} records of people who were erased had come back with older data and are erased again.`);
  if (held > 0)
    lines.push(
      `${held} people who were erased are in the register again, and a legal hold placed since keeps them: the data protection officer decides.`,
    );
  for (const list of torn)
    lines.push(
      `${list.lines} lines of ${list.path} are cut off or changed; the whole ones were used. If another copy of the list is kept, restore with --erasures.`,
    );
  for (const keyId of otherKeys)
    lines.push(
      `A list of others can bring back some of those who were erased: what they were called there stands under the key ${keyId}, which belongs to another master key than this database.`,
    );
  for (const path of missing) lines.push(`There was no list of erased people in ${path}; it is written anew.`);
  return lines;
}
