// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Table, TableQuery, ValueRow } from '../../platform/server/tabular.ts';
import { alike } from '../domain/area-stats.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { AreaStatsMapping } from '../domain/mapping.ts';
import { Figures, figureOf, isRefusal, type Figure, type Refusal, type WholeOf } from './area-stats-figures.ts';
import { expressionsOf } from './area-stats-mapping.ts';
import type { Places } from './area-stats-places.ts';

export interface Refused {
  readonly row: number | null;
  readonly column: string | null;
  readonly code: string | null;
  readonly reason: string;
}

export interface ReadOptions {
  readonly table: Table;
  readonly mapping: AreaStatsMapping;
  /** The instrument's indicators that the mapping answers, in its order. */
  readonly indicators: readonly Indicator[];
  readonly places: Places;
  readonly wholeOf: WholeOf;
  readonly levelName: string;
  /** ISO date of today: nothing is measured after it. */
  readonly today: string;
  readonly signal: AbortSignal;
  refuse(row: Refused): Promise<void>;
  onRows(done: number): void;
}

export interface Read {
  readonly figures: Figures;
  readonly taken: number;
  /** Rows of the file that count: taken and rejected. */
  readonly rows: number;
  readonly empty: readonly number[];
  readonly notes: readonly string[];
}

/** Reads every row of the file, matches it to a place and keeps its figures; says of each other row why not. */
export async function readFigures(options: ReadOptions): Promise<Read> {
  const reader = new Reader(options);
  const query = await options.table.query(expressionsOf(options.mapping));
  await reader.readBadRows();
  for await (const batch of query.rows) {
    if (options.signal.aborted) throw new Problem('cancelled');
    for (const row of batch) await reader.readRow(row, query);
    options.onRows(reader.seen);
  }
  return reader.result(query.notes);
}

const notesKept = 20;

class Reader {
  seen = 0;
  readonly #o: ReadOptions;
  readonly #figures: Figures;
  readonly #empty: number[];
  readonly #conflicts = new Map<number, { readonly row: number; readonly column: string | null }>();
  readonly #repeats: string[] = [];
  readonly #names: string[] = [];
  #refused = 0;
  #repeated = 0;
  #leftOut = 0;

  constructor(options: ReadOptions) {
    this.#o = options;
    this.#figures = new Figures(options.places.list.length, options.indicators.length);
    this.#empty = options.indicators.map(() => 0);
  }

  async readBadRows(): Promise<void> {
    const { badRows, badCount } = this.#o.table;
    for (const bad of badRows) await this.#refuse(bad.row, bad.column, null, bad.reason);
    const more = badCount - badRows.length;
    if (more > 0) {
      await this.#refuse(null, null, null, `${more} more rows cannot be read`);
      this.#refused += more - 1;
    }
    this.seen += badCount;
  }

  async readRow(row: ValueRow, query: TableQuery): Promise<void> {
    this.seen++;
    const [bad] = row.bad;
    const code = this.#codeOf(row);
    if (bad) return this.#refuse(row.row, bad.column, code, row.bad.map(({ reason }) => reason).join('; '));
    if (this.#o.mapping.where !== undefined && row.values['where'] !== true) {
      this.#leftOut++;
      return;
    }
    if (code === null) return this.#refuse(row.row, query.columns['code'] ?? null, null, 'the row has no code');
    const place = this.#o.places.find(code);
    const name = typeof row.values['name'] === 'string' ? row.values['name'] : null;
    if (place === undefined)
      return this.#refuse(row.row, query.columns['code'] ?? null, code, await this.#o.places.whyNot(code, name, this.#o.levelName));
    const why = this.#outside(place) ?? this.#badDate(row, query);
    if (why) return this.#refuse(row.row, why.column ?? query.columns['code'] ?? null, code, why.reason);
    await this.#readFigures(row, query, code, place, name);
  }

