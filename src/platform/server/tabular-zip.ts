// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { Problem } from '../domain/problem.ts';
import type { Limits } from './tabular-canonical.ts';

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly sum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

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

/**
 * Writes the parts that `rank` gives a number to into a plain packed file, in that order, as they are: sizes stand before each part, none of
 * the large form (zip64) is left. Readers that take a file from front to back then find what they need before what needs it. `first` is a
 * part to begin with, for a file that has none of that name.
 */
export async function repackZip(
  path: string,
  target: string,
  rank: (name: string) => number | null,
  first: { readonly name: string; readonly text: string },
): Promise<void> {
  const handle = await open(path, 'r'),
    out = await open(target, 'w', 0o600);
  try {
    const { size } = await handle.stat();
    const entries = await directory(handle, size);
    const ranked = entries.flatMap((entry) => {
      const at = rank(entry.name);
      return at === null ? [] : [{ entry, at }];
    });
    ranked.sort((a, b) => a.at - b.at);
    const central: Buffer[] = [];
    let offset = 0;
    if (!entries.some(({ name }) => name === first.name)) {
      const text = Buffer.from(first.text);
      const [local, listed] = headers(
        { name: first.name, flags: 0, method: 0, sum: crc32(text), packed: text.length, size: text.length, offset: 0 },
        0,
      );
      central.push(listed);
      await out.write(Buffer.concat([local, text]));
      offset = local.length + text.length;
    }
    for (const { entry } of ranked) {
      if (entry.packed >= large || entry.size >= large || offset >= large)
        throw new Problem('too-large', 'A part of the spreadsheet is larger than 4 GB. Save it as CSV.');
      const [local, listed] = headers(entry, offset);
      central.push(listed);
      await out.write(local);
      await copy(handle, await startOf(handle, entry, size), entry.packed, out);
      offset += local.length + entry.packed;
    }
    await out.write(Buffer.concat([...central, ending(central.length, Buffer.concat(central).length, offset)]));
  } finally {
    await handle.close();
    await out.close();
  }
}

const large = 0xffffffff;

function headers({ name, flags, method, sum, packed, size }: Entry, offset: number): [local: Buffer, central: Buffer] {
  const bytes = Buffer.from(name),
    local = Buffer.alloc(30),
    central = Buffer.alloc(46);
  local.writeUInt32LE(0x04034b50, 0);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt32LE(offset, 42);
  for (const [head, at] of [
    [local, 4],
    [central, 6],
  ] as const) {
    head.writeUInt16LE(20, at);
    head.writeUInt16LE(flags & ~8, at + 2); // 8: sizes come after the part; here they stand before it
    head.writeUInt16LE(method, at + 4);
    head.writeUInt32LE(sum, at + 10);
    head.writeUInt32LE(packed, at + 14);
    head.writeUInt32LE(size, at + 18);
    head.writeUInt16LE(bytes.length, at + 22);
  }
  return [Buffer.concat([local, bytes]), Buffer.concat([central, bytes])];
}

function ending(count: number, bytes: number, start: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(start, 16);
  return end;
}

async function copy(from: FileHandle, start: number, bytes: number, to: FileHandle): Promise<void> {
  const piece = Buffer.alloc(Math.min(bytes, 1 << 20));
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await from.read(piece, 0, Math.min(piece.length, bytes - done), start + done);
    if (bytesRead === 0) throw new Problem('unreadable-file', notWhole);
    await to.write(piece, 0, bytesRead);
    done += bytesRead;
  }
}

async function directory(handle: FileHandle, size: number): Promise<Entry[]> {
  const { count, bytes, start } = await whereListed(handle, size);
  if (count > 10_000 || bytes > 20_000_000 || start + bytes > size) throw new Problem('unreadable-file', notWhole);
  const list = Buffer.alloc(bytes);
  await handle.read(list, 0, bytes, start);
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= bytes && list.readUInt32LE(at) === 0x02014b50;) {
    const nameLength = list.readUInt16LE(at + 28),
      extra = list.readUInt16LE(at + 30),
      comment = list.readUInt16LE(at + 32);
    if (at + 46 + nameLength + extra > bytes) throw new Problem('unreadable-file', notWhole);
    const [unpacked, packed, offset] = sizesOf(
      list.subarray(at, at + 46),
      list.subarray(at + 46 + nameLength, at + 46 + nameLength + extra),
    );
    entries.push({
      name: list.toString('utf8', at + 46, at + 46 + nameLength),
      flags: list.readUInt16LE(at + 8),
      method: list.readUInt16LE(at + 10),
      sum: list.readUInt32LE(at + 16),
      packed,
      size: unpacked,
      offset,
    });
    at += 46 + nameLength + extra + comment;
  }
  if (entries.length !== count) throw new Problem('unreadable-file', notWhole);
  return entries;
}

/** Where the list of parts stands; in files of the large form (zip64), a second ending before the ending says so. */
async function whereListed(handle: FileHandle, size: number): Promise<{ count: number; bytes: number; start: number }> {
  const tail = Buffer.alloc(Math.min(size, 65_557));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > tail.length) throw new Problem('unreadable-file', notWhole);
  const plain = { count: tail.readUInt16LE(end + 10), bytes: tail.readUInt32LE(end + 12), start: tail.readUInt32LE(end + 16) };
  if (plain.count < 0xffff && plain.bytes < large && plain.start < large) return plain;
  if (end < 20 || tail.readUInt32LE(end - 20) !== 0x07064b50) throw new Problem('unreadable-file', notWhole);
  const record = Buffer.alloc(56),
    at = Number(tail.readBigUInt64LE(end - 12));
  if (at + 56 > size) throw new Problem('unreadable-file', notWhole);
  await handle.read(record, 0, 56, at);
  if (record.readUInt32LE(0) !== 0x06064b50) throw new Problem('unreadable-file', notWhole);
  return {
    count: Number(record.readBigUInt64LE(32)),
    bytes: Number(record.readBigUInt64LE(40)),
    start: Number(record.readBigUInt64LE(48)),
  };
}

/** Unpacked size, packed size and place of a part: those that do not fit stand in a field of their own, in this order. */
function sizesOf(head: Buffer, extra: Buffer): [size: number, packed: number, offset: number] {
  const stated: [number, number, number] = [head.readUInt32LE(24), head.readUInt32LE(20), head.readUInt32LE(42)];
  if (!stated.includes(large)) return stated;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    const whole = (value: number): number => {
      if (value !== large) return value;
      if (next + 8 > extra.length) throw new Problem('unreadable-file', notWhole);
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    };
    return [whole(stated[0]), whole(stated[1]), whole(stated[2])];
  }
  throw new Problem('unreadable-file', notWhole);
}

/** Where a part's bytes begin, checked to lie within the file. */
async function startOf(handle: FileHandle, entry: Entry, fileSize: number): Promise<number> {
  const head = Buffer.alloc(30);
  if (entry.offset + 30 > fileSize) throw new Problem('unreadable-file', notWhole);
  await handle.read(head, 0, 30, entry.offset);
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (head.readUInt32LE(0) !== 0x04034b50 || start + entry.packed > fileSize) throw new Problem('unreadable-file', notWhole);
  return start;
}

async function unpackedSize(
  handle: FileHandle,
  path: string,
  entry: Entry,
  limits: Limits,
  before: number,
  fileSize: number,
  signal?: AbortSignal,
): Promise<number> {
  const start = await startOf(handle, entry, fileSize);
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
