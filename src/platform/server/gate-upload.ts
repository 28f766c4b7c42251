// SPDX-License-Identifier: AGPL-3.0-or-later
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../domain/problem.ts';
import type { Upload } from './endpoint.ts';
import { checkRoom, type UploadRoom } from './upload-room.ts';

export interface ReceivedForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly uploads: readonly Upload[];
  /** Private to this request; emptied after the answer. */
  readonly folder: string;
}

export const mostFiles = 40; // a country's places come in several files
const mostFields = 20;
const longestField = 1024 * 1024; // a mapping file as text

/**
 * Streams a multipart form to a folder that only this process may enter, so that a gigabyte never stands in memory. Names on disk
 * are ours: what the sender called the file is kept as a label only. Throws Problem `too-large` past `maxBytes` a file, `storage-full`
 * when all uploads together take more than `room`: at once where the length is announced, else on the way.
 */
export async function receiveForm(request: FastifyRequest, under: string, maxBytes: number, room?: UploadRoom): Promise<ReceivedForm> {
  if (!request.isMultipart()) throw new Problem('bad-input', 'Send this as multipart/form-data.');
  await mkdir(under, { recursive: true, mode: 0o700 });
  const announced = Number(request.headers['content-length'] ?? 0);
  if (room) await checkRoom(room, Number.isSafeInteger(announced) ? announced : 0);
  const folder = await mkdtemp(join(under, 'form-'));
  const fields: Record<string, string> = {};
  const uploads: Upload[] = [];
  try {
    const limits = {
      files: mostFiles + 1,
      fields: mostFields,
      fieldSize: longestField,
      fileSize: maxBytes,
      parts: mostFiles + 1 + mostFields,
    };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        if (part.valueTruncated) throw new Problem('too-large', `${part.fieldname}: is longer than can be taken in a form.`);
        if (typeof part.value === 'string') fields[part.fieldname] = part.value;
        continue;
      }
      if (uploads.length === mostFiles) {
        part.file.resume();
        throw new Problem('too-large', `Send at most ${mostFiles} files at once.`);
      }
      const path = join(folder, String(uploads.length + 1));
      const out = createWriteStream(path, { mode: 0o600 });
      await pipeline(part.file, (pieces: AsyncIterable<Buffer>) => watched(pieces, room), out);
      if (part.file.truncated) throw new Problem('too-large', `A file may have at most ${Math.floor(maxBytes / 1048576)} MB.`);
      uploads.push({ fieldName: part.fieldname, fileName: safeFileName(part.filename), path, bytes: out.bytesWritten });
    }
    return { fields, uploads, folder };
  } catch (error) {
    await discardForm(folder);
    // What is still coming is read and dropped: a connection that nobody reads is never seen to end, and holds up the end of the server.
    request.raw.unpipe();
    request.raw.resume();
    throw error;
  }
}

const lookEvery = 32 * 1024 * 1024;

async function* watched(pieces: AsyncIterable<Buffer>, room: UploadRoom | undefined): AsyncGenerator<Buffer> {
  let unseen = 0;
  for await (const piece of pieces) {
    unseen += piece.length;
    if (room && unseen >= Math.min(lookEvery, room.totalBytes / 4)) {
      await checkRoom(room, 0);
      unseen = 0;
    }
    yield piece;
  }
}

export async function discardForm(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/**
 * A file's name as a label: no folders, no control or direction-changing characters, nothing that a spreadsheet would run as a
 * formula when the label stands in a cell, at most 120 characters with its ending kept.
 */
export function safeFileName(name: string | undefined): string {
  const last = (name ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .trim()
    .replace(/^[=+\-@.\s]+/, '');
  if (plain === '') return 'file';
  const letters = [...plain];
  if (letters.length <= 120) return plain;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(plain)?.[0] ?? '';
  return letters.slice(0, 120 - ending.length).join('') + ending;
}
