// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../domain/problem.ts';
import { columnLetters } from './tabular-header.ts';
import { badRowsKept, CanonicalFile, joinHeaderRows, newlineInCell, record, unit } from './tabular-canonical.ts';
import type { BadRow, Canonical, HeaderOptions, Limits } from './tabular-canonical.ts';
import type { Dialect } from './tabular-sniff.ts';

const quote = 0x22,
  cr = 0x0d,
  lf = 0x0a,
  space = 0x20,
  tab = 0x09;
const atFieldStart = 0,
  inPlain = 1,
  inQuotes = 2,
  afterQuote = 3;

const isSpace = (byte: number): boolean => byte === space || byte === tab || byte === newlineInCell;

export interface CsvOptions extends HeaderOptions {
  readonly fileName: string;
  readonly dialect: Dialect;
  readonly limits: Limits;
}

/** Brings delimited UTF-8 text into the canonical shape. Rows that cannot be read are named and left out. */
export async function canonicalCsv(source: AsyncIterable<Buffer>, path: string, options: CsvOptions): Promise<Canonical> {
  const file = new CanonicalFile(path);
  const reader = new CsvReader(options);
  try {
    for await (const piece of source) {
      reader.push(piece);
      await file.write(reader.take());
    }
    reader.end();
    await file.write(reader.take());
  } finally {
    await file.close();
  }
  return { path, ...reader.result() };
}

