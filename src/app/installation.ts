// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { runningCluster, startCluster, type Cluster } from '../platform/server/cluster.ts';
import { makeDataFolder, recordedLayout } from '../platform/server/cluster-layout.ts';
import { openDb, openPool, type Urls } from '../platform/server/db.ts';
import { prepareRoles, prepareServer, urlsOfRunning } from '../platform/server/roles.ts';
import { Refusal, exitCode } from '../platform/server/refusal.ts';
import { restoringMark } from '../platform/server/restoring-mark.ts';

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
 * Reaches the installation in `folder`. Commands other than `start` and `restore` expect one to be there, whole, and never make
 * an empty one by mistake.
 */
export async function openInstallation(folder: string, options: { make?: boolean; onRecovered?: () => void } = {}): Promise<Installation> {
  const installation = await reach(resolve(folder), options);
  try {
    if (!options.make) refuseHalf(await withDb(installation.urls.owner, contents), resolve(folder));
    return installation;
  } catch (error) {
    await installation.close();
    throw error;
  }
}

async function reach(path: string, options: { make?: boolean; onRecovered?: () => void }): Promise<Installation> {
  const server = process.env['WAYMARK_DATABASE_URL'];
  if (server) {
    const dataFolder = makeDataFolder(path);
    return {
      urls: await prepareServer(server, join(dataFolder, 'secrets')),
      dataFolder,
      database: 'server',
      cluster: null,
      close: async () => {},
    };
  }
  if (!options.make) {
    const recorded = recordedLayout(path);
    if (!existsSync(join(recorded?.db ?? join(path, 'db'), 'PG_VERSION'))) {
      if (recorded) refuseHalf('nothing', path);
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

/** What was begun and cut off, or is still under way, is no installation: nothing reads it, backs it up or serves it. */
export function refuseHalf(held: Contents, path: string): void {
  if (held === 'half a restore') {
    throw new Refusal(
      `A restore into ${path} did not finish: run it again (./waymark restore), or remove the folder. Until then it holds nothing that can be used.`,
      { exitCode: exitCode.notReady },
    );
  }
  if (held === 'nothing' || held === 'half a demo') {
    throw new Refusal(`The first start in ${path} is not finished: let it finish, or start it again (./waymark start --data ${path}).`, {
      exitCode: exitCode.notReady,
    });
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

export type Contents = 'nothing' | 'half a restore' | 'empty' | 'half a demo' | 'demo' | 'own';

/**
 * What the database holds: not even tables; a restore or a demo that was cut off (or is still under way); nobody's data yet; the demo;
 * a country's own data.
 */
export async function contents(ownerDb: Kysely<unknown>): Promise<Contents> {
  const {
    rows: [first],
  } = await sql<{ made: boolean; mark: string | null }>`
    select to_regclass('waymark.account') is not null as made, shobj_description(oid, 'pg_database') as mark from pg_database where datname = current_database()`.execute(
    ownerDb,
  );
  if (first?.mark === restoringMark) return 'half a restore';
  if (!first?.made) return 'nothing';
  const {
    rows: [row],
  } = await sql<{ demo: boolean | null; mark: string | null; used: boolean }>`
    select (select is_demo from waymark.installation) as demo, obj_description('waymark'::regnamespace, 'pg_namespace') as mark,
           exists (select from waymark.account) or exists (select from waymark.place) as used`.execute(ownerDb);
  if (row?.demo) return 'demo';
  if (row?.demo === false) return 'own';
  return row?.mark === seedingMark ? 'half a demo' : row?.used ? 'own' : 'empty';
}

/**
 * An installation of somebody's own has an id from its first start on: under it names are sealed, and its settings are kept beside it. One that
 * was begun before there were settings, and holds people, goes on keeping them.
 */
export async function markOwn(ownerDb: Kysely<unknown>, newId: () => string): Promise<void> {
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept)
    select ${newId()}::uuid, false, exists (select from waymark.person) on conflict do nothing`.execute(ownerDb);
}

/** Runs `seed` between two marks, so that a filling that is killed is known from data that somebody brought in. */
export async function markSeeding(ownerDb: Kysely<unknown>, seed: () => Promise<void>): Promise<void> {
  await sql`comment on schema waymark is ${sql.lit(seedingMark)}`.execute(ownerDb);
  await seed();
  await sql`comment on schema waymark is null`.execute(ownerDb);
}
