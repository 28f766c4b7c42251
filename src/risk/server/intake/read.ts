// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OwnIds } from '../../../people/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Table, TableQuery, ValueRow } from '../../../platform/server/tabular.ts';
import { answerReader, notMapped, sexReader } from '../../domain/answer-rule.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { AnyPeopleMapping, Observed } from '../../domain/people-mapping.ts';
import { Gathered } from './gathered.ts';
import { identityCheck } from './identity.ts';
import { expressionsOf, identityExpressions } from './mapping.ts';
import { birthOf, consentOf, isFault, type Birth, type Fault } from './person-row.ts';
import type { IntakePlaces } from './places.ts';

export interface ReadOptions {
  readonly table: Table;
  readonly mapping: AnyPeopleMapping;
  readonly instrument: Instrument;
  /** Of `kind: people`. */
  readonly places: IntakePlaces | null;
  readonly ownIds: readonly OwnIds[];
  /** ISO date where the places are. */
  readonly today: string;
  readonly signal: AbortSignal;
  refuse(row: number | null, column: string | null, reason: string): Promise<void>;
  onRows(done: number): void;
}

export interface Read {
  readonly gathered: Gathered;
  /** Rows of the file that count: taken and rejected. */
  readonly rows: number;
  readonly notes: readonly string[];
}

/** Reads and checks every row of the file by itself; nothing is written, and nothing of who somebody is stays. */
export async function readRows(options: ReadOptions): Promise<Read> {
  const { table, mapping, signal, onRows } = options;
  const identity = mapping.kind === 'people' ? identityExpressions(mapping) : {};
  const query = await table.query({ ...expressionsOf(mapping), ...identity });
  const reader = new Reader(options, query);
  await reader.readBadRows();
  for await (const batch of query.rows) {
    if (signal.aborted) throw new Problem('cancelled');
    for (const row of batch) {
      const fault = reader.readRow(row);
      if (fault) await reader.refuse(row.row, fault);
    }
    onRows(reader.seen);
  }
  return reader.result();
}

/** Why an expression has no value, without the cell that the table engine quotes. */
const unreadable: Readonly<Record<string, string>> = {
  observed: 'the cell is not a date',
  born: 'the cell is not a date',
  consented: 'the cell is not a date',
  age: 'the cell is not a number',
  bornYear: 'the cell is not a number',
};
const withoutQuotes = (reason: string): string => (reason.includes('"') ? 'the row cannot be read' : reason);

