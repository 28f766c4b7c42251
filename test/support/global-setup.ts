// SPDX-License-Identifier: AGPL-3.0-or-later
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
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
  const base = tmpdir(),
    memory = '/dev/shm';
  for (const each of [base, memory]) if (existsSync(each)) await sweep(each);
  const quick = hasRoom(memory) ? memory : base;
  const emptyRoom = makeRoom(quick);
  const folder = mkdtempSync(join(quick, prefix));
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
 * Whether databases may lie in the machine's folder in memory: each is a thousand small files, and to copy them from disk to disk took
 * ten times the processor time. What the tests of a run fill at most is a third of the room that is asked for.
 */
function hasRoom(folder: string): boolean {
  const room = 3 * 2 ** 30;
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > room && process.availableMemory() > 2 * room;
  } catch {
    return false;
  }
}

/**
 * Whatever tests, their servers and their browsers put into the machine's temporary folder goes into one of this run, and goes with it:
 * files of one worker share their modules, so no hook of a helper runs at the end of each. Others may pass through it, as through /tmp.
 * Programs may be forbidden in the folder in memory, so of these only databases lie there.
 */
function makeRoom(quick: string): () => void {
  const before = process.env['TMPDIR'];
  const rooms = [tmpdir(), quick].map((base) => join(base, `${roomPrefix}${process.pid}`));
  for (const room of rooms) {
    mkdirSync(room, { recursive: true });
    chmodSync(room, 0o711);
  }
  [process.env['TMPDIR'], process.env['WAYMARK_TEST_QUICK']] = rooms;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    delete process.env['WAYMARK_TEST_QUICK'];
    for (const room of rooms) rmSync(room, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** What runs that were killed have left. A cluster made a moment ago may belong to a run that has not locked it yet. */
async function sweep(base: string): Promise<void> {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(roomPrefix)))
    if (!isAlive(Number(name.slice(roomPrefix.length)))) rmSync(join(base, name), { recursive: true, force: true });
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(base, name);
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
