// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../domain/problem.ts';

/** How much all uploads together may take, on their way and in waiting. */
export interface UploadRoom {
  /** Everything in these counts. */
  readonly folders: readonly string[];
  readonly totalBytes: number;
  /** What must stay free on their disk: the database may well lie on the same one, and stops when it is full. */
  readonly keepFreeBytes: number;
}

const gigabyte = 2 ** 30;

/** `gigabytes` as a person wrote it (WAYMARK_UPLOADS_GB); throws when it is no number above 0. */
export function uploadRoom(folders: readonly string[], gigabytes: string | null): UploadRoom {
  const total = Number(gigabytes ?? '20');
  if (!Number.isFinite(total) || total <= 0) throw new Error('WAYMARK_UPLOADS_GB must be a number above 0, such as 20.');
  return { folders, totalBytes: total * gigabyte, keepFreeBytes: gigabyte / 2 };
}

/** Throws `storage-full` unless `more` bytes fit in beside what lies there now. */
export async function checkRoom(room: UploadRoom, more: number): Promise<void> {
  const used = (await Promise.all(room.folders.map(sizeOf))).reduce((a, b) => a + b, 0);
  if (used + more > room.totalBytes) {
    throw new Problem(
      'storage-full',
      `Uploaded files that wait for their import take up the room there is for them (${+(room.totalBytes / gigabyte).toFixed(2)} GB in all). Try again when an import has ended, or ask whoever runs the server for more room.`,
    );
  }
  const { bavail, bsize } = await statfs(room.folders[0] ?? '.');
  if (bavail * bsize - more < room.keepFreeBytes)
    throw new Problem(
      'storage-full',
      'The disk of the server is nearly full, and what is left is kept for what is already saved. Tell whoever runs the server.',
    );
}

/** Files come and go meanwhile: one that has gone counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await sizeOf(path) : ((await stat(path).catch(() => null))?.size ?? 0);
  }
  return bytes;
}
