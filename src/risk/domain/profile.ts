// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { BandCounts, Cover, MapRow } from './map-data.ts';

const orNull = <T extends ReturnType<typeof Type.String | typeof Type.Number | typeof Type.Integer>>(type: T) =>
  Type.Union([type, Type.Null()]);
const Origin = Type.Union([Type.Literal('measured'), Type.Literal('summed'), Type.Literal('inherited')]);

export const ProfileParams = Type.Object({ placeId: Type.String({ format: 'uuid' }) });
export type ProfileParams = Static<typeof ProfileParams>;
export const ProfileQuery = Type.Object({
  instrument: Type.Optional(Type.String()),
  /** BCP 47; default: the reader's own. */
  locale: Type.Optional(Type.String({ maxLength: 35 })),
  /** Figures as everybody may see them, also for a reader with exact ones: for paper. */
  protect: Type.Optional(Type.Boolean()),
});
export type ProfileQuery = Static<typeof ProfileQuery>;

/**
 * One indicator as a reason, in words. Places: the answer, what was measured and where it comes from.
 * People: which share of those who answered stands at the worst answer. Protected indicators never appear.
 */
export const Driver = Type.Object({
  code: Type.String(),
  theme: Type.String(),
  title: Type.String(),
  /** A sentence in the reader's language. */
  text: Type.String(),
  /** Places: the answer, 1 to 3. People: null. */
  score: orNull(Type.Integer()),
  /** Places: as measured, a share 0..1 or a rate. People: share 0..1 who gave the worst answer, of those who answered. */
  value: orNull(Type.Number()),
  unit: Type.Union([Type.Literal('share'), Type.Literal('rate'), Type.Null()]),
  /** Rates only: per how many. */
  per: orNull(Type.Integer()),
  /** People: how many answered. */
  n: orNull(Type.Integer()),
  origin: Type.Union([Origin, Type.Null()]),
  /** Inherited: from which place. */
  from: Type.Union([PlaceRef, Type.Null()]),
  /** Summed: from how many of how many places below. */
  placesWith: orNull(Type.Integer()),
  placesAll: orNull(Type.Integer()),
  batchId: orNull(Type.String()),
  source: orNull(Type.String()),
  observedOn: orNull(Type.String()),
  validUntil: orNull(Type.String()),
});
export type Driver = Static<typeof Driver>;

export const HistoryPoint = Type.Object({
  /** The day the point speaks of, ISO: a month's end (people) or the day something was measured (places). */
  date: Type.String(),
  cover: Cover,
  counts: Type.Union([BandCounts, Type.Null()]),
  index: orNull(Type.Number()),
  low: orNull(Type.Number()),
  high: orNull(Type.Number()),
  coverage: orNull(Type.Number()),
  band: Type.Integer({ minimum: 0, maximum: 3 }),
  /** The change since that earlier day is too small to show: its figures are repeated here. */
  carriedFrom: orNull(Type.String()),
});
export type HistoryPoint = Static<typeof HistoryPoint>;

export const Missing = Type.Object({
  code: Type.String(),
  title: Type.String(),
  /** Places: nothing was ever measured, the answer ran out, or it was given as unknown or refused. People: nobody answered. */
  why: Type.Union([Type.Literal('never'), Type.Literal('expired'), Type.Literal('unknown')]),
  /** When it ran out, ISO. */
  since: orNull(Type.String()),
});
export type Missing = Static<typeof Missing>;

export const Source = Type.Object({
  batchId: orNull(Type.String()),
  fileName: orNull(Type.String()),
  text: orNull(Type.String()),
  /** When it was brought in, ISO. */
  importedOn: orNull(Type.String()),
  /** The newest day it speaks of, ISO. */
  observedOn: orNull(Type.String()),
  /** Codes of the indicators answered from it. */
  indicators: Type.Array(Type.String()),
});
export type Source = Static<typeof Source>;

/** Sex by age group; sex 0 holds "not known" and "not applicable". Null stands for all. */
export const SexAgeCell = Type.Object({
  sex: orNull(Type.Integer()),
  ageGroup: orNull(Type.Integer()),
  cover: Cover,
  counts: BandCounts,
});
export type SexAgeCell = Static<typeof SexAgeCell>;

/** GET /api/places/:placeId/profile. Every count has passed the disclosure function; null: may not be shown. */
export const Profile = Type.Object({
  place: Type.Intersect([
    PlaceRef,
    Type.Object({
      levelName: Type.Record(Type.String(), Type.String()),
      /** From the country down to the parent. */
      ancestors: Type.Array(PlaceRef),
      population: orNull(Type.Integer()),
      populationOn: orNull(Type.String()),
    }),
  ]),
  instrument: Type.Object({
    code: Type.String(),
    version: Type.Integer(),
    scores: Type.String(),
    title: Type.String(),
    description: Type.String(),
    bands: Type.Object({ medium: Type.Integer(), high: Type.Integer(), coverage: Type.Integer() }),
  }),
  /** Other live instruments, for the switch. */
  instruments: Type.Array(Type.Object({ code: Type.String(), scores: Type.String(), title: Type.String() })),
  /** The day the figures speak of, ISO. */
  asOf: Type.String(),
  threshold: Type.Integer(),
  /** True when the reader works with these people and sees exact figures here on screen. */
  exact: Type.Boolean(),
  /** Whether it lies in the reader's area and somebody may be asked about it: an instrument has questions about places. */
  asks: Type.Boolean(),
  /** The place itself: distribution (people) or index, interval and coverage (places). */
  own: MapRow,
  /** The next level down; empty at the lowest level. */
  parts: Type.Object({ level: orNull(Type.Integer()), levelName: Type.Record(Type.String(), Type.String()), rows: Type.Array(MapRow) }),
  /** Worst first. */
  drivers: Type.Array(Driver),
  /** People instruments: how many indicators are kept private between the person and her case worker. */
  privateIndicators: Type.Integer(),
  history: Type.Array(HistoryPoint),
  missing: Type.Object({
    indicators: Type.Array(Missing),
    /** People: per cent of them whose band is not known; null when it may not be shown. */
    peopleUnknown: orNull(Type.Number()),
  }),
  sources: Type.Array(Source),
  compare: Type.Object({ parent: Type.Union([MapRow, Type.Null()]), siblings: Type.Array(MapRow) }),
  /** People instruments; null for places. */
  sexAge: Type.Union([Type.Array(SexAgeCell), Type.Null()]),
});
export type Profile = Static<typeof Profile>;