  async #readFigures(row: ValueRow, query: TableQuery, code: string, place: number, name: string | null): Promise<void> {
    const figures = this.#o.indicators.map((indicator) =>
      figureOf(row, indicator, this.#o.mapping.indicators[indicator.code]!, place, this.#o.wholeOf, query.columns),
    );
    const impossible = figures.filter(isRefusal);
    if (impossible.length > 0) return this.#refuse(row.row, impossible[0]!.column, code, impossible.map(({ reason }) => reason).join('; '));
    const sound = figures as (Figure | null)[];
    if (sound.every((figure) => figure === null))
      return this.#refuse(row.row, this.#columnsOf(query, this.#o.indicators), code, 'the row has no figure');
    const date = this.#dateOf(row);
    const first = this.#conflicts.get(place)?.row ?? this.#figures.rows[place]!;
    if (first > 0) return this.#repeat(row.row, first, place, code, date, sound, query);
    if (name !== null && !alike(name, this.#o.places.list[place]!.name))
      this.#names.push(`row ${row.row}: ${code} is called ${this.#o.places.list[place]!.name} here and ${name} in the file`);
    this.#figures.set(place, row.row, date, sound);
  }

  /** The same place again: once if it says the same; else neither is taken, for nobody can tell which is right. */
  async #repeat(
    row: number,
    first: number,
    place: number,
    code: string,
    date: string,
    figures: readonly (Figure | null)[],
    query: TableQuery,
  ): Promise<void> {
    let clash = this.#conflicts.get(place);
    if (!clash && this.#figures.same(place, date, figures)) {
      this.#repeated++;
      if (this.#repeats.length < notesKept) this.#repeats.push(`${code} in rows ${first} and ${row}`);
      return;
    }
    const why = `rows ${first} and ${row} give different figures for this place`;
    if (!clash) {
      const others = this.#o.indicators.filter((_, i) => !this.#figures.sameFigure(place, i, figures[i] ?? null));
      clash = { row: first, column: others.length > 0 ? this.#columnsOf(query, others) : (query.columns['observed'] ?? null) };
      this.#conflicts.set(place, clash);
      this.#figures.clear(place);
      await this.#refuse(first, clash.column, code, why);
    }
    await this.#refuse(row, clash.column, code, why);
  }

  /** The file's columns that figures of these indicators are read from. */
  #columnsOf(query: TableQuery, indicators: readonly Indicator[]): string | null {
    const found = indicators.flatMap(({ code }) =>
      ['value', 'part', 'whole'].flatMap((kind) => query.columns[`${kind}:${code}`]?.split(', ') ?? []),
    );
    return [...new Set(found)].join(', ') || null;
  }

  #codeOf(row: ValueRow): string | null {
    const code = row.values['code'];
    if (typeof code !== 'string' || code.trim() === '') return null;
    const { instead } = this.#o.mapping.code,
      stated = code.trim();
    // A cell may say "constructor": what is looked up must have been written into the mapping.
    return instead && Object.hasOwn(instead, stated) ? instead[stated]! : stated;
  }

  #outside(place: number): Refusal | undefined {
    return this.#o.places.list[place]!.inside ? undefined : { column: null, reason: 'the place lies outside the area you work in' };
  }

  #dateOf(row: ValueRow): string {
    const { observed } = this.#o.mapping;
    return 'date' in observed ? observed.date : String(row.values['observed']);
  }

  #badDate(row: ValueRow, query: TableQuery): Refusal | undefined {
    const { observed } = this.#o.mapping,
      column = query.columns['observed'] ?? null;
    if ('date' in observed) return undefined;
    const date = row.values['observed'];
    if (typeof date !== 'string') return { column, reason: 'the row has no date' };
    if (date > this.#o.today)
      return {
        column,
        reason: `the date ${date} is still to come${Number(date.slice(0, 4)) >= 2400 ? '; is it of the Buddhist era? Say era: buddhist in the mapping' : ''}`,
      };
    return date < '1900' ? { column, reason: `the date ${date} is too long ago` } : undefined;
  }

  async #refuse(row: number | null, column: string | null, code: string | null, reason: string): Promise<void> {
    this.#refused++;
    await this.#o.refuse({ row, column, code, reason });
  }

  result(queryNotes: readonly string[]): Read {
    const { indicators } = this.#o,
      figures = this.#figures;
    let taken = 0;
    figures.rows.forEach((row, place) => {
      if (row === 0) return;
      taken++;
      indicators.forEach((_, i) => {
        if (figures.figure(place, i) === null) this.#empty[i]!++;
      });
    });
    const notes = [...queryNotes];
    if (this.#leftOut) notes.push(`${this.#leftOut} rows were left out, as the mapping's "where" says.`);
    if (this.#repeated)
      notes.push(
        `${this.#repeated} rows repeat another with the same figures and count once: ${this.#repeats.join('; ')}${this.#repeated > notesKept ? ' ...' : ''}.`,
      );
    if (this.#names.length)
      notes.push(
        `${this.#names.length} codes belong to a place of another name; check that it is the same place: ${this.#names.slice(0, notesKept).join('; ')}${this.#names.length > notesKept ? ' ...' : ''}.`,
      );
    const without = this.#o.places.list.flatMap((place, i) => (figures.rows[i] === 0 ? [`${place.code} ${place.name}`] : []));
    if (without.length)
      notes.push(
        `${without.length} of ${this.#o.places.list.length} places of this level have no figure in the file${without.length <= 200 ? `: ${without.join(', ')}` : ''}.`,
      );
    // A row that says the same again is taken with the first.
    return { figures, taken: taken + this.#repeated, rows: taken + this.#repeated + this.#refused, empty: this.#empty, notes };
  }
}
