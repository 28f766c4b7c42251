// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { DemoAccount } from '../../access/server/index.ts';
import type { BackupProgress } from '../../platform/server/backup.ts';
import { migrate } from '../../platform/server/migrate.ts';
import { emptyDatabase } from '../../platform/server/restore.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import { buildWebIfStale } from '../build-web.ts';
import { contents, markOwn, markSeeding, refuseHalf, openInstallation, withDb, type Installation } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions, type Progress } from '../terminal.ts';
import { openVault } from '../../people/server/index.ts';
import { VaultAtHand, keyPlace, needsVault, refuseNamedKeyAmongData } from '../vault.ts';
import { replay } from '../erasures.ts';
import { backUpBeforeUpgrade, howToGoBack, upgradeDone } from '../upgrade.ts';
import { hostOf, mayAnswerOn } from './start-address.ts';

interface StartOptions extends CommonOptions {
  readonly port: number;
  readonly host?: string;
  readonly demo: boolean;
  readonly demoPublic?: boolean;
  readonly keyFile?: string;
}

export function addStart(program: Command): void {
  withCommon(program.command('start'), './waymark start', './waymark start --no-demo --port 8080 --data /srv/waymark')
    .description('start Waymark; the first time, with a fictional demo province unless --no-demo is given')
    .option('--port <number>', 'where it answers', portNumber, 4000)
    .option('--host <address>', 'which address of this machine it answers on (127.0.0.1: this machine only)')
    .option('--no-demo', 'do not fill an empty database with the demo province; the first page then makes the first administrator')
    .option('--demo-public', 'let other machines reach the demo, whose passwords everybody knows')
    .option('--key-file <file>', 'the master key of the identity vault (otherwise WAYMARK_KEY_FILE, otherwise its usual place)')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const host = hostOf(options);
  const shutdown = new Shutdown();
  const progress = progressOn();
  await refuseTakenPort(options.port, host);
  refuseFullDisk(options.data);
  try {
    progress.phase('Starting the database');
    const installation = await openInstallation(options.data, {
      make: true,
      onRecovered: () => process.stderr.write('The database had ended unexpectedly and runs again.\n'),
    });
    shutdown.onClose(() => installation.close());
    shutdown.throwIfAsked();
    const demo = await prepareData(installation, options, progress);
    refuseOpenDemo(demo, host, options);
    await prepareVault(installation, options, progress);
    shutdown.throwIfAsked();
    progress.phase('Building the pages');
    await buildWebIfStale();
    shutdown.throwIfAsked();
    progress.phase('Opening the doors');
    const accounts = demo ? (await import('../../../demo/accounts.ts')).demoAccounts : [];
    const { startServer } = await import('../server.ts');
    const server = await startServer({
      urls: installation.urls,
      port: options.port,
      host,
      dataFolder: installation.dataFolder,
      demoAccounts: accounts,
      ...(options.keyFile ? { keyFile: options.keyFile } : {}),
    });
    shutdown.onClose(() => server.close());
    progress.end();
    sayReady(options, host, accounts, server.setupCode);
  } catch (error) {
    progress.end();
    await shutdown.run();
    if (error instanceof Stopped) return;
    throw error;
  }
  await shutdown.asked;
  process.stderr.write('Stopping ...\n');
  await shutdown.run();
}

/** Migrates, and fills an empty database with the demo unless told not to. Returns whether this is a demo. */
async function prepareData({ urls, dataFolder }: Installation, options: StartOptions, progress: Progress): Promise<boolean> {
  return withDb(urls.owner, async (db) => {
    const found = await contents(db);
    if (found === 'half a restore') refuseHalf(found, dataFolder);
    await backUpFirst(db, { urls, dataFolder }, progress);
    progress.phase('Bringing the database up to date');
    await migrate(db);
    if ((await contents(db)) === 'half a demo') {
      progress.phase('Clearing away a demo whose filling was cut off');
      await emptyDatabase(urls.owner);
      await migrate(db);
    }
    const { installInstruments } = await import('../../risk/server/index.ts');
    await db.transaction().execute((tx) => installInstruments(tx, uuidv7));
    upgradeDone(dataFolder);
    const before = await contents(db);
    if (before !== 'empty' || !options.demo) {
      if (before !== 'demo') await markOwn(db, uuidv7);
      return before === 'demo';
    }
    const { seedDemo } = await import('../../../demo/seed.ts');
    await markSeeding(db, () =>
      seedDemo(urls, {
        onProgress: (step) => progress.at({ ...step, phase: `Filling the demo province: ${step.phase}` }),
        openVault: async (id, owner) =>
          (await openVault(owner, keyPlace({ dataFolder, keyFile: options.keyFile }, { id, demo: true }))).vault,
      }),
    );
    return true;
  });
}

