// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Problem } from '../domain/problem.ts';
import { defaultLimits } from './tabular-canonical.ts';
import type { BadRow, Canonical, Limits } from './tabular-canonical.ts';
import { canonicalCsv } from './tabular-csv.ts';
import { Engine, engineProblem } from './tabular-engine.ts';
import { namesOf, readValues, shapeOf, statement } from './tabular-evaluate.ts';
import type { Value, ValueRow } from './tabular-evaluate.ts';
import { compileExpression } from './tabular-expression.ts';
import type { Compiled, Expression } from './tabular-expression.ts';
import { cleanHeaders, matchHeader } from './tabular-header.ts';
import { sniffDialect, sniffFormat } from './tabular-sniff.ts';
import { canonicalXlsx } from './tabular-xlsx.ts';
import { detectEncoding, encodingNamed, encodingNames, OutsideAscii, utf8Pieces } from './text-encoding.ts';
import type { EncodingFound } from './text-encoding.ts';

export type { BadRow, Limits } from './tabular-canonical.ts';
export type { Value, ValueRow } from './tabular-evaluate.ts';
export type { Expression, ValueType } from './tabular-expression.ts';

export interface TableOptions {
  /** The name people know the file by, for messages; default: the last part of the path. */
  readonly fileName?: string;
  /** As a mapping states it ("Mac Roman"); default: told from the file. Text files only. */
  readonly encoding?: string | undefined;
  /** Default: told from the file. */
  readonly delimiter?: ',' | ';' | '\t' | '|' | undefined;
  /** Name of the sheet, or its number counted from 1; default: the first that is not hidden. Spreadsheets only. */
  readonly sheet?: string | number | undefined;
  /** Rows above the header that are neither header nor data. */
  readonly skipRows?: number | undefined;
  /** Rows the header takes (merged headers are joined with " / "); default 1. */
  readonly headerRows?: number | undefined;
  /** The sign before the fraction in num() and pct(); default '.'. */
  readonly decimal?: '.' | ',' | undefined;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal | undefined;
}

/** Cells as text, trimmed; an empty one is null. `row` counts from 1 with the first row of the file, as a spreadsheet shows it. */
export interface TableRow {
  readonly row: number;
  readonly cells: readonly (string | null)[];
}

export interface TableQuery {
  readonly notes: readonly string[];
  /** By expression: the headers of the columns it reads, as one text; null when it reads none. */
  readonly columns: Readonly<Record<string, string | null>>;
  readonly rows: AsyncIterable<ValueRow[]>;
}

export interface Table {
  readonly fileName: string;
  readonly format: 'text' | 'xlsx' | 'parquet';
  /** Rows that can be read. */
  readonly rowCount: number;
  /** Rows that cannot: wrong number of cells, NUL bytes. The first hundred thousand; all are counted in `badCount`. */
  readonly badRows: readonly BadRow[];
  readonly badCount: number;
  /** Worth knowing, stopping nothing: the encoding, headers called alike. */
  readonly notes: readonly string[];
  columns(): readonly string[];
  /** Position of a column by its header: exactly, else without regard to case and spaces. Throws `bad-mapping` with a suggestion. */
  position(column: string): number;
  preview(rows: number): Promise<TableRow[]>;
  /** All rows in the file's order, in batches of about 2,000. */
  rows(): AsyncIterable<TableRow[]>;
  /** Evaluates scalar expressions for each row, in the file's order, in batches. Text is short for `{sql, type: 'text'}`. */
  query(expressions: Readonly<Record<string, string | Expression>>): Promise<TableQuery>;
  close(): Promise<void>;
}

/**
 * Opens a CSV, XLSX or Parquet file for reading. Nothing of it is held in memory whole; a working copy lies in a private
 * folder until `close`. Throws `unreadable-file`, `too-large`, `bad-mapping`, `storage-full` or `cancelled`.
 */
