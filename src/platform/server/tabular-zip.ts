// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { Problem } from '../domain/problem.ts';
import type { Limits } from './tabular-canonical.ts';

interface Entry { readonly name: string; readonly flags: number; readonly method: number; readonly packed: number; readonly offset: number }

const notWhole = 'The spreadsheet is damaged or was not copied whole. Open it, save it again and retry.';

/**
 * Reads a packed file's directory and unpacks every part once, keeping nothing, so that what it grows to is known before
 * anything is built from it. The sizes a file states about itself are not believed. Returns the names of its parts.
 */
export async function checkZip(path: string, limits: Limits, signal?: AbortSignal): Promise<string[]> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const entries = await directory(handle, size);
    let total = 0;
    for (const entry of entries) {
      if (entry.flags & 1) throw new Problem('unreadable-file', 'The spreadsheet is locked with a password. Save it without one.');
      total += await unpackedSize(handle, path, entry, limits, total, size, signal);
    }
    return entries.map(({ name }) => name);
  } finally {
    await handle.close();
  }
}

async function directory(handle: FileHandle, size: number): Promise<Entry[]> {
  const tail = Buffer.alloc(Math.min(size, 65_557));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > tail.length) throw new Problem('unreadable-file', notWhole);
  const count = tail.readUInt16LE(end + 10), bytes = tail.readUInt32LE(end + 12), start = tail.readUInt32LE(end + 16);
  if (count > 10_000 || bytes > 20_000_000 || start + bytes > size) throw new Problem('unreadable-file', notWhole);
  const list = Buffer.alloc(bytes);
  await handle.read(list, 0, bytes, start);
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= bytes && list.readUInt32LE(at) === 0x02014b50;) {
    const nameLength = list.readUInt16LE(at + 28), extra = list.readUInt16LE(at + 30), comment = list.readUInt16LE(at + 32);
    entries.push({
      name: list.toString('utf8', at + 46, at + 46 + nameLength), flags: list.readUInt16LE(at + 8), method: list.readUInt16LE(at + 10),
      packed: list.readUInt32LE(at + 20), offset: list.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extra + comment;
  }
  if (entries.length !== count) throw new Problem('unreadable-file', notWhole);
  return entries;
}

async function unpackedSize(handle: FileHandle, path: string, entry: Entry, limits: Limits, before: number, fileSize: number, signal?: AbortSignal): Promise<number> {
  const head = Buffer.alloc(30);
  await handle.read(head, 0, 30, entry.offset);
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (head.readUInt32LE(0) !== 0x04034b50 || start + entry.packed > fileSize) throw new Problem('unreadable-file', notWhole);
  if (entry.packed === 0) return 0;
  if (entry.method === 0) return entry.packed;
  if (entry.method !== 8) throw new Problem('unreadable-file', notWhole);
  const packed = createReadStream(path, { start, end: start + entry.packed - 1 });
  const unpacked = packed.pipe(createInflateRaw());
  packed.on('error', (error) => unpacked.destroy(error));
  let bytes = 0;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      bytes += piece.length;
      const sum = before + bytes;
      if (signal?.aborted) throw new Problem('cancelled');
      if (sum > limits.unpackedBytes || (sum > 50_000_000 && sum > fileSize * limits.unpackedRatio)) {
        throw new Problem('too-large', `The spreadsheet of ${fileSize} bytes unpacks to more than ${sum} bytes; save it as CSV.`);
      }
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('unreadable-file', notWhole, { cause: error });
  } finally {
    packed.destroy();
  }
  return bytes;
}
