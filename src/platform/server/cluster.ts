// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { makeDataFolder, prepareLayout, recordedLayout, type Layout } from './cluster-layout.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { bundledPostgres, type RunMode } from './postgres-binaries.ts';
import { gone, isAlive, workingFolder } from './process-table.ts';
import { Refusal, exitCode, refusalFromSystem } from './refusal.ts';

export interface ClusterOptions {
  readonly dataFolder: string;
  /** Tests only: faster, and may lose data when the machine loses power. */
  readonly unsafeFast?: boolean;
  /** Called after the database came back by itself from an unexpected end. */
  readonly onRecovered?: () => void;
}

/** A running PostgreSQL of ours. Reached through a socket in a folder that only its owner may enter. */
export interface Cluster {
  readonly mode: RunMode;
  /** True when it ran already: left over from a killed start, and now ours again. */
  readonly adopted: boolean;
  readonly dataFolder: string;
  pid(): number;
  /** A login as any role; the folder's mode is the wall (see pg_hba in initdb below). */
  url(role: string, database: string): string;
  /** Ends every connection and stops cleanly; also releases the folder. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that belongs to `dataFolder`, making it on the first start, or adopts the one that a killed
 * Waymark left running. Throws Refusal (one line) when the folder is taken, unwritable or full.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const dataFolder = makeDataFolder(options.dataFolder);
  let lock: FolderLock;
  try {
    lock = lockFolder(dataFolder);
  } catch (error) {
    throw refusalFromSystem(error, dataFolder) ?? error;
  }
  try {
    return await raise(prepareLayout(dataFolder), options, lock);
  } catch (error) {
    lock.release();
    throw refusalFromSystem(error, dataFolder) ?? error;
  }
}

/** Where the cluster of a running Waymark answers, or null when none runs: for commands beside it, such as `backup`. */
export function runningCluster(dataFolder: string): { url(role: string, database: string): string; mode: RunMode; pid: number } | null {
  const layout = recordedLayout(dataFolder);
  const pid = layout ? postmasterOf(layout.db) : null;
  return layout && pid ? { pid, mode: layout.mode, url: (role, database) => socketUrl(layout.run, role, database) } : null;
}

async function raise(layout: Layout, options: ClusterOptions, lock: FolderLock): Promise<Cluster> {
  if (!existsSync(join(layout.db, 'PG_VERSION'))) await initialise(layout);
  refuseOtherVersion(layout);
  const before = postmasterOf(layout.db);
  const adopted = before !== null && (await answers(layout, 20_000, () => isAlive(before)));
  const kept = new KeptRunning(layout, options, adopted ? { pid: before, child: null } : await launch(layout, options));
  // A crash of ours must not leave the database without its owner: ask it to finish by itself.
  const lastWill = () => kept.askToEnd();
  process.on('exit', lastWill);
  let stopped = false;
  return {
    mode: layout.launch.mode,
    adopted,
    dataFolder: layout.dataFolder,
    pid: () => kept.pid,
    url: (role, database) => socketUrl(layout.run, role, database),
    async stop() {
      if (stopped) return;
      stopped = true;
      process.off('exit', lastWill);
      await kept.stop();
      lock.release();
    },
  };
}

interface Postmaster {
  readonly pid: number;
  /** Null where it was adopted. */
  readonly child: ChildProcess | null;
}

const [firstPause, longestPause] = [1_000, 30_000];

/** Brings the database back whenever it ends, however often that fails: a disk that is full now may have room in an hour. */
class KeptRunning {
  readonly #layout: Layout;
  readonly #options: ClusterOptions;
  readonly #stopping = new AbortController();
  #postmaster: Postmaster;
  #recovering: Promise<void> | null = null;

  constructor(layout: Layout, options: ClusterOptions, postmaster: Postmaster) {
    this.#layout = layout;
    this.#options = options;
    this.#postmaster = postmaster;
    this.#watch();
  }

  get pid(): number {
    return this.#postmaster.pid;
  }