/** A database of an older Waymark with somebody's data in it is written away whole before anything in it changes. */
async function backUpFirst(
  db: Kysely<unknown>,
  { urls, dataFolder }: Pick<Installation, 'urls' | 'dataFolder'>,
  progress: Progress,
): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  progress.phase('Looking whether an upgrade is due');
  const onProgress = (step: BackupProgress): void => progress.at({ ...step, phase: `Backing up before the upgrade: ${step.phase}` });
  const file = await backUpBeforeUpgrade({ ownerUrl: urls.owner, db, dataFolder, now: new Date(), version, onProgress });
  if (file === null) return;
  progress.end();
  process.stderr.write(`${howToGoBack(file, dataFolder)}\n`);
}

/** Before anybody is served: the key is where it may be, and is the one of this database; made now if people are kept and there is none. */
async function prepareVault({ urls, dataFolder }: Installation, options: StartOptions, progress: Progress): Promise<void> {
  await withDb(urls.owner, async (db) => {
    const onMade = (line: string): void => {
      progress.end();
      process.stderr.write(`${line}\n`);
    };
    const settings = { db, dataFolder, keyFile: options.keyFile, onMade };
    await refuseNamedKeyAmongData(settings);
    const openIt = async (): Promise<unknown> => (await needsVault(db)) && new VaultAtHand(settings).open();
    await openIt();
    // Whoever was erased stays erased, also where an older copy of the data folder was put back by hand.
    for (const line of (await replay({ db, dataFolder, keyFile: options.keyFile, by: 'start' })).lines) onMade(line);
    // The lists may have brought back what a key is needed for.
    await openIt();
  });
}

function sayReady(options: StartOptions, host: string, accounts: readonly DemoAccount[], code: string | null): void {
  const address = `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${options.port}`;
  const demo = accounts.length > 0;
  const lines = ['', `Waymark is ready: ${address}`, ''];
  if (demo) {
    lines.push('This is the demo: a province that does not exist. Sign in as', '');
    for (const { userName, password, role } of accounts)
      lines.push(`  ${userName.padEnd(14)} password ${password.padEnd(22)} ${role.replace('_', ' ')}`);
    lines.push('', 'Your own data go into a folder of their own: ./waymark start --no-demo --data ./my-data');
  }
  if (code)
    lines.push(
      `Nobody has an account yet. Open ${address}/#${code} to make the first administrator's, or type the`,
      `  set-up code    ${code}`,
      '',
    );
  lines.push('Ctrl-C stops it.', '');
  answer(options, { ready: true, address, demo, accounts, setupCode: code }, lines);
}

function refuseOpenDemo(demo: boolean, host: string, options: StartOptions): void {
  if (mayAnswerOn(host, { demo, ...(options.demoPublic ? { demoPublic: true } : {}) })) return;
  throw new Refusal(
    `This is the demo, whose passwords everybody knows, so it answers on this machine only: leave --host out, or say --demo-public.`,
    { exitCode: exitCode.refused },
  );
}

/** Before anything slow begins. */
function refuseTakenPort(port: number, host: string): Promise<void> {
  return new Promise((done, refuse) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      refuse(
        error.code === 'EADDRINUSE'
          ? new Refusal(`Port ${port} is taken by another program: stop that one, or choose another with --port.`)
          : error.code === 'EACCES'
            ? new Refusal(`Your user may not use port ${port}: choose one above 1024 with --port.`)
            : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
              ? new Refusal(`This machine has no address ${host}: choose another with --host.`)
              : error,
      ),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done()));
  });
}

/** PostgreSQL needs room to write ahead; starting on the last megabytes would only fail later and less clearly. */
function refuseFullDisk(data: string): void {
  let folder = resolve(data);
  const first = !existsSync(folder);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 2 ** 20),
    wanted = first ? 200 : 50;
  if (free < wanted)
    throw new Refusal(
      `The disk that holds ${resolve(data)} is full (${free} MB left, ${wanted} MB needed): free some space, then start again. Nothing that was saved is lost.`,
    );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return port;
}

class Stopped extends Error {}

/** What was opened is closed in the opposite order, once, however often and by whatever signal it is asked for. */
class Shutdown {
  readonly asked: Promise<void>;
  private wasAsked = false;
  private readonly steps: (() => Promise<unknown>)[] = [];
  private running: Promise<void> | null = null;

  constructor() {
    let ask = () => {};
    this.asked = new Promise((resolve) => {
      ask = resolve;
    });
    const stop = () => {
      this.wasAsked = true;
      ask();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  }

  onClose(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }

  throwIfAsked(): void {
    if (this.wasAsked) throw new Stopped();
  }

  run(): Promise<void> {
    this.running ??= (async () => {
      for (const step of this.steps) await step().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    })();
    return this.running;
  }
}
