// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool, type Urls } from '../../src/platform/server/db.ts';
import { migrate } from '../../src/platform/server/migrate.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import { databaseFolder } from './folder.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly json: unknown;
}

/** An installation in a data folder of its own, running as beside a started Waymark; commands find it there by themselves. */
export interface CommandLineWorld {
  /** Holds `data`, and whatever files a test writes; commands run in it. */
  readonly folder: string;
  readonly data: string;
  readonly urls: Urls;
  readonly owner: Kysely<unknown>;
  readonly jobs: Kysely<unknown>;
  /** Runs the real command line as a process of its own, on this installation. */
  waymark(...args: string[]): Promise<Said>;
  /** Stops the database, as if Waymark had been stopped; the folder stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Runs a program to its end; nothing of the tests' own database is passed on. */
export function runProgram(program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Said> {
  const { WAYMARK_TEST_CLUSTER: _cluster, WAYMARK_DATABASE_URL: _server, ...rest } = process.env;
  return new Promise((done) => {
    const child = execFile(program, args, { cwd, encoding: 'utf8', env: { ...rest, ...env }, maxBuffer: 1 << 24 }, (_error, out, err) => {
      let json: unknown = null;
      try {
        json = JSON.parse(out);
      } catch {
        /* said in words */
      }
      done({ code: child.exitCode, out, err, json });
    });
    child.stdin?.end();
  });
}

export const cli = (cwd: string, ...args: string[]): Promise<Said> =>
  runProgram(process.execPath, [join(root, 'src', 'app', 'cli.ts'), ...args], cwd);
export const launcher = (cwd: string, ...args: string[]): Promise<Said> => runProgram(join(root, 'waymark'), args, cwd);

export async function commandLineWorld(): Promise<CommandLineWorld> {
  const folder = databaseFolder('waymark-cli-'),
    data = join(folder, 'data');
  const cluster = await startCluster({ dataFolder: data, unsafeFast: true });
  const urls = await prepareRoles(cluster);
  const [ownerPool, jobsPool] = [openPool(urls.owner, { max: 2 }), openPool(urls.jobs, { max: 2 })];
  const owner = openDb(ownerPool);
  await migrate(owner);
  await owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
  await sql`insert into waymark.installation (installation_id, is_demo, time_zone, people_kept) values (${uuidv7()}, false, 'Asia/Bangkok', true) on conflict do nothing`.execute(
    owner,
  );
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= Promise.all([ownerPool.end(), jobsPool.end()]).then(() => cluster.stop()));
  return {
    folder,
    data,
    urls,
    owner,
    jobs: openDb(jobsPool),
    waymark: (...args) => cli(folder, ...args),
    stop,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