class Reader {
  seen = 0;
  readonly #o: ReadOptions;
  readonly #query: TableQuery;
  readonly #gathered: Gathered;
  readonly #answers: readonly {
    readonly key: string;
    readonly code: string;
    readonly position: number;
    read(cell: string | null): number;
  }[];
  readonly #sex: ((cell: string | null) => number) | null;
  readonly #bytes: Uint8Array;
  readonly #identity: ReturnType<typeof identityCheck> | null;
  #rejected = 0;
  #leftOut = 0;
  #higher = 0;
  #homeless = 0;

  constructor(options: ReadOptions, query: TableQuery) {
    const { mapping, instrument, table, ownIds } = options;
    this.#o = options;
    this.#query = query;
    this.#gathered = new Gathered(table.rowCount, instrument.indicators.length, mapping.id ? ownIds.length : 0);
    this.#bytes = new Uint8Array(instrument.indicators.length);
    this.#answers = Object.entries(mapping.indicators).map(([code, rule]) => ({
      key: `answer:${code}`,
      code,
      position: instrument.indicators.findIndex((one) => one.code === code),
      read: answerReader(rule),
    }));
    this.#identity = mapping.kind === 'people' && mapping.names ? identityCheck(mapping) : null;
    this.#sex = mapping.kind === 'people' && mapping.sex ? sexReader(mapping.sex) : null;
  }

  async readBadRows(): Promise<void> {
    const { badRows, badCount } = this.#o.table;
    for (const bad of badRows) await this.#o.refuse(bad.row, bad.column, withoutQuotes(bad.reason));
    const more = badCount - badRows.length;
    if (more > 0) await this.#o.refuse(null, null, `${more} more rows cannot be read`);
    this.seen += badCount;
    this.#rejected += badCount;
  }

  async refuse(row: number, { what, reason }: Fault): Promise<void> {
    this.#rejected++;
    await this.#o.refuse(row, this.#query.columns[what] ?? null, reason);
  }

  /** Undefined where the row was taken, or left out as the mapping says. */
  readRow(row: ValueRow): Fault | undefined {
    this.seen++;
    const { mapping } = this.#o;
    const [bad] = row.bad;
    if (bad) return { what: bad.expression, reason: unreadable[bad.expression] ?? 'the value cannot be worked out' };
    if (mapping.where !== undefined && row.values['where'] !== true) {
      this.#leftOut++;
      return undefined;
    }
    const observed = this.#dayOf(mapping.observed, row.values['observed'], 'observed');
    if (typeof observed !== 'string') return observed;
    const fault = this.#readAnswers(row);
    if (fault) return fault;
    const id = row.values['id'];
    if (mapping.id && typeof id !== 'string') return { what: 'id', reason: 'the id is empty' };
    const digests = mapping.id ? this.#o.ownIds.map((ids) => ids.digest(mapping.source, String(id))) : [];
    return mapping.kind === 'people' ? this.#readPerson(row, observed, digests) : this.#readRound(row, observed, digests);
  }

  #readRound(row: ValueRow, observed: string, digests: readonly Buffer[]): Fault | undefined {
    const [first] = this.#answers;
    if (!this.#bytes.some((byte) => byte !== 0)) return { what: first!.key, reason: 'the row has no answer' };
    const nobody = { place: 0, home: -1, sex: 0, born: 0, precision: 2, consent: 0, consentDay: 0 };
    this.#gathered.add({ ...nobody, row: row.row, day: this.#gathered.dates.of(observed) }, this.#bytes, digests);
    return undefined;
  }

  #readPerson(row: ValueRow, observed: string, digests: readonly Buffer[]): Fault | undefined {
    const { mapping, places, today } = this.#o,
      gathered = this.#gathered,
      { values } = row;
    if (mapping.kind !== 'people' || !places) return undefined;
    const stands = places.find((i) => values[`place:${i}`] as string | null);
    if (!('place' in stands))
      return {
        what: 'columns' in mapping.place ? `place:${mapping.place.columns.indexOf(stands.at ?? '')}` : 'place',
        reason: stands.reason,
      };
    const sex = this.#sex ? this.#sex(values['sex'] as string | null) : 0;
    if (sex === notMapped) return { what: 'sex', reason: 'the value is not one that the mapping knows' };
    const birth = birthOf(mapping, values, observed, today);
    if (isFault(birth)) return birth;
    const agreed = this.#agreed(row, birth, observed);
    if (isFault(agreed)) return agreed;
    const wrong = this.#identity?.(values);
    if (wrong) return wrong;
    const home = values['household'];
    if (mapping.household && typeof home !== 'string') this.#homeless++;
    if (stands.higher) this.#higher++;
    gathered.add(
      {
        row: row.row,
        place: stands.place,
        home: typeof home === 'string' ? gathered.homeOf(home) : -1,
        sex,
        born: birth.born,
        precision: birth.precision,
        day: gathered.dates.of(observed),
        ...agreed,
      },
      this.#bytes,
      digests,
    );
    return undefined;
  }

  #agreed(row: ValueRow, birth: Birth, observed: string): { consent: number; consentDay: number } | Fault {
    const { mapping, today } = this.#o;
    if (mapping.kind !== 'people' || !mapping.consent) return { consent: 0, consentDay: 0 };
    const agreed = consentOf(mapping, row.values, birth, today);
    if (isFault(agreed)) return agreed;
    const on = mapping.consent.observed ? this.#dayOf(mapping.consent.observed, row.values['consented'], 'consented') : observed;
    return typeof on === 'string' ? { ...agreed, consentDay: this.#gathered.dates.of(on) } : on;
  }

  #readAnswers({ values }: ValueRow): Fault | undefined {
    this.#bytes.fill(0);
    for (const { key, code, position, read } of this.#answers) {
      const byte = read(values[key] as string | null);
      if (byte === notMapped) return { what: key, reason: `${code}: the value is not one that the mapping knows` };
      this.#bytes[position] = byte;
    }
    return undefined;
  }

  #dayOf(rule: Observed, value: unknown, what: string): string | Fault {
    if ('date' in rule) return rule.date;
    if (typeof value !== 'string') return { what, reason: 'the row has no date' };
    const year = Number(value.slice(0, 4));
    if (value > this.#o.today)
      return {
        what,
        reason:
          year >= 2400
            ? 'the date is still to come; is it of the Buddhist era? Say era: buddhist in the mapping'
            : 'the date is still to come',
      };
    return value < '1900' ? { what, reason: 'the date is too long ago' } : value;
  }

  result(): Read {
    const { mapping } = this.#o;
    const notes = [...this.#query.notes];
    if (this.#leftOut) notes.push(`${this.#leftOut} rows were left out, as the mapping's "where" says.`);
    if (this.#higher) notes.push(`${this.#higher} people stand at a larger area, because the code of the smaller one is not known here.`);
    if (this.#homeless) notes.push(`${this.#homeless} rows name no household: those people are recorded without one.`);
    if (mapping.kind === 'people' && !mapping.id)
      notes.push('The mapping names no column with an id of each person: a later file cannot find these people again.');
    this.#gathered.close();
    return { gathered: this.#gathered, rows: this.#gathered.count + this.#rejected, notes };
  }
}
