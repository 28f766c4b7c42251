// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { perCent } from './arithmetic.ts';
import { BandCounts, Cover } from './map-data.ts';

/** How many people stand in each band, by one of these. `place`: by the places of a level (home village, sub-district, district, province). */
export const ReportBy = Type.Union([Type.Literal('age'), Type.Literal('sex'), Type.Literal('place')]);
export type ReportBy = Static<typeof ReportBy>;

export const ReportQuery = Type.Object({
  place: Type.String({ format: 'uuid' }),
  by: ReportBy,
  instrument: Type.Optional(Type.String({ maxLength: 64 })),
  /** By place: the level of the rows; default: the next one down. */
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  sex: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
  ageGroup: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
  /** ISO date; default now. A past date is answered from the last month's end not after it. */
  date: Type.Optional(Type.String({ format: 'date' })),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
  /** Figures as everybody may see them: for paper. */
  protect: Type.Optional(Type.Boolean()),
});
export type ReportQuery = Static<typeof ReportQuery>;

/** Of whom all figures are; null: of everybody. By sex the choice of a sex says nothing, and by age that of an age. */
export const Narrowed = Type.Object({
  sex: Type.Union([Type.Integer(), Type.Null()]),
  ageGroup: Type.Union([Type.Integer(), Type.Null()]),
});
export type Narrowed = Static<typeof Narrowed>;

export const ReportRow = Type.Object({
  /** One of the three says which group; all null: everybody. */
  place: Type.Union([PlaceRef, Type.Null()]),
  sex: Type.Union([Type.Integer(), Type.Null()]),
  ageGroup: Type.Union([Type.Integer(), Type.Null()]),
  cover: Cover,
  counts: BandCounts,
  /** Per cent whose band is not known. */
  missing: Type.Union([Type.Number(), Type.Null()]),
  carriedFrom: Type.Union([Type.String(), Type.Null()]),
});
export type ReportRow = Static<typeof ReportRow>;

export const Report = Type.Object({
  place: PlaceRef,
  by: ReportBy,
  levelNames: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
  instrument: Type.Object({ code: Type.String(), version: Type.Integer(), title: Type.String() }),
  ...Narrowed.properties,
  asOf: Type.String(),
  threshold: Type.Integer(),
  exact: Type.Boolean(),
  rows: Type.Array(ReportRow),
  total: ReportRow,
});
export type Report = Static<typeof Report>;

export function missingShare({ n, unknown }: BandCounts): number | null {
  return n === null || unknown === null || n === 0 ? null : perCent(unknown, n);
}
