// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { dateAt, startOfDate } from '../../platform/domain/zoned-time.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { MapQuery, MapRow, Measure } from '../domain/map-data.ts';
import { publishedPeople, type PublishedPeople } from './map-people.ts';
import { findDefinitions, findLive, type MapPlace } from './queries-map.ts';

/** Who asks for figures, and how: a file is never exact, whoever takes it away. */
export interface Reader {
  readonly actor: Actor;
  readonly now: Date;
  readonly protectAll: boolean;
}

/** The transaction of the reader, and connections that may count everybody for the disclosure function (waymark_jobs). */
export interface FigureDb {
  readonly tx: Tx;
  readonly counting: Kysely<unknown>;
}

/** Which rows tell their reasons: the first, which is the place asked about, or all. */
export type Told = 'first' | 'all';

/** Areas down to this level are large enough for everybody's eyes (DOMAIN: aggregates of others). */
export const largeLevel = 2;

export const mayRead = (place: MapPlace): boolean => place.inside || place.level <= largeLevel;
export const readsExact = ({ actor, protectAll }: Reader): boolean => !protectAll && actor.rights.has('figures.exact');

/** One question, checked and completed; what the makers of rows need. */
export interface Question {
  readonly tx: Tx;
  readonly reader: Reader;
  readonly instrument: Instrument;
  readonly measure: Measure;
  readonly indicator: string | null;
  readonly date: string | null;
  readonly today: string;
  readonly zone: string;
  readonly locale: string;
  readonly sex: number | null;
  readonly ageGroup: number | null;
  readonly told: Told;
  /** Every instrument in use. */
  readonly live: readonly Instrument[];
  /** What everybody may see of the people of a country; read once a question. */
  people(country: string): PublishedPeople;
}

/** The places whose rows tell their reasons. */
export const withReasons = ({ told }: Pick<Question, 'told'>, places: readonly MapPlace[]): readonly MapPlace[] =>
  told === 'all' ? places : places.slice(0, 1);

export interface Rows {
  readonly rows: readonly MapRow[];
  readonly asOf: string;
  readonly exact: boolean;
  readonly sources: readonly string[];
}

/** The frame of a row: everything that does not depend on figures. */
export function frameOf({ placeId, code, name, names, level }: MapPlace, cover: MapRow['cover']): MapRow {
  return {
    placeId,
    code,
    name,
    names,
    level,
    cover,
    counts: null,
    index: null,
    low: null,
    high: null,
    coverage: null,
    band: 0,
    value: null,
    observedOn: null,
    validUntil: null,
  };
}

/** A published version never changes, so its words are read once a process. */
const definitions = new Map<string, Instrument>();
const mostDefinitions = 100;

/** Instruments by the id of their version, in the order asked for. */
export async function definitionsOf(tx: Tx, ids: readonly string[]): Promise<Instrument[]> {
  const missing = ids.filter((id) => !definitions.has(id));
  if (missing.length > 0) {
    if (definitions.size > mostDefinitions) definitions.clear();
    for (const { instrumentId, definition } of await findDefinitions(tx, missing)) definitions.set(instrumentId, definition);
  }
  return ids.map((id) => definitions.get(id)!);
}

function instrumentFor(live: readonly Instrument[], code: string | undefined): Instrument {
  const found = code === undefined ? live[0] : live.find((instrument) => instrument.code === code);
  if (!found)
    throw new Problem('not-found', code === undefined ? 'There is no instrument in use.' : `There is no instrument ${code} in use.`);
  return found;
}

const measuresOf = {
  person: ['band', 'share-high', 'number-high', 'indicator'],
  place: ['band', 'index', 'indicator'],
} as const satisfies Record<string, readonly Measure[]>;

/** Refuses what cannot be answered, and answers to protected indicators. */
function check(instrument: Instrument, query: MapQuery, date: string | null): void {
  const measure = query.measure ?? 'band',
    people = instrument.scores === 'person';
  if (!(measuresOf[instrument.scores] as readonly Measure[]).includes(measure))
    throw new Problem('bad-input', `measure: ${instrument.code} has no ${measure}; it has ${measuresOf[instrument.scores].join(', ')}.`);
  if (measure === 'indicator') {
    const indicator = instrument.indicators.find((i) => i.code === query.indicator);
    if (!query.indicator) throw new Problem('bad-input', 'indicator: name the indicator to be shown.');
    if (!indicator) throw new Problem('not-found', `${instrument.code} has no indicator ${query.indicator}.`);
    if (indicator.protected) throw new Problem('not-allowed', `Answers to ${indicator.code} stay between the person and the case worker.`);
    if (people && (query.sex !== undefined || query.ageGroup !== undefined))
      throw new Problem('bad-input', 'indicator: answers to one indicator are not kept by sex or age.');
    if (people && date !== null) throw new Problem('bad-input', 'date: answers to one indicator are kept for today only.');
  }
  if (!people && (query.sex !== undefined || query.ageGroup !== undefined))
    throw new Problem('bad-input', `sex, ageGroup: ${instrument.code} describes places, not people.`);
  if (query.sex !== undefined && ![0, 1, 2, 9].includes(query.sex)) throw new Problem('bad-input', 'sex: must be 0, 1, 2 or 9.');
}

/** Completes a query: its instrument, its day, its filters. `today` and past days are in the installation's time zone. */
export async function ask({ tx, counting }: FigureDb, reader: Reader, query: MapQuery, told: Told): Promise<Question> {
  const { zone, ids } = await findLive(tx);
  const live = await definitionsOf(tx, ids),
    instrument = instrumentFor(live, query.instrument);
  const today = dateAt(reader.now.getTime(), zone);
  const date = query.date === undefined || query.date >= today ? null : query.date;
  check(instrument, query, date);
  const people = new Map<string, PublishedPeople>();
  return {
    tx,
    reader,
    instrument,
    live,
    zone,
    today,
    date,
    told,
    measure: query.measure ?? 'band',
    indicator: query.measure === 'indicator' ? query.indicator! : null,
    locale: query.locale ?? reader.actor.locale,
    sex: query.sex === undefined ? null : query.sex === 9 ? 0 : query.sex,
    ageGroup: query.ageGroup ?? null,
    people(country) {
      const known = people.get(country) ?? publishedPeople({ tx, counting, instrument, country, today });
      people.set(country, known);
      return known;
    },
  };
}

/** The last moment of the day asked for, or now. */
export function momentOf({ date, zone, reader }: Question): Date {
  if (date === null) return reader.now;
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return new Date(startOfDate(next.toISOString().slice(0, 10), zone) - 1);
}