export async function openTable(path: string, options: TableOptions = {}): Promise<Table> {
  const fileName = options.fileName ?? basename(path);
  const limits = { ...defaultLimits, ...options.limits };
  const source = resolve(path);
  const found = await stat(source).catch(() => undefined);
  if (!found?.isFile()) throw new Problem('unreadable-file', 'There is no such file.', { at: { file: fileName } });
  const folder = await mkdtemp(join(tmpdir(), 'waymark-table-'));
  let engine: Engine | undefined;
  try {
    engine = await Engine.open(folder, limits);
    const loaded = await load(engine, source, folder, fileName, options, limits);
    await engine.lock(options.decimal ?? '.');
    return new OpenTable(engine, folder, fileName, loaded, options.signal);
  } catch (error) {
    engine?.close();
    await rm(folder, { recursive: true, force: true });
    if (options.signal?.aborted) throw new Problem('cancelled', undefined, { cause: error });
    throw withFile(error, fileName);
  }
}

interface Loaded {
  format: Table['format'];
  headers: readonly string[];
  rows: number;
  bad: readonly BadRow[];
  badCount: number;
  notes: readonly string[];
}

const refusals: Partial<Record<string, string>> = {
  pdf: 'This is a PDF. Ask for the table as a spreadsheet or CSV file.',
  gzip: 'The file is compressed. Unpack it first.',
  'old-excel': 'This is an old Excel file (.xls), or one locked with a password. Save it as .xlsx or CSV, without a password.',
  'locked-excel': 'The spreadsheet is locked with a password. Save it without one.',
};

async function load(
  engine: Engine,
  source: string,
  folder: string,
  fileName: string,
  options: TableOptions,
  limits: Limits,
): Promise<Loaded> {
  const format = await sniffFormat(source);
  const refusal = refusals[format];
  if (refusal) throw new Problem('unreadable-file', refusal, { at: { file: fileName } });
  if (format === 'parquet') {
    // The engine reads * ? [ ] in a path as a pattern; a link of our own name has none.
    const link = join(folder, 'input.parquet');
    await symlink(source, link);
    const { headers: raw, rows } = await engine.loadParquet(link);
    const { headers, notes } = cleanHeaders(raw);
    return { format, headers, rows, bad: [], badCount: 0, notes };
  }
  const copy = join(folder, 'rows.txt');
  const canonical =
    format === 'zip'
      ? await canonicalXlsx(source, copy, {
          fileName,
          limits,
          sheet: options.sheet,
          signal: options.signal,
          skipRows: options.skipRows ?? 0,
          headerRows: options.headerRows ?? 1,
        })
      : await textToCanonical(source, copy, fileName, options, limits);
  await engine.loadCanonical(canonical);
  await rm(copy, { force: true });
  return { format: format === 'zip' ? 'xlsx' : 'text', ...canonical };
}

async function textToCanonical(source: string, path: string, fileName: string, options: TableOptions, limits: Limits): Promise<Canonical> {
  const told = await detectEncoding(source, options.signal);
  const encoding: EncodingFound =
    options.encoding === undefined
      ? told
      : { encoding: told.markBytes ? told.encoding : encodingNamed(options.encoding), markBytes: told.markBytes, guessed: false };
  const sample = await firstText(source, encoding);
  if ((sample.match(/\0/g)?.length ?? 0) > Math.max(20, sample.length / 100))
    throw new Problem('unreadable-file', 'This is not a text file.', { at: { file: fileName } });
  const dialect = sniffDialect(sample, options.delimiter);
  const seen = new OutsideAscii();
  const canonical = await canonicalCsv(skipBytes(utf8Pieces(source, encoding, options.signal, seen), dialect.skipBytes), path, {
    fileName,
    dialect,
    limits,
    skipRows: options.skipRows ?? 0,
    headerRows: options.headerRows ?? 1,
  });
  return { ...canonical, notes: [...foundInText(encoding, seen, options.encoding !== undefined, dialect.lineEnd), ...canonical.notes] };
}

/** What the text was taken for, and why; nothing of what is usual. */
function foundInText(
  { encoding, markBytes, guessed }: EncodingFound,
  { letters, words }: OutsideAscii,
  stated: boolean,
  lineEnd: string,
): string[] {
  const name = encodingNames[encoding],
    why = markBytes > 0 ? 'as its byte-order mark says' : guessed ? 'told from its letters' : stated ? 'as the mapping says' : '';
  const examples = words.length === 0 ? '' : `${guessed ? '; check names such as' : ', such as in'} ${words.join(', ')}`;
  const outside = letters === 0 ? '' : `: ${letters} ${letters === 1 ? 'letter' : 'letters'} outside ASCII${examples}`;
  return [
    ...(encoding === 'utf-8' && markBytes === 0 ? [] : [`The text was read as ${name}, ${why}${outside}.`]),
    ...(lineEnd === 'cr' ? ['Its lines end in CR alone, as those of old Mac files do.'] : []),
  ];
}