  askToEnd(): void {
    signal(this.pid, 'SIGINT');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#recovering;
    const { pid, child } = this.#postmaster;
    // Where it could not be brought back its number may be somebody else's by now.
    if (child ? child.exitCode === null && child.signalCode === null : isAlive(pid)) await end(pid);
  }

  #watch(): void {
    const { pid, child } = this.#postmaster;
    const ended = () => {
      if (!this.#stopping.signal.aborted) this.#recovering = this.#recover();
    };
    if (child) {
      child.once('exit', ended);
      return;
    }
    // One that was adopted is nobody's child here: no event tells of its end.
    const timer = setInterval(() => {
      if (!this.#stopping.signal.aborted && isAlive(pid)) return;
      clearInterval(timer);
      ended();
    }, 500);
    timer.unref();
  }

  async #recover(): Promise<void> {
    for (let pause = firstPause; !this.#stopping.signal.aborted; pause = Math.min(pause * 2, longestPause)) {
      try {
        this.#postmaster = await launch(this.#layout, this.#options);
        this.#watch();
        this.#options.onRecovered?.();
        return;
      } catch (error) {
        note(this.#layout.log, `Waymark could not bring the database back and tries again in ${pause / 1000} s: ${String(error)}\n`);
      }
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }
}

/** The disk may be what is full. */
function note(log: string, line: string): void {
  try {
    appendFileSync(log, line);
  } catch {
    /* the next one is told */
  }
}

async function initialise(layout: Layout): Promise<void> {
  if (existsSync(layout.db) && readdirSync(layout.db).length > 0) {
    throw new Refusal(`${layout.db} holds files that are no database of Waymark's: move them away, or choose another folder with --data.`, {
      exitCode: exitCode.refused,
    });
  }
  // A first start that was killed leaves a half-made folder, and perhaps an initdb that still fills it; nothing was ever saved in it.
  rmSync(layout.db, { recursive: true, force: true });
  const beside = dirname(layout.db);
  for (const name of readdirSync(beside).filter((each) => each.startsWith(`${basename(layout.db)}.making`)))
    removeIfPossible(join(beside, name));
  const making = `${layout.db}.making.${process.pid}`;
  mkdirSync(making, { mode: 0o700 });
  own(layout, making);
  // "trust" over the socket only: its folder is 0700, so whoever can reach it can read the data files as well.
  const args = [
    '-D',
    making,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    '--no-sync',
  ];
  const child = run(layout, 'initdb', args);
  const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  if (code !== 0) {
    rmSync(making, { recursive: true, force: true });
    throw failure(layout, 'The database could not be made');
  }
  renameSync(making, layout.db);
}

/** Starts the postmaster and waits until it answers. After a kill -9, the children of the last one need a moment to go. */
async function launch(layout: Layout, options: ClusterOptions): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    removeStalePid(layout.db);
    const child = run(layout, 'postgres', ['-D', layout.db, ...settings(layout, options)]);
    let ended = false;
    child
      .once('exit', () => {
        ended = true;
      })
      .once('error', () => {
        ended = true;
      });
    if (await answers(layout, 120_000, () => !ended)) return { pid: child.pid!, child };
    if (!ended) signal(child.pid!, 'SIGKILL');
    const line = lastLines(layout.log).join('\n');
    const passing = /pre-existing shared memory block|lock file .* already exists|could not bind/.test(line);
    if (!passing || attempt >= 40) throw failure(layout, 'The database does not start');
    await sleep(250);
  }
}

function settings(layout: Layout, options: ClusterOptions): string[] {
  const values: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: layout.run,
    unix_socket_permissions: '0700',
    // Tests have a database each, and several servers, in one cluster.
    max_connections: options.unsafeFast ? '300' : '80',
    shared_buffers: options.unsafeFast ? '64MB' : '256MB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // An import of a million people writes four times as much: each checkpoint in between has it write every page of every index once more.
    max_wal_size: '1GB',
    checkpoint_timeout: '15min',
    wal_compression: 'pglz',
    // Handing each page to a process that reads it costs more than reading it where the files fit in the machine's memory, as with few cores.
    io_method: 'sync',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %u ',
    log_checkpoints: 'off',
    // Statements hold values of people's records: the log names none of them.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(options.unsafeFast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function run(layout: Layout, program: 'postgres' | 'initdb', args: readonly string[]): ChildProcess {
  rotate(layout.log);
  const log = openSync(layout.log, 'a', 0o600);
  const [command, ...rest] = [...layout.launch.prefix, join(layout.native, 'bin', program), ...args] as [string, ...string[]];
  try {
    return spawn(command, rest, {
      cwd: '/',
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C reaches us alone; we then stop it in order
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...(layout.launch.uid === undefined ? {} : { uid: layout.launch.uid, gid: layout.launch.gid! }),
    });
  } finally {
    closeSync(log);
  }
}

async function answers(layout: Layout, milliseconds: number, while_: () => boolean): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (while_() && Date.now() < until) {
    const client = new pg.Client({ connectionString: socketUrl(layout.run, 'postgres', 'postgres'), connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ db: string }>(`select current_setting('data_directory') as db`);
      if (rows[0]?.db === layout.db) return true;
    } catch {
      // not yet
    } finally {
      await client.end().catch(() => {});
    }
    await sleep(40);
  }
  return false;
}

