// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Refusal, exitCode } from '../../../platform/server/refusal.ts';
import { MasterKey } from './master-key.ts';

const heading = [
  '# The master key of the identity vault of one Waymark. Whoever has this line and the database can read who everybody is;',
  '# without it nobody can, and nobody can make it again. Keep it apart from the data folder and from backups.',
];

/** The keys in a file, newest last; null when there is no file. Refuses a file that others may read, and one whose key is mistyped. */
export function readKeyFile(path: string): MasterKey[] | null {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return null;
  if (!info.isFile())
    throw new Refusal(`${path} is no file: name the file of the master key with --key-file.`, { exitCode: exitCode.refused });
  if ((info.mode & 0o077) !== 0)
    throw new Refusal(`The master key in ${path} can be read by others: chmod 600 ${path}`, { exitCode: exitCode.refused });
  const lines = readFile(path).split(/\r?\n/);
  try {
    const keys = lines.map((line) => MasterKey.read(line)).filter((key) => key !== null);
    if (keys.length === 0) throw new Refusal('It holds no line that begins with WAYMARK-KEY-1.', { exitCode: exitCode.refused });
    return keys;
  } catch (cause) {
    if (cause instanceof Refusal) throw new Refusal(`${path}: ${cause.message}`, { exitCode: cause.exitCode, cause });
    throw cause;
  }
}

/** Writes a file that is not there yet; false when somebody else was faster. */
export function makeKeyFile(path: string, keys: readonly MasterKey[]): boolean {
  return written(path, keys, (part) => {
    try {
      linkSync(part, path); // fails where there is a file: a key is never written over
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Puts other keys into a file that is there: whole or not at all, and on the disk before this returns. */
export function replaceKeyFile(path: string, keys: readonly MasterKey[]): void {
  const target = realpathSync(path); // a link stays a link
  written(target, keys, (part) => renameSync(part, target));
}

/**
 * Refuses a key kept where the data are: whoever took the folder, or a copy of it, would have both. Links are followed, on both sides.
 */
export function refuseKeyAmong(path: string, folders: readonly string[]): void {
  const key = whereItLies(path);
  for (const folder of folders) {
    const way = relative(whereItLies(folder), key);
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
      throw new Refusal(
        `The master key ${path} lies inside the data folder ${folder}, so a copy of the folder would hold both: move it elsewhere and name it with --key-file or WAYMARK_KEY_FILE.`,
        { exitCode: exitCode.refused },
      );
  }
}

function whereItLies(path: string): string {
  let there = resolve(path),
    rest = '';
  while (!existsSync(there) && dirname(there) !== there) {
    rest = join(basename(there), rest);
    there = dirname(there);
  }
  return join(realpathSync(there), rest);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw new Refusal(`The master key in ${path} cannot be read by the user that Waymark runs as.`, {
        exitCode: exitCode.refused,
        cause,
      });
    throw cause;
  }
}

function written<T>(path: string, keys: readonly MasterKey[], publish: (part: string) => T): T {
  const folder = dirname(path),
    part = join(folder, `.${basename(path)}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(part, { force: true });
    const file = openSync(part, 'wx', 0o600);
    try {
      writeSync(file, [...heading, ...keys.map((key) => key.write()), ''].join('\n'));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const done = publish(part);
    const parent = openSync(folder, 'r');
    try {
      fsyncSync(parent);
    } finally {
      closeSync(parent);
    }
    return done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    throw new Refusal(
      `The master key cannot be written to ${path} (${code}): name a file that the user Waymark runs as may write, with --key-file.`,
      { exitCode: exitCode.refused, cause: error },
    );
  } finally {
    if (existsSync(part)) rmSync(part);
  }
}
