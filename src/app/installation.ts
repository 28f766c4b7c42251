// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { runningCluster, startCluster, type Cluster } from '../platform/server/cluster.ts';
import { makeDataFolder } from '../platform/server/cluster-layout.ts';
import { openDb, openPool, type Urls } from '../platform/server/db.ts';
import { prepareRoles, prepareServer, urlsOfRunning } from '../platform/server/roles.ts';
import { Refusal, exitCode } from '../platform/server/refusal.ts';

/** The database of one installation, however it is run, for as long as a command needs it. */
export interface Installation {
  readonly urls: Urls;
  readonly dataFolder: string;
  /** `server`: WAYMARK_DATABASE_URL; `running`: beside a Waymark that runs; `started`: by this command, which also stops it. */
  readonly database: 'server' | 'running' | 'started';
  readonly cluster: Cluster | null;
  close(): Promise<void>;
}

/**
 * Reaches the installation in `folder`. Commands other than `start` and `restore` expect one to be there and never make
 * an empty one by mistake.
 */
export async function openInstallation(folder: string, options: { make?: boolean; onRecovered?: () => void } = {}): Promise<Installation> {
  const path = resolve(folder);
  const server = process.env['WAYMARK_DATABASE_URL'];
  if (server) {
    const dataFolder = makeDataFolder(path);
    return { urls: await prepareServer(server, join(dataFolder, 'secrets')), dataFolder, database: 'server', cluster: null, close: async () => {} };
  }
  if (!options.make) {
    if (!existsSync(join(path, 'cluster.json')) && !existsSync(join(path, 'db'))) {
      throw new Refusal(`There is no Waymark in ${path}: name its folder with --data.`, { exitCode: exitCode.notReady });
    }
    const running = runningCluster(path);
    if (running) return { urls: urlsOfRunning(running), dataFolder: path, database: 'running', cluster: null, close: async () => {} };
  }
  const cluster = await startCluster({ dataFolder: path, ...(options.onRecovered ? { onRecovered: options.onRecovered } : {}) });
  try {
    return { urls: await prepareRoles(cluster), dataFolder: cluster.dataFolder, database: 'started', cluster, close: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Runs `fn` with a connection pool of its own on `url`. */
export async function withDb<T>(url: string, fn: (db: Kysely<unknown>) => Promise<T>, max = 2): Promise<T> {
  const pool = openPool(url, { max });
  try {
    return await fn(openDb(pool));
  } finally {
    await pool.end();
  }
}

const seedingMark = 'the demo is being filled in';

/** What the database holds: nothing yet, half a demo (its filling was cut off), the demo, or a country's own data. */
export async function contents(ownerDb: Kysely<unknown>): Promise<'empty' | 'half a demo' | 'demo' | 'own'> {
  const { rows: [row] } = await sql<{ demo: boolean | null; mark: string | null; used: boolean }>`
    select (select is_demo from waymark.installation) as demo, obj_description('waymark'::regnamespace, 'pg_namespace') as mark,
           exists (select from waymark.account) or exists (select from waymark.place) as used`.execute(ownerDb);
  if (row?.demo) return 'demo';
  if (row?.demo === false) return 'own';
  return row?.mark === seedingMark ? 'half a demo' : row?.used ? 'own' : 'empty';
}

/** Runs `seed` between two marks, so that a filling that is killed is known from data that somebody brought in. */
export async function markSeeding(ownerDb: Kysely<unknown>, seed: () => Promise<void>): Promise<void> {
  await sql`comment on schema waymark is ${sql.lit(seedingMark)}`.execute(ownerDb);
  await seed();
  await sql`comment on schema waymark is null`.execute(ownerDb);
}
