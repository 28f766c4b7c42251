// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import { runningCluster, startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { lockHolder } from '../../src/platform/server/folder-lock.ts';
import { migrate } from '../../src/platform/server/migrate.ts';
import { gone } from '../../src/platform/server/process-table.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';

const prefix = 'waymark-test-';

/** One cluster for all test files of a run, with a migrated template that each file clones. */
export default async function setup(): Promise<(() => Promise<void>) | void> {
  if (process.env['WAYMARK_TEST_CLUSTER']) return; // another project of this run has started it
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // Where root may make no user namespace, programs and data lie apart: not under /var/lib, where a test run would leave them.
  const apart = join(tmpdir(), `waymark-apart-${process.pid}`);
  process.env['WAYMARK_COPIED_BASE'] ??= apart;
  const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
  const stop = async () => {
    delete process.env['WAYMARK_TEST_CLUSTER'];
    await cluster.stop();
    for (const each of [folder, apart]) rmSync(each, { recursive: true, force: true });
  };
  try {
    const urls = await prepareRoles(cluster, 'waymark_template');
    const pool = openPool(urls.owner, { max: 1 });
    try {
      await migrate(openDb(pool));
    } finally {
      await pool.end();
    }
    await runMigrations({ connectionString: urls.jobs, schema: 'graphile_worker' }); // once here, not in every copy
    process.env['WAYMARK_TEST_CLUSTER'] = cluster.url('ROLE', 'DATABASE');
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Clusters of runs that were killed. One made a moment ago may belong to a run that has not locked it yet. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const info = statSync(folder, { throwIfNoEntry: false });
    if (!info || info.uid !== process.getuid?.() || Date.now() - info.ctimeMs < 60_000 || lockHolder(folder) !== null) continue;
    const left = runningCluster(folder);
    if (left) {
      process.kill(left.pid, 'SIGQUIT');
      await gone(left.pid, 5000);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
