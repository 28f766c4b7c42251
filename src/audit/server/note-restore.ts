// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { HeadLog } from './head-log.ts';
import { readChainEnd } from './queries-seal.ts';

/** Said beside the database once a backup is brought back: the chain now ends where that backup ended, and rightly so. */
export async function noteRestore(db: Kysely<unknown>, dataFolder: string): Promise<void> {
  const { sealNo, digest, now, database } = await readChainEnd(db);
  await new HeadLog(dataFolder).append({ kind: 'restored', seal: sealNo, digest, at: now, database });
}
