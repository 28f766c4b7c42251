// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { startCluster } from './cluster.ts';
import { openDb, openPool, type Urls } from './db.ts';
import { migrate } from './migrate.ts';
import { prepareRoles } from './roles.ts';

/** Runs `fn` against a migrated database that exists for as long as it runs: for tools that only need the schema. */
export async function withTemporaryDatabase<T>(fn: (ownerDb: Kysely<unknown>, urls: Urls) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-temporary-'));
  const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
  try {
    const urls = await prepareRoles(cluster);
    const pool = openPool(urls.owner, { max: 2 });
    try {
      const db = openDb(pool);
      await migrate(db);
      return await fn(db, urls);
    } finally {
      await pool.end();
    }
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
