// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { perCent } from './arithmetic.ts';
import { AreaAtLevel, BandCounts, NamedArea, Reason, type MapData, type MapRow } from './map-data.ts';
import { shareHigh } from './ranking.ts';
import { Narrowed } from './report.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const WhereFirstQuery = Type.Object({
  place: Type.String({ format: 'uuid' }),
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  instrument: Type.Optional(Type.String({ maxLength: 64 })),
  /** Of people alone: an instrument that scores places has neither. */
  sex: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
  ageGroup: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
  /** ISO date; default now. A past date is answered from the last month's end not after it. */
  date: Type.Optional(Type.String({ format: 'date' })),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
  /** Figures as everybody may see them: for paper. */
  protect: Type.Optional(Type.Boolean()),
});
export type WhereFirstQuery = Static<typeof WhereFirstQuery>;

export const RankedArea = Type.Object({
  ...NamedArea.properties,
  /** Those whose intervals overlap share a rank no more than their figures do; ties share one. */
  rank: Type.Integer(),
  counts: orNull(BandCounts),
  /** Per cent at high risk of those whose band is known; of places scored themselves, the index. */
  value: Type.Number(),
  /** As if nobody of whom too little is known were at high risk, and as if all were. */
  low: orNull(Type.Number()),
  high: orNull(Type.Number()),
  /** Per cent of people whose band is known; of places, of the answers. */
  coverage: orNull(Type.Number()),
  band: Type.Integer(),
  reasons: Type.Array(Reason),
  /** Points since six months ago; null where either figure is not shown. */
  change: orNull(Type.Number()),
  /** Points by which the nearest areas moved meanwhile, on average. */
  neighbours: orNull(Type.Number()),
  /** Risk fell here and rose next door: the harm may have moved. */
  movedNextDoor: Type.Boolean(),
  /** The day that this area's figures speak of: people who work with an area see today's, everybody else the month's. */
  figuresOf: Type.String(),
  /** The change since that earlier day is too small to show: the figures of that day are repeated. */
  carriedFrom: orNull(Type.String()),
});
export type RankedArea = Static<typeof RankedArea>;

export const WhereFirst = Type.Object({
  place: AreaAtLevel,
  level: Type.Integer(),
  levelNames: Type.Record(Type.String(), Type.String()),
  instrument: Type.Object({ code: Type.String(), scores: Type.String(), title: Type.String() }),
  ...Narrowed.properties,
  asOf: Type.String(),
  /** Answers of people are kept for today and for everybody: of an earlier month, or of some people, these reasons are still those. */
  reasonsOfToday: Type.Boolean(),
  /** The day that the change is counted from; null: no figures of then. */
  comparedWith: orNull(Type.String()),
  threshold: Type.Integer(),
  exact: Type.Boolean(),
  rows: Type.Array(RankedArea),
  /** Areas that cannot be ranked: nothing is recorded, or figures may not be shown. */
  notRanked: Type.Integer(),
});
export type WhereFirst = Static<typeof WhereFirst>;

/** Where a place lies, as far as it is known. */
export interface Centre {
  readonly placeId: string;
  readonly parentId: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** So many areas count as neighbours, the nearest first. */
const howManyNeighbours = 5;

interface Measured {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly coverage: number | null;
}

/** What an area is ranked by, with how wrong that may be; null where it is not shown or nothing is known. */
export function measured(row: MapRow): Measured | null {
  if (!row.counts)
    return row.index === null || row.band === 0 ? null : { value: row.index, low: row.low, high: row.high, coverage: row.coverage };
  const value = row.cover === 'shown' ? shareHigh(row.counts) : null,
    { n, high, unknown } = row.counts;
  if (value === null || n === null || high === null || unknown === null) return null;
  return { value, low: perCent(high, n), high: perCent(high + unknown, n), coverage: perCent(n - unknown, n) };
}

/** Six months before a day (ISO), at a month's end. */
export function sixMonthsBefore(today: string): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 6, 0)).toISOString().slice(0, 10);
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

function changes(now: MapData, before: MapData | null): ReadonlyMap<string, number> {
  const earlier = new Map(before?.rows.map((row) => [row.placeId, row]));
  const found = new Map<string, number>();
  for (const row of now.rows) {
    const then = earlier.get(row.placeId),
      a = measured(row),
      b = then && measured(then);
    // A figure carried along is not a change of none.
    if (a && b && !row.carriedFrom && !then.carriedFrom) found.set(row.placeId, tenth(a.value - b.value));
  }
  return found;
}

/** The nearest areas by their centres; where none is known, the others of the same parent. */
export function neighboursOf(placeId: string, centres: ReadonlyMap<string, Centre>): string[] {
  const own = centres.get(placeId);
  if (!own) return [];
  const others = [...centres.values()].filter((each) => each.placeId !== placeId);
  if (own.latitude === null || own.longitude === null)
    return others.filter((each) => each.parentId === own.parentId).map((each) => each.placeId);
  const { latitude, longitude } = own,
    shrink = Math.cos((latitude * Math.PI) / 180);
  const far = (each: Centre): number => (each.latitude! - latitude) ** 2 + ((each.longitude! - longitude) * shrink) ** 2;
  return others
    .filter((each) => each.latitude !== null && each.longitude !== null)
    .sort((a, b) => far(a) - far(b) || (a.placeId < b.placeId ? -1 : 1))
    .slice(0, howManyNeighbours)
    .map((each) => each.placeId);
}

/** Areas by what is known of them now, worst first; beside each how it moved, and how those around it moved. */
export function rankAreas(
  now: MapData,
  before: MapData | null,
  centres: ReadonlyMap<string, Centre>,
): Pick<WhereFirst, 'rows' | 'notRanked'> {
  const moved = changes(now, before);
  const found = now.rows.flatMap((row) => {
    const figures = measured(row);
    return figures ? [{ row, figures }] : [];
  });
  found.sort(
    (a, b) =>
      b.figures.value - a.figures.value || (b.figures.coverage ?? 0) - (a.figures.coverage ?? 0) || (a.row.code < b.row.code ? -1 : 1),
  );
  const rows = found.map(({ row, figures }): RankedArea => {
    const around = neighboursOf(row.placeId, centres).flatMap((id) => moved.get(id) ?? []);
    const change = moved.get(row.placeId) ?? null,
      neighbours = around.length === 0 ? null : tenth(around.reduce((sum, each) => sum + each, 0) / around.length);
    return {
      placeId: row.placeId,
      code: row.code,
      name: row.name,
      names: row.names,
      rank: 1 + found.findIndex((each) => each.figures.value === figures.value),
      counts: row.counts,
      ...figures,
      band: row.band,
      reasons: row.reasons ?? [],
      change,
      neighbours,
      movedNextDoor: change !== null && neighbours !== null && change <= -1 && neighbours >= 1,
      // What is measured of a place holds until it ends: its index is that of the day asked for.
      figuresOf: (row.counts && row.observedOn) || now.asOf,
      carriedFrom: row.carriedFrom ?? null,
    };
  });
  return { rows, notRanked: now.rows.length - rows.length };
}
