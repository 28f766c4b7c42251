// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeBackup } from '../../platform/server/backup.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import { openInstallation } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';
import { passphraseFrom } from './backup-key.ts';

interface BackupCommandOptions extends CommonOptions {
  readonly passphraseFile?: string;
  readonly recipient?: string;
}

export function addBackup(program: Command): void {
  withCommon(
    program.command('backup').argument('<file>', 'the file to write; it must not exist'),
    './waymark backup /safe/waymark-2026-11-22.backup --passphrase-file /root/backup-passphrase',
    './waymark backup out.backup --recipient age1...',
  )
    .description('write everything into one encrypted, checksummed file, while Waymark goes on running')
    .option('--passphrase-file <file>', 'the passphrase is its first line (otherwise WAYMARK_BACKUP_PASSPHRASE)')
    .option('--recipient <key>', 'encrypt for the holder of this public age key instead')
    .action(backup);
}

async function backup(file: string, options: BackupCommandOptions): Promise<void> {
  const passphrase = options.recipient ? null : passphraseFrom(options.passphraseFile);
  if (!options.recipient && !passphrase)
    throw new Refusal('A backup is always encrypted: give --passphrase-file, WAYMARK_BACKUP_PASSPHRASE or --recipient.', {
      exitCode: exitCode.usage,
    });
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  const installation = await openInstallation(options.data);
  const progress = progressOn();
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => cancel.abort(new Refusal('The backup was stopped; no file was left.')));
  try {
    const path = resolve(file);
    const sealing = options.recipient ? { recipient: options.recipient } : { passphrase: passphrase ?? '' };
    const result = await writeBackup({
      ownerUrl: installation.urls.owner,
      file: path,
      sealing,
      version,
      now: new Date(),
      onProgress: (step) => progress.at(step),
      signal: cancel.signal,
    });
    progress.end();
    const rows = result.tables.reduce((sum, table) => sum + table.rows, 0);
    answer(
      options,
      {
        file: path,
        bytes: result.bytes,
        sha256: result.sha256,
        tables: result.tables.map(({ schema, name, rows: count }) => ({ table: `${schema}.${name}`, rows: count })),
      },
      [`${path}: ${rows} rows of ${result.tables.length} tables, ${(result.bytes / 2 ** 20).toFixed(1)} MB`, `SHA-256 ${result.sha256}`],
    );
  } catch (error) {
    throw cancel.signal.aborted ? cancel.signal.reason : error;
  } finally {
    progress.end();
    await installation.close();
  }
}
