// SPDX-License-Identifier: AGPL-3.0-or-later
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startedAt } from './process-table.ts';
import { Refusal, exitCode } from './refusal.ts';

interface Holder {
  readonly pid: number;
  readonly startedAt: string | null;
}

export interface FolderLock {
  release(): void;
}

/**
 * One Waymark a data folder. The lock names its holder; a holder that was killed is recognised (its process is gone, or
 * its number belongs to a process started later) and its lock taken over.
 */
export function lockFolder(folder: string): FolderLock {
  const lock = join(folder, 'waymark.lock');
  const mine = join(folder, `waymark.lock.${process.pid}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) } satisfies Holder), { mode: 0o600 });
  try {
    take(lock, mine, folder);
  } finally {
    rmSync(mine, { force: true });
  }
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      if (read(lock)?.pid === process.pid) rmSync(lock, { force: true });
    },
  };
}

/** Who holds the lock and lives, or null. */
export function lockHolder(folder: string): number | null {
  const holder = read(join(folder, 'waymark.lock'));
  return holder && lives(holder) ? holder.pid : null;
}

function take(lock: string, mine: string, folder: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      linkSync(mine, lock); // atomic, and the lock is never seen half-written
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = read(lock);
    if (holder && lives(holder)) {
      throw new Refusal(
        `Waymark already runs on ${folder} (process ${holder.pid}): stop that one first, or choose another folder with --data.`,
        { exitCode: exitCode.refused },
      );
    }
    removeStale(lock, `${mine}.stale`, holder);
  }
  throw new Refusal(`Another start on ${folder} is under way: wait for it.`, { exitCode: exitCode.refused });
}

/** Moves the dead holder's lock away; when a faster starter has replaced it meanwhile, hers is put back. */
function removeStale(lock: string, aside: string, expected: Holder | null): void {
  try {
    renameSync(lock, aside);
  } catch {
    return; // somebody else has just moved it
  }
  const moved = read(aside);
  if (moved && moved.pid !== expected?.pid) {
    try {
      linkSync(aside, lock);
    } catch {
      /* a third starter holds it now */
    }
  }
  rmSync(aside, { force: true });
}

function lives(holder: Holder): boolean {
  if (!isAlive(holder.pid)) return false;
  const started = startedAt(holder.pid);
  return started === null || holder.startedAt === null || started === holder.startedAt;
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
