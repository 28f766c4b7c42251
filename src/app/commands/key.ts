// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Kysely } from 'kysely';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import type { KeyPlace, MasterKey } from '../../people/server/index.ts';
import { erasureLists } from '../erasures.ts';
import { openInstallation, withDb } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';
import { findSetUp, keyPlace, namedKeyFile } from '../vault.ts';

interface KeyOptions extends CommonOptions {
  readonly keyFile?: string;
}

interface EscrowOptions extends KeyOptions {
  readonly shares?: number;
  readonly needed?: number;
}

const room = () => import('../../people/server/index.ts');

export function addKey(program: Command): void {
  const key = program
    .command('key')
    .description('the master key of the identity vault: show-id, new, rotate, escrow, join')
    .addHelpText('after', '\nExample:\n  $ ./waymark key show-id');
  const add = (command: Command, ...examples: string[]): Command => withKeyFile(withCommon(command, ...examples));
  add(key.command('show-id'), './waymark key show-id --data /srv/waymark')
    .description('which key is used, where it lies and whether it is the one of this database; never the key itself')
    .action(showId);
  add(key.command('new'), './waymark key new --key-file /etc/waymark/waymark.key')
    .description('make a master key before the first start; a file that is there is never replaced')
    .action(makeNew);
  add(key.command('rotate'), './waymark key rotate --data /srv/waymark')
    .description('replace the master key, while Waymark goes on running; cut off, it is begun again where it was')
    .action(rotate);
  add(key.command('escrow'), './waymark key escrow --shares 5 --needed 3', './waymark key escrow > /dev/usb/lp0')
    .description('print the key for keeping on paper, whole or divided among people')
    .option('--shares <number>', 'how many keepers get a share', shareCount)
    .option('--needed <number>', 'how many of them give the key back together', shareCount)
    .action(escrow);
  add(
    key.command('join').argument('<file...>', 'files with lines of shares'),
    './waymark key join a.txt b.txt c.txt --key-file ./waymark.key',
  )
    .description('make the key file again from shares')
    .action(join);
}

export function withKeyFile(command: Command): Command {
  return command.option(
    '--key-file <file>',
    'the master key of the identity vault (otherwise WAYMARK_KEY_FILE, otherwise its usual place)',
  );
}

async function showId(options: KeyOptions): Promise<void> {
  await atKey(options, async (owner, place) => {
    const { knownKeys, openVault, readKeyFile } = await room();
    const known = (await knownKeys(owner)).filter(({ state, anybody }) => state !== 'gone' && anybody);
    const held = readKeyFile(place.keyFile);
    if (!held && known.length === 0)
      throw new Refusal(`There is no master key yet; the first start that needs one makes it in ${place.keyFile}.`, {
        exitCode: exitCode.notReady,
      });
    const { keyIds } = await openVault(owner, place);
    const inUse = known.map(({ keyId, state }) => ({ keyId, state }));
    answer(options, { keyFile: place.keyFile, keyIds, inUse }, [
      `${place.keyFile}: ${keyIds.join(', ')}`,
      ...(inUse.length === 0 ? ['Nobody’s name is sealed under it yet.'] : ['It is the key of this database.']),
      ...(inUse.length > 1 || keyIds.length > 1 ? ['A change of the key is not finished: ./waymark key rotate'] : []),
    ]);
  });
}

async function makeNew(options: KeyOptions): Promise<void> {
  const named = namedKeyFile(options.keyFile);
  if (named !== null) return made(options, resolve(named));
  await atKey(options, (_owner, place) => made(options, place.keyFile));
}

async function made(options: KeyOptions, keyFile: string): Promise<void> {
  const { MasterKey, makeKeyFile, refuseKeyAmong } = await room();
  if (existsSync(options.data)) refuseKeyAmong(keyFile, [options.data]);
  const key = MasterKey.make();
  if (!makeKeyFile(keyFile, [key]))
    throw new Refusal(`${keyFile} is there already, and a key is never replaced by another: move it away first.`, {
      exitCode: exitCode.refused,
    });
  sayMade(options, keyFile, key);
}

function sayMade(options: KeyOptions, keyFile: string, key: MasterKey): void {
  answer(options, { keyFile, keyId: key.id }, [
    `The master key ${key.id} lies in ${keyFile}, readable by its owner only.`,
    'Keep a copy apart from this machine and from its backups: ./waymark key escrow',
  ]);
}

