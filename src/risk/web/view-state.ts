// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Measure } from '../domain/map-data.ts';

/** Everything that makes up one view of the map. It lives in the address only, so that a link shows a colleague the same. */
export interface ViewState {
  readonly place: string | null;
  /** Level of the parts shown; null: the next one down. */
  readonly level: number | null;
  readonly instrument: string | null;
  readonly measure: Measure;
  readonly indicator: string | null;
  /** ISO day of a month's end; null: now. */
  readonly date: string | null;
  /** ISO 5218; null: everybody. */
  readonly sex: number | null;
  readonly age: number | null;
  /** The place pointed at when the page opens. */
  readonly at: string | null;
}

const measures: readonly Measure[] = ['band', 'share-high', 'number-high', 'index', 'indicator'];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address. What somebody mistyped falls back to its default instead of breaking the page. */
export function readView(search: URLSearchParams): ViewState {
  const text = (key: string, shape: RegExp) => {
    const value = search.get(key);
    return value !== null && shape.test(value) ? value : null;
  };
  const digit = (key: string, shape: RegExp) => {
    const value = text(key, shape);
    return value === null ? null : Number(value);
  };
  const indicator = text('indicator', /^[a-z][a-z0-9_]{1,62}$/);
  const asked = measures.find((each) => each === search.get('measure')) ?? 'band';
  const measure = asked === 'indicator' && !indicator ? 'band' : asked;
  // Answers to one indicator are kept for everybody together.
  const filters = measure !== 'indicator';
  return {
    place: text('place', uuid),
    level: digit('level', /^\d$/),
    instrument: text('instrument', /^[a-z][a-z0-9-]{1,62}$/),
    measure,
    indicator: measure === 'indicator' ? indicator : null,
    date: text('date', /^\d{4}-(0[1-9]|1[0-2])-\d{2}$/),
    sex: filters ? digit('sex', /^[129]$/) : null,
    age: filters ? digit('age', /^[0-6]$/) : null,
    at: text('at', uuid),
  };
}

/** The same view as the parameters of GET /api/map and its exports. */
export function mapQuery(view: ViewState, place: string, locale: string): Record<string, string | number | null> {
  return {
    place,
    level: view.level,
    instrument: view.instrument,
    measure: view.measure,
    indicator: view.indicator,
    date: view.date,
    sex: view.sex,
    ageGroup: view.age,
    locale,
  };
}

/** The address of a view; defaults are left out so that it stays short enough to read aloud. */
export function viewAddress(view: Partial<ViewState>): string {
  const search = new URLSearchParams();
  for (const key of ['place', 'level', 'instrument', 'measure', 'indicator', 'date', 'sex', 'age', 'at'] as const) {
    const value = view[key];
    if (value === null || value === undefined || (key === 'measure' && value === 'band')) continue;
    search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `/map?${text}` : '/map';
}

/** Going to another place keeps what is coloured and the filters, and starts again at the next level down. */
export const movedTo = (view: ViewState, place: string): ViewState => ({ ...view, place, level: null, at: null });

/** The last `many` month ends before `today` (ISO days), newest first. */
export function monthEnds(today: string, many: number): string[] {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return Array.from({ length: many }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 0)).toISOString().slice(0, 10));
}