/** Tokenizes bytes as they come. `#out` holds finished rows up to `#rowStart`, then the row being read. */
class CsvReader {
  readonly #options: CsvOptions;
  readonly #delimiter: number;
  #out = Buffer.allocUnsafe(1 << 21);
  #at = 0;
  #rowStart = 0;
  #cellStart = 0;
  #state = atFieldStart;
  #skipLf = false;
  #cells = 0;
  #row = 1;
  #begun = false;
  #nulIn = -1;
  #extra = false;
  readonly #headerRows: (string | null)[][] = [];
  #headers: string[] | undefined;
  #notes: string[] = [];
  #bad: BadRow[] = [];
  #badCount = 0;
  #rows = 0;
  #short = 0;
  #controls = 0;
  #wasCr = false;
  #multiline = false;

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#delimiter = options.dialect.delimiter.charCodeAt(0);
  }

  push(piece: Buffer): void {
    const delimiter = this.#delimiter,
      crEnds = this.#options.dialect.lineEnd === 'cr';
    this.#room(piece.length + 64);
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!;
      if (this.#skipLf) {
        this.#skipLf = false;
        if (byte === lf) continue;
      }
      if (!this.#begun) this.#beginRow(piece.length - i);
      if (this.#state === inQuotes) {
        if (byte === quote) this.#state = afterQuote;
        else this.#put(byte);
      } else if (byte === delimiter) this.#endCell();
      else if (byte === lf || (byte === cr && (crEnds || this.#options.dialect.lineEnd === 'crlf'))) {
        this.#skipLf = byte === cr;
        this.#endRow(piece.length - i);
      } else if (byte === quote && this.#state !== inPlain) {
        // A quote right after a closing one is a quote within the cell.
        if (this.#state === afterQuote) this.#put(quote);
        this.#state = inQuotes;
      } else {
        if (this.#state === atFieldStart && (byte === space || byte === tab)) continue;
        this.#state = inPlain;
        this.#put(byte);
      }
    }
    if (this.#at - this.#cellStart > this.#options.limits.cellBytes) this.#refuseLongCell();
  }

  /** Finished rows since the last call. */
  take(): Buffer {
    const done = Buffer.from(this.#out.subarray(0, this.#rowStart));
    this.#out.copyWithin(0, this.#rowStart, this.#at);
    this.#at -= this.#rowStart;
    this.#cellStart -= this.#rowStart;
    this.#rowStart = 0;
    return done;
  }

  end(): void {
    if (this.#state === inQuotes) {
      throw new Problem('unreadable-file', `A quote opened in row ${this.#row}, column ${this.#columnName()}, is never closed.`, {
        at: this.#here(),
      });
    }
    if (this.#begun) this.#endRow(0);
    if (this.#headers === undefined) {
      throw new Problem('unreadable-file', 'The file has no header row: it is empty.', { at: { file: this.#options.fileName } });
    }
  }

  result(): Omit<Canonical, 'path'> {
    const notes = [...this.#notes];
    if (this.#short) notes.push(`${this.#short} rows end before the last column; the missing cells count as empty.`);
    if (this.#controls) notes.push(`${this.#controls} control characters were replaced by spaces.`);
    return { headers: this.#headers ?? [], rows: this.#rows, bad: this.#bad, badCount: this.#badCount, notes, multiline: this.#multiline };
  }

  #beginRow(bytesToCome: number): void {
    this.#room(bytesToCome + 64);
    this.#begun = true;
    this.#cells = 0;
    this.#nulIn = -1;
    this.#extra = false;
    this.#state = atFieldStart;
    if (this.#headers !== undefined) this.#at += this.#out.write(String(this.#row), this.#at, 'latin1');
    this.#out[this.#at++] = unit;
    this.#cellStart = this.#at;
  }

  #put(byte: number): void {
    if (this.#at === this.#cellStart && (byte === space || byte === tab)) return;
    if (byte < space && byte !== tab) {
      if (byte === lf || byte === cr) {
        // A line break within quotes; CRLF counts once, and none stands at a cell's beginning.
        const second = byte === lf && this.#wasCr;
        this.#wasCr = byte === cr;
        if (second || this.#at === this.#cellStart) return;
        this.#multiline ||= this.#state === inQuotes;
        byte = this.#state === inQuotes ? newlineInCell : space;
      } else {
        if (byte === 0 && this.#nulIn < 0) this.#nulIn = this.#cells;
        if (byte !== 0) this.#controls++;
        byte = space;
        this.#wasCr = false;
      }
    } else this.#wasCr = false;
    this.#out[this.#at++] = byte;
  }

  /** Cells are trimmed; one of nothing but space is empty. */
  #endCell(last = false): void {
    while (this.#at > this.#cellStart && isSpace(this.#out[this.#at - 1]!)) this.#at--;
    this.#wasCr = false;
    if (this.#at - this.#cellStart > this.#options.limits.cellBytes) this.#refuseLongCell();
    this.#cells++;
    this.#state = atFieldStart;
    if (this.#headers !== undefined && this.#cells > this.#headers.length) {
      if (this.#at > this.#cellStart) this.#extra = true;
      this.#at = this.#cellStart - 1;
    }
    if (this.#cells > this.#options.limits.columns + 1_000 || this.#at - this.#rowStart > this.#options.limits.rowBytes) {
      throw new Problem(
        'too-large',
        `Row ${this.#row} has ${this.#cells} cells or more; at most ${this.#options.limits.columns} columns can be read.`,
        { at: this.#here() },
      );
    }
    if (!last) {
      this.#out[this.#at++] = unit;
      this.#cellStart = this.#at;
    }
  }

  #endRow(bytesToCome: number): void {
    this.#endCell(true);
    const row = this.#row++;
    this.#begun = false;
    const keep = this.#headers === undefined ? this.#takeHeader(row) : this.#keepRow(row, bytesToCome);
    if (keep) {
      this.#out[this.#at++] = record;
      this.#rows++;
      this.#rowStart = this.#at;
      if (this.#rows > this.#options.limits.rows)
        throw new Problem('too-large', `The file has more than ${this.#options.limits.rows} rows.`, {
          at: { file: this.#options.fileName },
        });
    } else this.#at = this.#rowStart;
    this.#cellStart = this.#at;
  }

  #keepRow(row: number, bytesToCome: number): boolean {
    const headers = this.#headers!;
    if (this.#nulIn >= 0)
      return this.#reject({ row, column: headers[this.#nulIn] ?? null, reason: 'the cell holds a NUL character, which no text has' });
    if (this.#extra)
      return this.#reject({
        row,
        column: null,
        reason: `the row has ${this.#cells} cells, the header ${headers.length}; is a text with a "${this.#options.dialect.delimiter}" in it missing its quotes?`,
      });
    if (this.#isBlank()) return false;
    if (this.#cells < headers.length) {
      this.#short++;
      this.#room(bytesToCome + headers.length + 64);
      this.#out.fill(unit, this.#at, this.#at + headers.length - this.#cells);
      this.#at += headers.length - this.#cells;
    }
    return true;
  }

  #isBlank(): boolean {
    let i = this.#rowStart;
    while (this.#out[i] !== unit) i++;
    for (; i < this.#at; i++) if (this.#out[i] !== unit) return false;
    return true;
  }

  #takeHeader(row: number): false {
    if (row <= this.#options.skipRows || (this.#headerRows.length === 0 && this.#isBlank())) return false;
    const text = this.#out.toString('utf8', this.#rowStart + 1, this.#at).replaceAll('\x1e', ' ');
    this.#headerRows.push(text.split('\x1f').map((cell) => cell || null));
    if (this.#headerRows.length < this.#options.headerRows) return false;
    const { headers, notes } = joinHeaderRows(this.#headerRows);
    if (headers.length > this.#options.limits.columns) {
      throw new Problem('too-large', `The header has ${headers.length} columns; at most ${this.#options.limits.columns} can be read.`, {
        at: { file: this.#options.fileName, row },
      });
    }
    this.#headers = headers;
    this.#notes = notes;
    return false;
  }

  #reject(bad: BadRow): false {
    this.#badCount++;
    if (this.#bad.length < badRowsKept) this.#bad.push(bad);
    return false;
  }

  #refuseLongCell(): never {
    throw new Problem(
      'unreadable-file',
      `The cell in row ${this.#row}, column ${this.#columnName()}, is longer than ${this.#options.limits.cellBytes} bytes: a quote opened there is probably never closed.`,
      { at: this.#here() },
    );
  }

  #columnName(): string {
    return this.#headers?.[this.#cells] ?? columnLetters(this.#cells);
  }

  #here(): { file: string; row: number; column: string } {
    return { file: this.#options.fileName, row: this.#row, column: this.#columnName() };
  }

  #room(bytes: number): void {
    if (this.#out.length - this.#at >= bytes) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#at + bytes));
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }
}