async function rotate(options: KeyOptions): Promise<void> {
  await atKey(options, async (owner, place, dataFolder) => {
    const { noteOwnIdKeys, refuseKeyAmong, rotateMasterKey } = await room();
    refuseKeyAmong(place.keyFile, place.notIn);
    const progress = progressOn();
    const done = await rotateMasterKey({
      owner,
      keyFile: place.keyFile,
      installationId: place.installationId,
      onProgress: (step) => progress.at({ phase: 'Sealing anew', ...step }),
      beforeOldGoes: () => noteOwnIdKeys(owner, erasureLists({ db: owner, dataFolder, keyFile: options.keyFile })),
    }).finally(() => progress.end());
    answer(options, { keyFile: place.keyFile, ...done }, [
      `${done.people} people are under the key ${done.to} now; ${done.from} is gone from ${place.keyFile}.`,
      `Backups made before need ${done.from}: keep its paper until the last of them is deleted, and make a new escrow of ${done.to}.`,
    ]);
  });
}

async function escrow(options: EscrowOptions): Promise<void> {
  if ((options.shares === undefined) !== (options.needed === undefined) || (options.needed ?? 0) > (options.shares ?? 0))
    throw new Refusal('Say both how many --shares there are and how many of them are --needed, such as --shares 5 --needed 3.', {
      exitCode: exitCode.usage,
    });
  const { divideKey, readKeyFile } = await room();
  const print = (keyFile: string): void => {
    const key = readKeyFile(keyFile)?.at(-1);
    if (!key) throw new Refusal(`There is no master key in ${keyFile}.`, { exitCode: exitCode.notReady });
    const { shares: count, needed } = options;
    const lines = count && needed ? divideKey(key, { count, needed }) : [key.write()];
    answer(
      options,
      count ? { keyId: key.id, needed, shares: lines } : { keyId: key.id, key: lines[0] },
      paper(key.id, lines, needed ?? null),
    );
  };
  const named = namedKeyFile(options.keyFile);
  if (named !== null) return print(resolve(named));
  await atKey(options, async (_owner, place) => print(place.keyFile));
}

/** What is cut apart, put into envelopes and signed for. */
function paper(keyId: string, lines: readonly string[], needed: number | null): string[] {
  return lines.flatMap((line, i) => [
    needed === null
      ? `Master key ${keyId} of Waymark`
      : `Master key ${keyId} of Waymark, share ${i + 1} of ${lines.length} (any ${needed} give it back)`,
    '',
    `  ${line}`,
    '',
    needed === null
      ? 'Whoever has this line and a copy of the database can read who everybody in it is.'
      : 'Alone it opens nothing. Do not keep it where another share or a backup is kept.',
    `To use it: type the line into a file, then ./waymark key ${needed === null ? 'show-id --key-file FILE' : 'join FILES --key-file FILE'}. Letters and digits only count; I and L are 1, O is 0.`,
    'Kept by ______________________________   since ____________   sealed envelope no. __________',
    '-'.repeat(100),
  ]);
}

async function join(files: readonly string[], options: KeyOptions): Promise<void> {
  const { joinKey, makeKeyFile, refuseKeyAmong } = await room();
  const key = joinKey(files.flatMap((file) => readFileSync(file, 'utf8').split(/\r?\n/)));
  const write = (keyFile: string, notIn: readonly string[]): void => {
    refuseKeyAmong(keyFile, notIn);
    if (!makeKeyFile(keyFile, [key]))
      throw new Refusal(`${keyFile} is there already, and a key is never replaced by another: move it away first.`, {
        exitCode: exitCode.refused,
      });
    sayMade(options, keyFile, key);
  };
  const named = namedKeyFile(options.keyFile);
  if (named !== null) return write(resolve(named), existsSync(options.data) ? [options.data] : []);
  await atKey(options, async (_owner, place) => write(place.keyFile, place.notIn));
}

/** With the installation's database, and the place of its key. */
async function atKey(
  options: KeyOptions,
  fn: (owner: Kysely<unknown>, place: KeyPlace, dataFolder: string) => Promise<void>,
): Promise<void> {
  const installation = await openInstallation(options.data);
  try {
    await withDb(installation.urls.owner, async (owner) => {
      const setUp = await findSetUp(owner);
      if (!setUp)
        throw new Refusal('This installation is not set up yet: make the first administrator, or name the file with --key-file.', {
          exitCode: exitCode.notReady,
        });
      const { dataFolder } = installation;
      await fn(owner, keyPlace({ dataFolder, keyFile: options.keyFile }, setUp), dataFolder);
    });
  } finally {
    await installation.close();
  }
}

function shareCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 2 || count > 255) throw new InvalidArgumentError('It is a number from 2 to 255.');
  return count;
}
