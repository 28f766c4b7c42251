// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Is there a process with this id that still runs? A zombie nobody has reaped is gone for our purposes. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statField(pid, 0) !== 'Z';
}

/** Something that differs between two processes that had the same id at different times; null where /proc is missing. */
export function startedAt(pid: number): string | null {
  return statField(pid, 19);
}

/** The folder a process works in, or null when that cannot be told. A postmaster works in its data folder. */
export function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Resolves to true once the process is gone, to false when `milliseconds` have passed before that. */
export async function gone(pid: number, milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await sleep(40);
  }
  return true;
}

/** Fields of /proc/<pid>/stat after the command, which is in brackets and may hold spaces: 0 is the state, 19 the start. */
function statField(pid: number, index: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[index] ?? null;
  } catch {
    return null;
  }
}
