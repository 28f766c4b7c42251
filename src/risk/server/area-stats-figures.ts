// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { TableQuery, ValueRow } from '../../platform/server/tabular.ts';
import { impossible, plain, ratio } from '../domain/area-stats.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { AreaStatsMapping } from '../domain/mapping.ts';

/** A measured value, and what it is a part of where the file says so. */
export interface Figure {
  readonly value: number;
  readonly part: number | null;
  readonly whole: number | null;
}

/** Why a row cannot be taken. */
export interface Refusal {
  readonly column: string | null;
  readonly reason: string;
}

/** Wholes that come from elsewhere: by indicator, what is known for a place. */
export type WholeOf = (indicator: string, placeIndex: number) => number | null;

type Given = AreaStatsMapping['indicators'][string];

/** One indicator of one row: its figure, null where the row has none, or why it cannot be true. */
export function figureOf(
  row: ValueRow,
  indicator: Indicator,
  given: Given,
  placeIndex: number,
  wholeOf: WholeOf,
  columns: TableQuery['columns'],
): Figure | Refusal | null {
  const { code, measure } = indicator;
  const number = (kind: string): number | null => {
    const value = row.values[`${kind}:${code}`];
    return typeof value === 'number' ? value : null;
  };
  const refuse = (reason: string, ...kinds: string[]): Refusal => ({
    column: [...new Set(kinds.flatMap((kind) => columns[`${kind}:${code}`]?.split(', ') ?? []))].join(', ') || null,
    reason: `${code}: ${reason}`,
  });
  const stated = number('value'),
    part = number('part');
  const whole = typeof given.whole === 'object' ? wholeOf(code, placeIndex) : number('whole');
  if (stated === null && part === null) return null;
  if (typeof given.whole === 'object' && whole === null) return refuse(missingWhole(given.whole), 'part');
  const both = part !== null && whole !== null;
  if (stated === null && !both) return null;
  if (both && whole <= 0 && stated === null) return refuse(`the whole is ${plain(whole)}, so there is nothing to be a part of`, 'whole');
  if (both && part < 0) return refuse(`${plain(part)} is less than nothing`, 'part');
  if (both && measure?.kind !== 'rate' && whole > 0 && part > whole)
    return refuse(`${plain(part)} of ${plain(whole)} is more than all`, 'part', 'whole');
  const value = stated ?? ratio(part ?? 0, whole ?? 1, measure);
  const why = impossible(value, measure);
  if (why) return refuse(why, ...(stated === null ? ['part', 'whole'] : ['value']));
  return { value, part: both && whole > 0 ? part : null, whole: both && whole > 0 ? whole : null };
}

function missingWhole(whole: Exclude<Given['whole'], string | undefined>): string {
  return 'statistic' in whole
    ? `how many there are in all is not known here: import ${whole.statistic} for this area or for those below it first`
    : 'the population of this place is not known here: import it with the places first';
}

export function isRefusal(figure: Figure | Refusal | null): figure is Refusal {
  return figure !== null && 'reason' in figure;
}

/** Figures of all places of a level in columns, so that millions take little room. Row 0 means: none yet. */
export class Figures {
  readonly rows: Int32Array;
  readonly dates: Int32Array;
  readonly #dateNames: string[] = [];
  readonly #values: Float64Array[];
  readonly #indicators: number;

  constructor(places: number, indicators: number) {
    this.rows = new Int32Array(places);
    this.dates = new Int32Array(places);
    this.#indicators = indicators;
    this.#values = Array.from({ length: indicators * 3 }, () => new Float64Array(places).fill(Number.NaN));
  }

  set(place: number, row: number, date: string, figures: readonly (Figure | null)[]): void {
    let at = this.#dateNames.lastIndexOf(date);
    if (at < 0) at = this.#dateNames.push(date) - 1;
    this.rows[place] = row;
    this.dates[place] = at;
    figures.forEach((figure, i) => {
      this.#values[i * 3]![place] = figure?.value ?? Number.NaN;
      this.#values[i * 3 + 1]![place] = figure?.part ?? Number.NaN;
      this.#values[i * 3 + 2]![place] = figure?.whole ?? Number.NaN;
    });
  }

  clear(place: number): void {
    this.rows[place] = 0;
  }

  date(place: number): string {
    return this.#dateNames[this.dates[place]!]!;
  }

