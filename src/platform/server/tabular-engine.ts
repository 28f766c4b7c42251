// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { join } from 'node:path';
import { Problem } from '../domain/problem.ts';
import type { Canonical, Limits } from './tabular-canonical.ts';

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The query engine over one file: its own database in a private folder, loaded first and then shut off from files, network,
 * extensions and settings, so that an expression can reach nothing but the rows.
 */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly #limits: Limits;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, limits: Limits) {
    this.#instance = instance;
    this.connection = connection;
    this.#limits = limits;
  }

  static async open(folder: string, limits: Limits): Promise<Engine> {
    const duckdb = await import('@duckdb/node-api');
    const instance = await duckdb.DuckDBInstance.create(join(folder, 'rows.duckdb'), {
      memory_limit: `${limits.memoryMegabytes}MB`,
      threads: '2',
      temp_directory: join(folder, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      allow_unsigned_extensions: 'false',
    });
    return new Engine(instance, await instance.connect(), limits);
  }

  // "temp": a table that is to stay is packed while it is written, which takes longer than reading the file; what does not fit in memory spills.
  async loadCanonical(canonical: Canonical): Promise<void> {
    const cells = canonical.headers.map((_, i) => `c${i}`);
    const types = ['r', ...cells].map((name) => `'${name}':'${name === 'r' ? 'BIGINT' : 'VARCHAR'}'`).join(',');
    const shown = canonical.multiline ? cells.map((name) => `replace(${name}, chr(30), chr(10)) as ${name}`) : cells;
    await this
      .run(`create temp table rows as select r, ${shown.join(', ')} from read_csv(${quoteText(canonical.path)}, auto_detect=false, header=false,
      delim='\x1f', quote='', escape='', nullstr='', new_line='\\n', columns={${types}}, max_line_size=${this.#limits.rowBytes + 100_000}, buffer_size=${Math.max(16_000_000, this.#limits.rowBytes * 2 + 400_000)})`);
  }

  /** Loads a Parquet file, every value as text; the header counts as row 1. Returns column names and the number of rows. */
  async loadParquet(path: string): Promise<{ headers: string[]; rows: number }> {
    try {
      return await this.#loadParquet(path);
    } catch (error) {
      const problem = engineProblem(error);
      throw problem instanceof Problem && (problem.code === 'too-large' || problem.code === 'storage-full')
        ? problem
        : new Problem('unreadable-file', 'The Parquet file is damaged or was not copied whole.', { cause: problem });
    }
  }

  async #loadParquet(path: string): Promise<{ headers: string[]; rows: number }> {
    const source = `read_parquet(${quoteText(path)}, file_row_number=true)`;
    const described = await this.connection.runAndReadAll(`describe select * exclude (file_row_number) from ${source}`);
    const columns = described.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
    if (columns.length > this.#limits.columns)
      throw new Problem('too-large', `The file has ${columns.length} columns; at most ${this.#limits.columns} can be read.`);
    const shown = columns.map(({ name, type }, i) => {
      const column = `"${name.replaceAll('"', '""')}"`;
      return `nullif(trim(${type === 'BLOB' ? `hex(${column})` : `cast(${column} as varchar)`}), '') as c${i}`;
    });
    await this.run(`create temp table rows as select file_row_number + 2 as r, ${shown.join(', ')} from ${source}`);
    const counted = await this.connection.runAndReadAll('select count(*) from rows');
    return { headers: columns.map(({ name }) => name), rows: Number(counted.getRows()[0]?.[0] ?? 0) };
  }

  /** From here on the engine can read nothing but the rows, and no setting can be turned back. */
  async lock(decimal: '.' | ','): Promise<void> {
    for (const macro of helperMacros(decimal)) await this.run(macro);
    await this.run('set enable_external_access = false');
    // Reading what is loaded takes less than loading it; the rest of the rows waits on the disk.
    await this.run(`set memory_limit = '${Math.ceil(this.#limits.memoryMegabytes / 2)}MB'`);
    await this.run('set lock_configuration = true');
  }

  /** Streams a statement's rows in pieces, within the time limit. */
  async *stream(sql: string, signal?: AbortSignal): AsyncGenerator<DuckDBValue[][]> {
    const stop = this.#watch(signal);
    let coming: Promise<IteratorResult<DuckDBValue[][], void>> | undefined;
    try {
      const pieces = (await this.connection.stream(sql)).yieldRows();
      // One piece ahead: the engine works the next one out while this one is read.
      coming = pieces.next();
      for (let piece = await coming; !piece.done; piece = await coming) {
        coming = pieces.next();
        coming.catch(() => {});
        stop.check();
        yield piece.value;
      }
    } catch (error) {
      stop.check();
      throw engineProblem(error);
    } finally {
      // Whoever reads no further may close the engine next.
      await coming?.catch(() => {});
      stop.end();
    }
  }

  /** Runs a statement of the mapping's own words over no row at all, so that a mistake in them is found, and told, before anything is read. */
  async tryOut(sql: string): Promise<void> {
    await this.run(`${sql} limit 0`, 'mapping');
  }

  async run(sql: string, quotes: 'mapping' | 'nothing' = 'nothing'): Promise<void> {
    const stop = this.#watch();
    try {
      await this.connection.run(sql);
    } catch (error) {
      stop.check();
      throw engineProblem(error, quotes);
    } finally {
      stop.end();
    }
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }

  #watch(signal?: AbortSignal): { check(): void; end(): void } {
    let late = false;
    const interrupt = (): void => this.connection.interrupt();
    const timer = setTimeout(() => {
      late = true;
      interrupt();
    }, this.#limits.milliseconds);
    signal?.addEventListener('abort', interrupt, { once: true });
    return {
      check: () => {
        if (signal?.aborted) throw new Problem('cancelled');
        if (late) throw new Problem('too-large', `Reading took longer than ${Math.round(this.#limits.milliseconds / 1000)} seconds.`);
      },
      end: () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupt);
      },
    };
  }
}

