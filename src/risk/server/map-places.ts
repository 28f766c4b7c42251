// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { shown } from '../domain/arithmetic.ts';
import { drivers } from '../domain/drivers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { MapRow, Reason } from '../domain/map-data.ts';
import { findStatistics, type MapPlace, type PlaceStanding } from './queries-map.ts';

/** One measured value beside the answer it was scored to. */
export interface Measured {
  readonly value: number;
  readonly origin: 'measured' | 'summed';
  readonly observedOn: string;
  readonly placesWith: number | null;
  readonly placesAll: number | null;
  readonly batchId: string;
}

/** What was measured, by place and indicator code. */
export type Statistics = ReadonlyMap<string, ReadonlyMap<string, Measured>>;

/** What was measured at these places until a day (ISO); of one indicator, or of all (null). */
export async function statisticsOf(
  tx: Tx,
  code: string,
  ids: readonly string[],
  on: string,
  indicator: string | null,
): Promise<Statistics> {
  if (ids.length === 0) return new Map();
  return new Map(
    (await findStatistics(tx, code, ids, on, indicator)).map((row) => [
      row.placeId,
      new Map(
        row.indicators.map((each, i): [string, Measured] => [
          each,
          {
            value: row.values[i]!,
            origin: row.origins[i]!,
            observedOn: row.dates[i]!,
            placesWith: row.withs[i] ?? null,
            placesAll: row.alls[i] ?? null,
            batchId: row.batches[i]!,
          },
        ]),
      ),
    ]),
  );
}

/** Where an answer of a place comes from: itself (measured or summed), or the area around it of that level. */
export function originAt(
  standing: Pick<PlaceStanding, 'sources'>,
  position: number,
): { origin: 'measured' | 'summed' | 'inherited'; level: number | null } | null {
  const byte = standing.sources?.[position] ?? 0;
  if (byte >= 16) return { origin: 'inherited', level: byte - 16 };
  return byte === 1 ? { origin: 'measured', level: null } : byte === 2 ? { origin: 'summed', level: null } : null;
}

/** Ids of the areas around a place, by level; built once for all rows of a map. */
export type Around = (place: MapPlace, level: number) => string | undefined;

/** The place that an answer was measured at: itself, or the area around it. */
export function holderOf(place: MapPlace, standing: PlaceStanding, position: number, around: Around): string | undefined {
  const from = originAt(standing, position);
  if (!from) return undefined;
  return from.level === null ? place.placeId : around(place, from.level);
}

/** What was measured for an answer of a place, wherever it was measured. */
export function measuredFor(
  place: MapPlace,
  standing: PlaceStanding,
  position: number,
  code: string,
  statistics: Statistics,
  around: Around,
): Measured | undefined {
  const holder = holderOf(place, standing, position, around);
  return holder === undefined ? undefined : statistics.get(holder)?.get(code);
}

/** Reasons in words by the answers they come from: a country has far fewer kinds of answers than places. */
export type Worded = (answers: Uint8Array) => readonly { readonly reason: Reason; readonly position: number }[];

export function wordedIn(instrument: Instrument, locale: string): Worded {
  const known = new Map<string, readonly { reason: Reason; position: number }[]>();
  const positions = new Map(instrument.indicators.map(({ code }, position) => [code, position]));
  return (answers) => {
    const key = answers.join('');
    let found = known.get(key);
    if (!found)
      known.set(
        key,
        (found = drivers(instrument, answers, locale, 3).map((reason) => ({
          reason,
          position: reason.code === null ? -1 : positions.get(reason.code)!,
        }))),
      );
    return found;
  };
}

const nothing = new Uint8Array();

/** The main reasons of a place, with what was measured. */
export function reasonsOf(worded: Worded, place: MapPlace, standing: PlaceStanding, statistics: Statistics, around: Around): Reason[] {
  return worded(standing.answers ?? nothing).map(({ reason, position }) => {
    const from = position < 0 ? null : originAt(standing, position);
    if (!from) return reason;
    const measured = measuredFor(place, standing, position, reason.code!, statistics, around);
    return { ...reason, origin: from.origin, ...(measured ? { value: measured.value } : {}) };
  });
}

/** The part of a row that a place's own standing fills; the rest is the caller's. */
export function standingRow(
  standing: PlaceStanding | undefined,
): Pick<MapRow, 'cover' | 'index' | 'low' | 'high' | 'coverage' | 'band' | 'observedOn' | 'validUntil'> {
  if (!standing || standing.known === 0) {
    return {
      cover: 'no-data',
      index: null,
      low: null,
      high: null,
      coverage: standing ? 0 : null,
      band: 0,
      observedOn: null,
      validUntil: null,
    };
  }
  return {
    cover: 'shown',
    ...shown(standing),
    band: standing.band as 0 | 1 | 2 | 3,
    observedOn: standing.observedOn,
    validUntil: standing.validUntil,
  };
}