  figure(place: number, indicator: number): Figure | null {
    if (this.rows[place] === 0) return null;
    const value = this.#values[indicator * 3]![place]!,
      part = this.#values[indicator * 3 + 1]![place]!,
      whole = this.#values[indicator * 3 + 2]![place]!;
    if (Number.isNaN(value)) return null;
    return { value, part: Number.isNaN(part) ? null : part, whole: Number.isNaN(whole) ? null : whole };
  }

  /** Whether a place's figures are just these: then a second row says nothing new. */
  same(place: number, date: string, figures: readonly (Figure | null)[]): boolean {
    if (this.date(place) !== date || figures.length !== this.#indicators) return false;
    return figures.every((figure, i) => this.sameFigure(place, i, figure));
  }

  sameFigure(place: number, indicator: number, figure: Figure | null): boolean {
    const there = this.figure(place, indicator);
    return (
      there?.value === figure?.value &&
      (there?.part ?? null) === (figure?.part ?? null) &&
      (there?.whole ?? null) === (figure?.whole ?? null)
    );
  }

  values(indicator: number): Float64Array {
    const column = this.#values[indicator * 3];
    if (!column) throw new Problem('internal', `no column ${indicator}`);
    return column.filter((value, place) => this.rows[place] !== 0 && !Number.isNaN(value));
  }
}

/** One measurement made before. */
export interface Before extends Figure {
  readonly observedOn: string;
  readonly started: number;
  readonly later: boolean;
}

/** What was measured before this file came, in columns that are made with the first figure: of each place and indicator the newest value, and the newest part and whole. */
export class Earlier {
  /** How many places have a value, by indicator. */
  readonly counts: Int32Array;
  readonly #places: number;
  readonly #values: Float64Array[] = [];
  readonly #started: Float64Array[] = [];
  readonly #valueDays: Int32Array[] = [];
  readonly #parts: Float64Array[] = [];
  readonly #wholes: Float64Array[] = [];
  readonly #days: Int32Array[] = [];
  readonly #later: Uint8Array[] = [];
  readonly #dayNames: string[] = [''];
  readonly #dayNumbers = new Map<string, number>();

  constructor(places: number, indicators: number) {
    this.#places = places;
    this.counts = new Int32Array(indicators);
  }

  /** To be told at most one measurement with part and whole and one without. */
  set(place: number, indicator: number, { value, part, whole, observedOn, started, later }: Before): void {
    if (this.#values.length === 0) this.#grow();
    let day = this.#dayNumbers.get(observedOn);
    if (day === undefined) this.#dayNumbers.set(observedOn, (day = this.#dayNames.push(observedOn) - 1));
    const there = this.#dayNames[this.#valueDays[indicator]![place]!]!;
    if (there === '') this.counts[indicator]!++;
    if (observedOn > there || (observedOn === there && started > this.#started[indicator]![place]!)) {
      this.#values[indicator]![place] = value;
      this.#started[indicator]![place] = started;
      this.#valueDays[indicator]![place] = day;
    }
    if (part === null || whole === null || whole <= 0) return;
    this.#parts[indicator]![place] = part;
    this.#wholes[indicator]![place] = whole;
    this.#days[indicator]![place] = day;
    this.#later[indicator]![place] = later ? 1 : 0;
  }

  /** The newest value, whether or not anybody said what it is a part of. */
  value(place: number, indicator: number): number | null {
    return this.#valueDays[indicator]?.[place] ? this.#values[indicator]![place]! : null;
  }

  /** The newest part and whole: what is summed. */
  ratio(
    place: number,
    indicator: number,
  ): { readonly part: number; readonly whole: number; readonly observedOn: string; readonly later: boolean } | null {
    const day = this.#days[indicator]?.[place] ?? 0;
    if (day === 0) return null;
    return {
      part: this.#parts[indicator]![place]!,
      whole: this.#wholes[indicator]![place]!,
      observedOn: this.#dayNames[day]!,
      later: this.#later[indicator]![place] === 1,
    };
  }

  #grow(): void {
    for (let i = 0; i < this.counts.length; i++) {
      for (const columns of [this.#values, this.#started, this.#parts, this.#wholes]) columns.push(new Float64Array(this.#places));
      for (const columns of [this.#valueDays, this.#days]) columns.push(new Int32Array(this.#places));
      this.#later.push(new Uint8Array(this.#places));
    }
  }
}