/** The engine's own word for what went wrong, and nothing of what it went wrong with: its texts quote cells. */
class EngineFault extends Error {
  constructor(line: string) {
    super(`The table engine stopped: ${/^(\w+ ){0,3}Error/.exec(line)?.[0] ?? 'unknown error'}.`);
    this.name = 'EngineFault';
  }
}

/**
 * What the engine says, as a problem of ours. `quotes: 'mapping'` where no row has been looked at yet: then its first line can hold nothing
 * but the mapping's own words, and helps whoever writes one. Once rows are read it may quote a cell, and stays inside: out of the answer, which
 * others may read, and out of the log.
 */
export function engineProblem(error: unknown, quotes: 'mapping' | 'nothing' = 'nothing'): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const line = error.message.split('\n')[0] ?? '',
    cause = new EngineFault(line);
  if (/out of memory|failed to allocate/i.test(line))
    return new Problem('too-large', 'Working this out takes more memory than an import may use.', { cause });
  if (/no space left|disk full|max_temp_directory_size/i.test(line))
    return new Problem('storage-full', 'there is no room for a working copy of the file', { cause });
  if (/^(Binder|Parser|Catalog|Conversion|Out of Range|Invalid Input) Error/.test(line)) {
    return new Problem(
      'bad-mapping',
      quotes === 'mapping'
        ? line.replace(/^(\w+ )+Error:\s*/, '')
        : 'an expression of the mapping cannot be worked out on the rows of this file',
      { cause },
    );
  }
  if (/^(IO|Invalid|Serialization) Error|parquet/i.test(line))
    return new Problem('unreadable-file', 'The file cannot be read any further: it is damaged or was not copied whole.', { cause });
  return new Problem('internal', 'The rows of this file could not be worked through.', { cause });
}

const digits = `translate(cast(x as varchar), '๐๑๒๓๔๕๖๗๘๙០១២៣៤៥៦៧៨៩−', '01234567890123456789-')`;

