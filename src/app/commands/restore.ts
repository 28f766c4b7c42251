// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { noteRestore } from '../../audit/server/index.ts';
import { lockHolder } from '../../platform/server/folder-lock.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import { checkBackup, restoreBackup } from '../../platform/server/restore.ts';
import { erasureListName, replay } from '../erasures.ts';
import { openInstallation, withDb } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';
import { keyTables, refuseWithoutItsKey, sealedUnder } from './restore-key.ts';
import { identityFrom, passphraseFrom } from './backup-key.ts';

interface RestoreOptions extends CommonOptions {
  readonly passphraseFile?: string;
  readonly identityFile?: string;
  readonly check?: boolean;
  readonly keyFile?: string;
  readonly withoutKey?: boolean;
  readonly erasures?: string;
}

export function addRestore(program: Command): void {
  withCommon(
    program.command('restore').argument('<file>', 'a file that "backup" wrote'),
    './waymark restore /safe/waymark-2026-11-22.backup --data ./restored --passphrase-file /root/backup-passphrase',
  )
    .description('rebuild everything from a backup, into an empty data folder or an empty server database')
    .option('--passphrase-file <file>', 'the passphrase is its first line (otherwise WAYMARK_BACKUP_PASSPHRASE)')
    .option('--identity-file <file>', 'the private age key, for a backup made with --recipient')
    .option('--key-file <file>', 'the master key of the identity vault (otherwise WAYMARK_KEY_FILE, otherwise its usual place)')
    .option(
      '--without-key',
      'restore although the master key is not here: until it is, nobody’s name can be read and Waymark does not start',
    )
    .option('--erasures <file>', 'another list of people who were erased since, kept with a copy of the key: they are erased again')
    .option('--check', 'only read the file through and say whether it is whole')
    .action(restore);
}

async function restore(file: string, options: RestoreOptions): Promise<void> {
  const path = resolve(file);
  const passphrase = options.identityFile ? null : passphraseFrom(options.passphraseFile);
  if (!options.identityFile && !passphrase)
    throw new Refusal('Say what opens the backup: --passphrase-file, WAYMARK_BACKUP_PASSPHRASE or --identity-file.', {
      exitCode: exitCode.usage,
    });
  const opening = options.identityFile ? { identity: identityFrom(options.identityFile) } : { passphrase: passphrase ?? '' };
  if (!options.check) refuseUsedFolder(options.data);
  if (options.erasures !== undefined && !existsSync(options.erasures))
    throw new Refusal(`There is no list of erased people in ${resolve(options.erasures)}.`, { exitCode: exitCode.usage });
  const progress = progressOn();
  try {
    const backup = await checkBackup(path, opening, (step) => progress.at(step), [...keyTables]);
    const sealed = sealedUnder(backup);
    if (!options.check && !options.withoutKey) await refuseWithoutItsKey(sealed, options);
    const tables = backup.manifest.tables.map(({ schema, name, rows }) => ({ table: `${schema}.${name}`, rows }));
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const back = options.check ? null : await bringBack({ path, opening, backup, options, progress });
    progress.end();
    const from = `made ${backup.header.createdAt} by Waymark ${backup.header.waymark}`;
    answer(
      options,
      {
        file: path,
        restored: !options.check,
        createdAt: backup.header.createdAt,
        waymark: backup.header.waymark,
        tables,
        masterKey: sealed?.keyIds[0] ?? null,
        erasedAgain: back?.erasedAgain ?? 0,
        codesVoid: back?.codesVoid ?? 0,
        ownAccountsEnded: back?.ownAccountsEnded ?? 0,
      },
      [
        options.check
          ? `${path} is whole: ${rows} rows of ${tables.length} tables, ${from}.${sealed ? ` Names in it need the master key ${sealed.keyIds.join(' and ')}.` : ''}`
          : `Restored ${rows} rows of ${tables.length} tables, ${from}. Everybody signs in anew.`,
        ...(back?.lines ?? []),
      ],
    );
  } finally {
    progress.end();
  }
}

interface BringingBack {
  readonly path: string;
  readonly opening: Parameters<typeof restoreBackup>[0]['opening'];
  readonly backup: Awaited<ReturnType<typeof checkBackup>>;
  readonly options: RestoreOptions;
  readonly progress: ReturnType<typeof progressOn>;
}

interface BroughtBack {
  readonly erasedAgain: number;
  readonly codesVoid: number;
  readonly ownAccountsEnded: number;
  readonly lines: readonly string[];
}

/** The data, and before anybody may be served: whoever was erased since is erased again, and no code of then opens an account. */
async function bringBack({ path, opening, backup, options, progress }: BringingBack): Promise<BroughtBack> {
  const installation = await openInstallation(options.data, { make: true });
  const { urls, dataFolder } = installation;
  let back: BroughtBack = { erasedAgain: 0, codesVoid: 0, ownAccountsEnded: 0, lines: [] };
  const finish = () =>
    withDb(urls.owner, async (db) => {
      await noteRestore(db, dataFolder);
      progress.phase('Erasing again whoever was erased since');
      const { done, lines } = await replay({ db, dataFolder, keyFile: options.keyFile, more: options.erasures, by: 'restore' });
      // Loaded here: sign-in brings a library along that reading a backup through should not wait for.
      const { closeAccessOfBackup } = await import('../../access/server/index.ts');
      const { codes, ownAccounts } = await closeAccessOfBackup(db);
      const told = [...lines, ...accessLines(codes, ownAccounts, backup.header.createdAt)];
      back = { erasedAgain: done.again, codesVoid: codes, ownAccountsEnded: ownAccounts, lines: told };
    });
  try {
    await restoreBackup({ ownerUrl: urls.owner, file: path, opening, backup, onProgress: (step) => progress.at(step), finish });
    return back;
  } finally {
    await installation.close();
  }
}

const accessLines = (codesVoid: number, ownAccounts: number, createdAt: string): string[] => [
  ...(codesVoid > 0 ? [`${codesVoid} invitations and recovery codes of then are void: whoever still needs one is given a new one.`] : []),
  ...(ownAccounts > 0 ? [`${ownAccounts} accounts of people for their own record ended: their case workers invite them anew.`] : []),
  `Accounts, passwords and second proofs are as they were at ${createdAt}: what was ended or changed since must be ended or changed again.`,
];

/** Told before the passphrase is tried; whether its database is empty is asked later, once it runs. */
function refuseUsedFolder(data: string): void {
  const folder = resolve(data);
  if (process.env['WAYMARK_DATABASE_URL'] || !existsSync(folder)) return;
  // A database without a Waymark is left of a restore that was killed, and is taken over.
  if (lockHolder(folder) !== null)
    throw new Refusal(`Waymark runs on ${folder}: stop it first, or choose an empty folder with --data.`, { exitCode: exitCode.refused });
  const ours = new Set([
    'audit',
    'db',
    'log',
    'run',
    'secrets',
    'uploads',
    'cluster.json',
    'session-secret',
    erasureListName,
    'waymark-key.erasures',
    'waymark-key',
    'waymark.lock',
  ]);
  const foreign = readdirSync(folder).filter((name) => !ours.has(name) && !name.startsWith('db.making'));
  if (foreign.length > 0)
    throw new Refusal(`${folder} is not empty (it holds ${foreign[0]}): choose an empty folder with --data.`, {
      exitCode: exitCode.refused,
    });
}
