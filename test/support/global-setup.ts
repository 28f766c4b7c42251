// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import { runningCluster, startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { lockHolder } from '../../src/platform/server/folder-lock.ts';
import { migrate } from '../../src/platform/server/migrate.ts';
import { gone, isAlive } from '../../src/platform/server/process-table.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';

const prefix = 'waymark-test-',
  roomPrefix = 'waymark-testing-';

/** One cluster for all test files of a run, with a migrated template that each file clones; and one folder for all they leave behind. */
export default async function setup(): Promise<(() => Promise<void>) | void> {
  if (process.env['WAYMARK_TEST_CLUSTER']) return; // another project of this run has started it
  await sweep();
  const base = tmpdir(),
    emptyRoom = makeRoom();
  const folder = mkdtempSync(join(base, prefix));
  // Where root may make no user namespace, programs and data lie apart: not under /var/lib, where a test run would leave them.
  const apart = join(base, `waymark-apart-${process.pid}`);
  process.env['WAYMARK_COPIED_BASE'] ??= apart;
  const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
  const stop = async () => {
    delete process.env['WAYMARK_TEST_CLUSTER'];
    await cluster.stop();
    for (const each of [folder, apart]) rmSync(each, { recursive: true, force: true });
    emptyRoom();
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

/**
 * Whatever tests, their servers and their browsers put into the machine's temporary folder goes into one of this run, and goes with it:
 * files of one worker share their modules, so no hook of a helper runs at the end of each. Others may pass through it, as through /tmp.
 */
function makeRoom(): () => void {
  const before = process.env['TMPDIR'];
  const room = join(tmpdir(), `${roomPrefix}${process.pid}`);
  mkdirSync(room, { recursive: true });
  chmodSync(room, 0o711);
  process.env['TMPDIR'] = room;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(room, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** What runs that were killed have left. A cluster made a moment ago may belong to a run that has not locked it yet. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(roomPrefix)))
    if (!isAlive(Number(name.slice(roomPrefix.length)))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
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
