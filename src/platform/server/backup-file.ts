// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { syncFile, syncFolder } from './durable-append.ts';
import { Refusal, exitCode, refusalFromSystem } from './refusal.ts';

// A backup file: the line below, then an age file (https://age-encryption.org/v1) of gzipped frames, then the SHA-256 of all
// that goes before. The checksum tells a damaged file from a wrong passphrase; age itself tells a tampered one.
const magic = Buffer.from('waymark backup 1\n');
const checksumBytes = 32;

/** Who may open the file: whoever knows the passphrase, or holds the private key of `recipient` (`age1...`). */
export type Sealing = { readonly passphrase: string } | { readonly recipient: string };
/** What opens it: the passphrase, or the private key (`AGE-SECRET-KEY-1...`). */
export type Opening = { readonly passphrase: string } | { readonly identity: string };

/**
 * Seals `content` into `path`, which must not exist. It grows under another name beside it and takes its name only when it is
 * whole and on the disk, so a backup that is killed leaves no file that looks like one. Returns its size and SHA-256.
 */
export async function sealFile(
  path: string,
  sealing: Sealing,
  content: AsyncIterable<Buffer>,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  if (await stat(path).catch(() => null))
    throw new Refusal(`${path} is there already: choose another name; a backup never replaces one.`, { exitCode: exitCode.refused });
  const part = `${path}.part`;
  try {
    const encrypter = new Encrypter();
    if ('passphrase' in sealing) encrypter.setPassphrase(sealing.passphrase);
    else addRecipient(encrypter, sealing.recipient);
    const packed = createGzip({ level: 3 });
    const feeding = pipeline(Readable.from(content, { objectMode: false }), packed, ...(signal ? [{ signal }] : []));
    feeding.catch(() => {}); // told through the pipeline below, which it ends
    const sealed = await encrypter.encrypt(Readable.toWeb(packed) as unknown as ReadableStream<Uint8Array>);
    const checksum = new Checksum();
    await pipeline(
      Readable.fromWeb(sealed as unknown as NodeReadableStream),
      checksum,
      createWriteStream(part, { mode: 0o600 }),
      ...(signal ? [{ signal }] : []),
    );
    await feeding;
    await syncFile(part);
    await rename(part, path);
    await syncFolder(dirname(path));
    return { bytes: checksum.bytes, sha256: checksum.whole() };
  } catch (error) {
    await rm(part, { force: true });
    throw refusalFromSystem(error, path) ?? error;
  }
}

function addRecipient(encrypter: Encrypter, key: string): void {
  try {
    encrypter.addRecipient(key);
  } catch (cause) {
    throw new Refusal(
      'The recipient is no public age key (age1 and 58 letters and digits, as age-keygen prints it). No file was written.',
      { exitCode: exitCode.usage, cause },
    );
  }
}

/** The sealed content, checked as it is read: the checksum first, over the whole file, before anything is opened. */
export async function openFile(path: string, opening: Opening): Promise<AsyncIterable<Buffer>> {
  const size = await checkWhole(path);
  const decrypter = new Decrypter();
  if ('passphrase' in opening) decrypter.addPassphrase(opening.passphrase);
  else decrypter.addIdentity(opening.identity);
  const sealed = createReadStream(path, { start: magic.length, end: size - checksumBytes - 1 });
  let plain: ReadableStream<Uint8Array>;
  try {
    plain = await decrypter.decrypt(Readable.toWeb(sealed) as unknown as ReadableStream<Uint8Array>);
  } catch (cause) {
    sealed.destroy();
    const wrongKey = /no identity matched/.test((cause as Error).message);
    throw wrongKey
      ? new Refusal(`The ${'passphrase' in opening ? 'passphrase' : 'key'} does not open ${path}. Nothing was changed.`, { cause })
      : damaged(path, cause);
  }
  const unpacked = createGunzip();
  const opened = Readable.fromWeb(plain as unknown as NodeReadableStream);
  pipeline(opened, unpacked).catch(() => {}); // the reader of `unpacked` meets the same error
  return readUnpacked(unpacked, path);
}

export function damaged(path: string, cause?: unknown): Refusal {
  return new Refusal(`${path} is damaged or was changed since it was written. Nothing was changed here; use another backup.`, { cause });
}

async function* readUnpacked(unpacked: Readable, path: string): AsyncIterable<Buffer> {
  try {
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (cause) {
    throw damaged(path, cause);
  }
}

/** Throws unless the file is a backup, whole and unchanged. Returns its size. */
async function checkWhole(path: string): Promise<number> {
  const info = await stat(path).catch((cause: unknown) => {
    throw refusalFromSystem(cause, path) ?? new Refusal(`There is no file ${path}.`, { cause });
  });
  if (!info.isFile()) throw new Refusal(`${path} is no file.`);
  const head = await readPiece(path, 0, Math.min(info.size, magic.length));
  if (!head.equals(magic))
    throw magic.subarray(0, head.length).equals(head) ? damaged(path) : new Refusal(`${path} is no backup of Waymark's.`);
  if (info.size < magic.length + checksumBytes) throw damaged(path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { end: info.size - checksumBytes - 1 }), hash);
  const kept = await readPiece(path, info.size - checksumBytes, checksumBytes);
  if (!kept.equals(hash.read() as Buffer)) throw damaged(path);
  return info.size;
}

async function readPiece(path: string, start: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Puts the magic line before what passes through and its checksum after it, and knows the checksum of all of that. */
class Checksum extends Transform {
  bytes = 0;
  private readonly inner = createHash('sha256');
  private readonly outer = createHash('sha256');

  constructor() {
    super();
    this.add(magic);
  }

  whole(): string {
    return this.outer.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.add(chunk);
    done();
  }

  override _flush(done: () => void): void {
    const digest = this.inner.digest();
    this.outer.update(digest);
    this.bytes += digest.length;
    this.push(digest);
    done();
  }

  private add(chunk: Buffer): void {
    this.inner.update(chunk);
    this.outer.update(chunk);
    this.bytes += chunk.length;
    this.push(chunk);
  }
}
