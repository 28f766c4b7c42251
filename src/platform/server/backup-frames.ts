// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash, type Hash } from 'node:crypto';

/** What a backup says first. */
export interface BackupHeader {
  readonly format: 1;
  readonly waymark: string;
  readonly createdAt: string;
  readonly migrations: readonly { readonly name: string; readonly sha256: string }[];
}
export interface TableName {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}
/** What is known of a table once all of it has passed: `sha256` is over its rows as COPY writes them. */
export interface TableSum extends TableName {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}
export interface SequenceState {
  readonly schema: string;
  readonly name: string;
  readonly value: string;
  readonly called: boolean;
}
/** What it says last: without it the backup is not whole. */
export interface BackupManifest {
  readonly tables: readonly TableSum[];
  readonly sequences: readonly SequenceState[];
}

export type Frame =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly table: TableName }
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'sum'; readonly sum: TableSum }
  | { readonly kind: 'manifest'; readonly manifest: BackupManifest };

const letters = { header: 'H', table: 'T', data: 'D', sum: 'S', manifest: 'M' } as const;
const kinds = Object.fromEntries(Object.entries(letters).map(([kind, letter]) => [letter.charCodeAt(0), kind])) as Record<
  number,
  Frame['kind']
>;
const headBytes = 5;
const largestFrame = 64 * 2 ** 20;

/** One frame: a letter, the length in four bytes, the payload (JSON, or rows as COPY writes them). */
export function encodeFrame(frame: Frame): Buffer {
  const payload =
    frame.kind === 'data'
      ? frame.data
      : Buffer.from(
          JSON.stringify(
            frame.kind === 'header'
              ? frame.header
              : frame.kind === 'table'
                ? frame.table
                : frame.kind === 'sum'
                  ? frame.sum
                  : frame.manifest,
          ),
        );
  const head = Buffer.alloc(headBytes);
  head.write(letters[frame.kind], 0, 'latin1');
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** The frames of a stream, one at a time. Throws when it ends inside one or holds something else. */
export async function* decodeFrames(content: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < headBytes) break;
      const kind = kinds[rest[0] ?? 0],
        length = rest.readUInt32BE(1);
      if (!kind || length > largestFrame) throw new Error('not a frame');
      if (rest.length < headBytes + length) break;
      yield decode(kind, rest.subarray(headBytes, headBytes + length));
      rest = rest.subarray(headBytes + length);
    }
  }
  if (rest.length > 0) throw new Error('ends inside a frame');
}

function decode(kind: Frame['kind'], payload: Buffer): Frame {
  if (kind === 'data') return { kind, data: payload };
  const value: unknown = JSON.parse(payload.toString('utf8'));
  switch (kind) {
    case 'header':
      return { kind, header: value as BackupHeader };
    case 'table':
      return { kind, table: value as TableName };
    case 'sum':
      return { kind, sum: value as TableSum };
    case 'manifest':
      return { kind, manifest: value as BackupManifest };
  }
}

/** Follows one table's rows to its sum. COPY's text format ends every row with a line feed and holds no other. */
export class TableCounter {
  private rows = 0;
  private bytes = 0;
  private readonly hash: Hash = createHash('sha256');
  private readonly table: TableName;

  constructor(table: TableName) {
    this.table = table;
  }

  add(data: Buffer): void {
    this.hash.update(data);
    this.bytes += data.length;
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) this.rows++;
  }

  sum(): TableSum {
    return { ...this.table, rows: this.rows, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