/**
 * num, deg, pct, be_date, ce_date and pad: how every import reads numbers, dates and codes, whatever it is of. Empty gives empty; a text that is none of what the helper reads is an error of that row, raised by
 * a cast that must fail (the engine's own error() may not stand within TRY).
 */
function helperMacros(decimal: '.' | ','): string[] {
  const group = decimal === '.' ? ',' : '\\.';
  const point = decimal === '.' ? '\\.' : ',';
  const shape = `^[-+]?(\\d{1,3}((${group}|[ \u00a0\u202f''])\\d{3})+|\\d+)?(${point}\\d*)?([eE][-+]?\\d{1,3})?$`;
  const bare = `regexp_replace(t, '[ \u00a0\u202f''${decimal === '.' ? ',' : '.'}]', '', 'g')`;
  const plain = decimal === '.' ? bare : `replace(${bare}, ',', '.')`;
  return [
    `create macro waymark_read(t) as case when regexp_full_match(t, '${shape}') and regexp_matches(t, '\\d') then cast(${plain} as double) else cast('not a number: ' || t as double) end`,
    `create macro num(x) as case when x is null then null when regexp_full_match(cast(x as varchar), '-?\\d{1,15}${decimal === '.' ? '(\\.\\d+)?' : ''}') then cast(x as double) else waymark_read(trim(${digits})) end`,
    // Degrees are never counted in thousands: 13,649 may be thirteen of them, and is not guessed.
    `create macro waymark_deg(t) as case when regexp_full_match(t, '[-+]?(\\d+(${point}\\d*)?|${point}\\d+)([eE][-+]?\\d{1,3})?') then cast(replace(t, ',', '.') as double) else cast('not a number: ' || t as double) end`,
    `create macro deg(x) as waymark_deg(trim(${digits}))`,
    `create macro pct(x) as waymark_read(trim(rtrim(trim(${digits}), '%٪'))) / 100`,
    `create macro pad(x, n) as case when regexp_full_match(cast(x as varchar), '\\d+(\\.0+)?') then lpad(regexp_replace(cast(x as varchar), '\\..*$', ''), cast(greatest(least(n, 64), length(regexp_replace(cast(x as varchar), '\\..*$', ''))) as integer), '0') else cast(x as varchar) end`,
    `create macro waymark_day(y, m, d) as cast(lpad(cast(y as varchar), 4, '0') || '-' || m || '-' || d as date)`,
    `create macro waymark_date(t, years, shift) as case
       when t is null then null
       when regexp_full_match(t, years || '[-/.]\\d{1,2}[-/.]\\d{1,2}( 00:00:00)?') then waymark_day(cast(left(t, 4) as integer) - shift, regexp_extract(t, '^\\d+\\D(\\d+)', 1), regexp_extract(t, '^\\d+\\D\\d+\\D(\\d+)', 1))
       when regexp_full_match(t, '\\d{1,2}[-/.]\\d{1,2}[-/.]' || years) then waymark_day(cast(right(t, 4) as integer) - shift, regexp_extract(t, '^\\d+\\D(\\d+)', 1), regexp_extract(t, '^(\\d+)', 1))
       when regexp_full_match(t, years || '(-\\d{1,2})?') then waymark_day(cast(left(t, 4) as integer) - shift, coalesce(nullif(regexp_extract(t, '-(\\d+)$', 1), ''), '1'), '1')
       else cast('not a date: ' || t as date) end`,
    `create macro be_date(x) as waymark_date(trim(${digits}), '2[4-7]\\d\\d', 543)`,
    // Written as most programs write it, a date is taken as it is.
    `create macro ce_date(x) as case when regexp_full_match(cast(x as varchar), '(1[5-9]|2[0-3])\\d\\d-\\d\\d-\\d\\d') then cast(cast(x as varchar) as date) else waymark_date(trim(${digits}), '(1[5-9]|2[0-3])\\d\\d', 0) end`,
  ];
}
