// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { Kysely } from 'kysely';
import type { Sealing } from '../platform/server/backup-file.ts';
import { writeBackup, type BackupProgress } from '../platform/server/backup.ts';
import { appliedMigrations, compare, readMigrations, type Migration } from '../platform/server/migrate.ts';
import { Refusal, exitCode } from '../platform/server/refusal.ts';
import { identityFrom } from './commands/backup-key.ts';
import { contents } from './installation.ts';

export interface UpgradeOptions {
  readonly ownerUrl: string;
  readonly db: Kysely<unknown>;
  readonly dataFolder: string;
  readonly now: Date;
  /** Waymark's own version. */
  readonly version: string;
  readonly onProgress?: (step: BackupProgress) => void;
  /** Those of this Waymark unless a test says otherwise. */
  readonly migrations?: readonly Migration[];
}

const kept = 3;
/** Names the backup of an upgrade that is under way. */
const unfinished = 'upgrade-under-way';
const ofUpgrade = /^before-\d{4}-[\dT-]+\.backup$/;

/**
 * Before a newer Waymark changes a database that holds somebody's data, all of it goes into one sealed file in `backups/` of the data folder.
 * Opened by WAYMARK_BACKUP_PASSPHRASE where that is set, otherwise by the key beside it (`secrets/upgrade-backups.key`), so that it is no safer
 * and no less safe than the folder it lies in. An upgrade that was cut off after its first change is gone on with under the backup it began
 * with: nobody was served since, and a backup of what is half changed would lead back nowhere. Returns the file; null where nothing is to be
 * upgraded. Throws a Refusal, and then nothing was changed.
 */
export async function backUpBeforeUpgrade(options: UpgradeOptions): Promise<string | null> {
  const { db, dataFolder, now, ownerUrl, version, onProgress } = options;
  const missing = compare(await appliedMigrations(db), options.migrations ?? readMigrations());
  if (missing[0] === undefined || (await contents(db)) !== 'own') return null;
  const folder = backupsOf(dataFolder);
  const begun = begunBackup(dataFolder, missing[0].name);
  if (begun !== null) return begun;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = freeName(folder, missing[0].name.slice(0, 4), now.getTime());
  try {
    const sealing = await sealingIn(dataFolder);
    await writeBackup({ ownerUrl, file, sealing, version, now, ...(onProgress ? { onProgress } : {}) });
    writeFileSync(join(folder, unfinished), basename(file), { mode: 0o600 });
  } catch (cause) {
    throw new Refusal(
      `The data could not be backed up before the upgrade (${cause instanceof Error ? cause.message : String(cause)}). Nothing was changed: make room, or go on with the older Waymark.`,
      { exitCode: exitCode.refused, cause },
    );
  }
  dropOldest(folder);
  return file;
}

/** The upgrade stands: the next one makes a backup of its own. */
export function upgradeDone(dataFolder: string): void {
  rmSync(join(backupsOf(dataFolder), unfinished), { force: true });
}

/** The backup of an upgrade that has changed something and was cut off. Before its first change the older Waymark may have gone on with the data. */
function begunBackup(dataFolder: string, firstMissing: string): string | null {
  const mark = join(backupsOf(dataFolder), unfinished);
  const name = existsSync(mark) ? readFileSync(mark, 'utf8') : '';
  const file = join(backupsOf(dataFolder), basename(name));
  return ofUpgrade.test(name) && name.slice(7, 11) < firstMissing.slice(0, 4) && existsSync(file) ? file : null;
}

/** Named by the moment: of two tries in the same one, before the first change of either, the second takes the next. */
function freeName(folder: string, migration: string, moment: number): string {
  const file = join(folder, `before-${migration}-${new Date(moment).toISOString().slice(0, 23).replaceAll(/[:.]/g, '-')}.backup`);
  return existsSync(file) ? freeName(folder, migration, moment + 1) : file;
}

const backupsOf = (dataFolder: string): string => join(dataFolder, 'backups');

async function sealingIn(dataFolder: string): Promise<Sealing> {
  const passphrase = process.env['WAYMARK_BACKUP_PASSPHRASE'];
  if (passphrase) return { passphrase };
  const keyFile = upgradeKeyFile(dataFolder);
  mkdirSync(join(dataFolder, 'secrets'), { recursive: true, mode: 0o700 });
  let identity: string;
  try {
    identity = identityFrom(keyFile);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    identity = await generateIdentity();
    writeFileSync(keyFile, `# Opens the backups that Waymark makes before an upgrade (backups/).\n${identity}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
  }
  return { recipient: await identityToRecipient(identity) };
}

export function upgradeKeyFile(dataFolder: string): string {
  return join(dataFolder, 'secrets', 'upgrade-backups.key');
}

/** The newest few stay; a file of an upgrade is found by its name, anything else in the folder is left alone. */
function dropOldest(folder: string): void {
  const ours = readdirSync(folder)
    .filter((name) => ofUpgrade.test(name))
    .sort((a, b) => (a.slice(12) < b.slice(12) ? 1 : -1));
  for (const name of ours.slice(kept)) rmSync(join(folder, name));
}

/** How a backup of an upgrade is opened again, for the line that says it was made. */
export function howToGoBack(file: string, dataFolder: string): string {
  const opens = process.env['WAYMARK_BACKUP_PASSPHRASE'] ? '' : ` --identity-file ${upgradeKeyFile(dataFolder)}`;
  return `Everything was backed up first: ${file}. To go back: the older Waymark, ./waymark restore ${file} --data EMPTY_FOLDER${opens}`;
}
