// SPDX-License-Identifier: AGPL-3.0-or-later
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { Problem } from '../domain/problem.ts';
import { cleanHeaders } from './tabular-header.ts';

/**
 * The one shape every file is brought into before the query engine sees it: UTF-8, one record a line, row number first,
 * no quoting at all. Cells are parted by a control character that no cell may hold, so nothing is left to guess.
 */
export const unit = 0x1f,
  record = 0x0a,
  newlineInCell = 0x1e;

export interface Limits {
  readonly columns: number;
  readonly rows: number;
  /** Bytes of one cell; a larger one nearly always means a quote that was never closed. */
  readonly cellBytes: number;
  /** Bytes of one row. */
  readonly rowBytes: number;
  /** Bytes a spreadsheet may unpack to, and how many times its own size. */
  readonly unpackedBytes: number;
  readonly unpackedRatio: number;
  readonly memoryMegabytes: number;
  /** How long one statement over the file may take. */
  readonly milliseconds: number;
}

export const defaultLimits: Limits = {
  columns: 4_096,
  rows: 100_000_000,
  cellBytes: 1_000_000,
  rowBytes: 8_000_000,
  unpackedBytes: 1_500_000_000,
  unpackedRatio: 200,
  memoryMegabytes: 512,
  milliseconds: 600_000,
};

export interface BadRow {
  readonly row: number;
  readonly column: string | null;
  readonly reason: string;
}

export interface Canonical {
  readonly path: string;
  readonly headers: readonly string[];
  /** Rows written (without header, blank rows and bad rows). */
  readonly rows: number;
  readonly bad: readonly BadRow[];
  readonly badCount: number;
  readonly notes: readonly string[];
  /** Some cell holds a line break, written as `newlineInCell`. */
  readonly multiline: boolean;
}

export interface HeaderOptions {
  /** Rows above the header that are not data, such as a title. */
  readonly skipRows: number;
  /** Rows the header takes; a merged cell above several columns is joined to each: "Women / 18-24". */
  readonly headerRows: number;
}

/** At most this many bad rows are kept one by one; all are counted. */
export const badRowsKept = 100_000;

/** Joins header rows. In all but the last, an empty cell carries on the one to its left, as merged cells do. */
export function joinHeaderRows(rows: readonly (readonly (string | null)[])[]): { headers: string[]; notes: string[] } {
  if (rows.length === 1) return cleanHeaders(dropEmptyTail(rows[0]!));
  const width = Math.max(...rows.map((row) => row.length));
  const parts: string[][] = Array.from({ length: width }, () => []);
  rows.forEach((row, r) => {
    let carried = '';
    for (let c = 0; c < width; c++) {
      const own = row[c]?.trim() ?? '';
      if (own) carried = own;
      const text = own || (r < rows.length - 1 ? carried : '');
      if (text && parts[c]!.at(-1) !== text) parts[c]!.push(text);
    }
  });
  return cleanHeaders(parts.map((part) => part.join(' / ')));
}

function dropEmptyTail(row: readonly (string | null)[]): readonly (string | null)[] {
  let end = row.length;
  while (end > 1 && !row[end - 1]?.trim()) end--;
  return row.slice(0, end);
}

/** Writes with back-pressure; `close` waits until all of it is on disk. */
export class CanonicalFile {
  readonly #stream: WriteStream;
  #failed: Error | undefined;
  #goOn: () => void = () => {};

  constructor(path: string) {
    this.#stream = createWriteStream(path, { highWaterMark: 1 << 21, mode: 0o600 });
    this.#stream.on('error', (error) => {
      this.#failed = error;
    });
    // One listener each for the file's whole life: thousands of writes wait in turn.
    for (const event of ['drain', 'close']) this.#stream.on(event, () => this.#goOn());
  }

  async write(bytes: Buffer): Promise<void> {
    this.#check();
    if (bytes.length && !this.#stream.write(bytes))
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    this.#check();
  }

  async close(): Promise<void> {
    this.#stream.end();
    if (!this.#stream.closed) await once(this.#stream, 'close').catch(() => undefined);
    this.#check();
  }

  #check(): void {
    if (!this.#failed) return;
    const code = (this.#failed as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC') throw new Problem('storage-full', 'there is no room for a working copy of the file', { cause: this.#failed });
    throw this.#failed;
  }
}

/** One row of cells as canonical bytes; `width` cells, the missing ones empty. */
export function encodeRow(row: number, cells: readonly (string | null)[], width: number): { bytes: Buffer; multiline: boolean } {
  let text = String(row),
    multiline = false;
  for (let i = 0; i < width; i++) {
    let cell = cells[i] ?? '';
    // oxlint-disable-next-line no-control-regex -- these are the characters that no cell may hold
    if (/[\x00-\x1f]/.test(cell)) {
      cell = cell.replace(/\r\n?|\n/g, '\x1e').replace(/[\x00-\x08\x0b-\x1d\x1f]/g, ' ');
      multiline ||= cell.includes('\x1e');
    }
    text += `\x1f${cell}`;
  }
  return { bytes: Buffer.from(`${text}\n`, 'utf8'), multiline };
}