async function firstText(source: string, encoding: EncodingFound): Promise<string> {
  for await (const piece of utf8Pieces(source, encoding)) return piece.subarray(0, 300_000).toString('utf8');
  return '';
}

async function* skipBytes(pieces: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const piece of pieces) {
    yield left ? piece.subarray(left) : piece;
    left = Math.max(0, left - piece.length);
  }
}

/** A mapping has many expressions: whatever is wrong with one says which. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = engineProblem(error, 'mapping');
    if (!(problem instanceof Problem) || (problem.code !== 'bad-mapping' && problem.code !== 'internal')) throw problem;
    const why = problem.code === 'internal' ? 'it cannot be worked out' : (problem.detail ?? '');
    throw new Problem('bad-mapping', why.startsWith(`${name}: `) ? why : `${name}: ${why}`, { cause: problem.cause });
  }
}

function withFile(error: unknown, file: string): unknown {
  return error instanceof Problem && !error.at
    ? new Problem(error.code, error.detail, { at: { file }, cause: error.cause ?? error })
    : error;
}

class OpenTable implements Table {
  readonly fileName: string;
  readonly format: Table['format'];
  readonly rowCount: number;
  readonly badRows: readonly BadRow[];
  readonly badCount: number;
  readonly notes: readonly string[];
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #headers: readonly string[];
  readonly #signal: AbortSignal | undefined;

  constructor(engine: Engine, folder: string, fileName: string, loaded: Loaded, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#folder = folder;
    this.#headers = loaded.headers;
    this.#signal = signal;
    this.fileName = fileName;
    this.format = loaded.format;
    this.rowCount = loaded.rows;
    this.badRows = loaded.bad;
    this.badCount = loaded.badCount;
    this.notes = loaded.notes;
  }

  columns(): readonly string[] {
    return this.#headers;
  }

  position(column: string): number {
    const match = matchHeader(column, this.#headers);
    if ('why' in match) throw new Problem('bad-mapping', match.why, { at: { file: this.fileName, row: 1, column } });
    return match.index;
  }

  async preview(rows: number): Promise<TableRow[]> {
    const out: TableRow[] = [];
    for await (const batch of this.#read(` limit ${Math.max(0, Math.floor(rows))}`)) out.push(...batch);
    return out;
  }

  rows(): AsyncIterable<TableRow[]> {
    return this.#read('');
  }

  async *#read(limit: string): AsyncGenerator<TableRow[]> {
    for await (const batch of this.#engine.stream(`select * from rows${limit}`, this.#signal)) {
      yield batch.map(([row, ...cells]) => ({ row: Number(row), cells: cells as (string | null)[] }));
    }
  }

  async query(expressions: Readonly<Record<string, string | Expression>>): Promise<TableQuery> {
    try {
      const compiled: Compiled[] = [];
      for (const [name, given] of Object.entries(expressions)) {
        compiled.push(
          await named(name, () =>
            compileExpression(
              this.#engine.connection,
              name,
              typeof given === 'string' ? { sql: given, type: 'text' } : given,
              this.#headers,
            ),
          ),
        );
      }
      // A statement that asks for no row finds mistakes of type before anything is read.
      for (const one of compiled) await named(one.name, () => this.#engine.tryOut(`select ${one.sql} from rows`));
      return {
        notes: [...new Set(compiled.flatMap(({ notes }) => notes))],
        columns: Object.fromEntries(compiled.map((one) => [one.name, namesOf(one.columns, this.#headers)])),
        rows: this.#evaluate(compiled),
      };
    } catch (error) {
      throw withFile(error, this.fileName);
    }
  }

  async *#evaluate(compiled: readonly Compiled[]): AsyncGenerator<ValueRow[]> {
    const shapes = compiled.map((one) => shapeOf(one));
    for await (const batch of this.#engine.stream(statement(compiled), this.#signal)) {
      yield batch.map((cells) => readValues(compiled, shapes, cells as (Value | bigint)[], this.#headers));
    }
  }

  async close(): Promise<void> {
    this.#engine.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