/** The live postmaster of this folder, or null. A number left in postmaster.pid may belong to anybody by now. */
function postmasterOf(db: string): number | null {
  try {
    const pid = Number(readFileSync(join(db, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
    const folder = workingFolder(pid);
    return folder === null || folder === db ? pid : null;
  } catch {
    return null;
  }
}

function removeStalePid(db: string): void {
  const file = join(db, 'postmaster.pid');
  if (existsSync(file) && postmasterOf(db) === null) rmSync(file, { force: true });
}

async function end(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await gone(pid, 30_000)) return;
  signal(pid, 'SIGQUIT');
  if (await gone(pid, 5_000)) return;
  signal(pid, 'SIGKILL');
  await gone(pid, 5_000);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    /* gone already */
  }
}

function own(layout: Layout, path: string): void {
  if (layout.launch.uid !== undefined) chownSync(path, layout.launch.uid, layout.launch.gid!);
}

function refuseOtherVersion(layout: Layout): void {
  const made = readFileSync(join(layout.db, 'PG_VERSION'), 'utf8').trim();
  const ours = /"version": "(\d+)\./.exec(readFileSync(join(bundledPostgres(), '..', 'package.json'), 'utf8'))?.[1];
  if (ours && made !== ours) {
    throw new Refusal(
      `${layout.dataFolder} was made by PostgreSQL ${made} and this Waymark brings ${ours}: make a backup with the Waymark that made it, then restore it into an empty folder.`,
      { exitCode: exitCode.refused },
    );
  }
}

function failure(layout: Layout, what: string): Refusal {
  const lines = lastLines(layout.log);
  if (lines.some((line) => /No space left on device|Disk quota exceeded/.test(line))) {
    return new Refusal(
      `The disk that holds ${layout.dataFolder} is full: free some space, then start again. Nothing that was saved is lost.`,
    );
  }
  const reason = lines.findLast((line) => /FATAL|PANIC|error:|ERROR/.test(line))?.replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, '');
  return new Refusal(`${what}${reason ? `: ${reason}` : ''} (see ${layout.log}).`);
}

function lastLines(log: string): string[] {
  try {
    return readFileSync(log, 'utf8').slice(-4000).split('\n').filter(Boolean).slice(-12);
  } catch {
    return [];
  }
}

function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    /* still being written to: the next start removes it */
  }
}

function rotate(log: string): void {
  if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`);
}

function socketUrl(run: string, role: string, database: string): string {
  return `postgresql://${role}@/${database}?host=${encodeURIComponent(run)}`;
}
