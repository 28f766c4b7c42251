// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Puts lines at the end of a file that only its owner may read, and comes back when they are on the disk; makes file and folder where there are none. */
export async function appendDurably(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    // Behind a line that a crash or a full disk tore, a line of our own begins.
    const torn = size > 0 && !(await endsInNewline(file, size));
    await file.appendFile(`${torn ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`);
    await file.sync();
    // Empty: it may be new, and its name is safe only with its folder.
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

async function endsInNewline(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** What was written to a file is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name in a folder is safe only when the folder is on the disk too. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
