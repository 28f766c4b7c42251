// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** How many, by band. A null count is one that may not be shown: "fewer than 11", or held back so that it cannot be worked out. */
const Count = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
export const BandCounts = Type.Object({ n: Count, unknown: Count, low: Count, medium: Count, high: Count });
export type BandCounts = Static<typeof BandCounts>;

/**
 * What of a figure is shown. The words say what is missing and never why exactly: telling a small cell from one withheld
 * to protect it, or that everybody stands in one band, would give away what is protected (docs/decisions/0004).
 */
export const Cover = Type.Union([
  Type.Literal('shown'), // every count is shown
  Type.Literal('small'), // not even n: fewer than the threshold, or withheld to protect another
  Type.Literal('held-back'), // n is shown, its split is not: some band has too few, or all stand alike, or it protects another
  Type.Literal('outside'), // outside the reader's area and too small an area to show
  Type.Literal('no-data'), // nobody and nothing recorded
]);
export type Cover = Static<typeof Cover>;

export const Reason = Type.Object({
  /** Indicator code, or null for a private reason. */
  code: Type.Union([Type.String(), Type.Null()]),
  text: Type.String(),
  score: Type.Integer(),
  /** For places: the measured value and where it came from. */
  value: Type.Optional(Type.Number()),
  origin: Type.Optional(Type.Union([Type.Literal('measured'), Type.Literal('summed'), Type.Literal('inherited')])),
});
export type Reason = Static<typeof Reason>;

/** A place as pages name it: in every script it has, and by its code. */
export const NamedArea = Type.Object({
  placeId: Type.String(),
  code: Type.String(),
  name: Type.String(),
  names: Type.Record(Type.String(), Type.String()),
});
/** The same, where it matters whether it is a province or a village. */
export const AreaAtLevel = Type.Object({ ...NamedArea.properties, level: Type.Integer() });

/** One place of a map or of a table. Numbers are already rounded half up to one decimal. */
export const MapRow = Type.Object({
  ...AreaAtLevel.properties,
  cover: Cover,
  /** People instruments: the distribution of people. Place instruments: null. */
  counts: Type.Union([BandCounts, Type.Null()]),
  /** Place instruments: the place's own index with its interval and coverage, 0..100. */
  index: Type.Union([Type.Number(), Type.Null()]),
  low: Type.Union([Type.Number(), Type.Null()]),
  high: Type.Union([Type.Number(), Type.Null()]),
  coverage: Type.Union([Type.Number(), Type.Null()]),
  /** The band coloured on the map. For people instruments: from the share at high risk (see `classes`). */
  band: Type.Integer({ minimum: 0, maximum: 3 }),
  /** The number coloured on the map under the chosen measure; null is drawn hatched. */
  value: Type.Union([Type.Number(), Type.Null()]),
  /** The main reasons, worst first: of the place asked about, and of its parts where they were asked for (`reasons`). */
  reasons: Type.Optional(Type.Array(Reason)),
  observedOn: Type.Union([Type.String(), Type.Null()]),
  validUntil: Type.Union([Type.String(), Type.Null()]),
  /** The change since that earlier day is too small to show: the figures of that day are repeated here. */
  carriedFrom: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
export type MapRow = Static<typeof MapRow>;

export const Measure = Type.Union([
  Type.Literal('band'), // three bands
  Type.Literal('share-high'), // people: per cent at high risk of those with a known band
  Type.Literal('number-high'), // people: how many at high risk
  Type.Literal('index'), // places: the index
  Type.Literal('indicator'), // one indicator: people: per cent who answered 3; places: the measured value
]);
export type Measure = Static<typeof Measure>;

export const MapQuery = Type.Object({
  /** The area whose parts are shown. */
  place: Type.String({ format: 'uuid' }),
  /** Level of the parts; default: the next one down. */
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  instrument: Type.Optional(Type.String()),
  measure: Type.Optional(Measure),
  indicator: Type.Optional(Type.String()),
  /** ISO date; default now. A past date is answered from the last month's end not after it. */
  date: Type.Optional(Type.String({ format: 'date' })),
  sex: Type.Optional(Type.Integer()),
  ageGroup: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
  /** Reasons of every part too, and not of the whole alone. Of one part: ask for the map of that part at its own level. */
  reasons: Type.Optional(Type.Boolean()),
  /** Figures as everybody may see them, also for a reader with exact ones: what goes on paper leaves the house. Files are so always. */
  protect: Type.Optional(Type.Boolean()),
});
export type MapQuery = Static<typeof MapQuery>;

export const MapData = Type.Object({
  place: AreaAtLevel,
  level: Type.Integer(),
  levelNames: Type.Record(Type.String(), Type.String()),
  instrument: Type.Object({
    code: Type.String(),
    version: Type.Integer(),
    scores: Type.String(),
    title: Type.String(),
    description: Type.String(),
  }),
  measure: Measure,
  indicator: Type.Union([Type.String(), Type.Null()]),
  /** The date the figures speak of, ISO. */
  asOf: Type.String(),
  /** The whole area under the same filters. */
  total: MapRow,
  rows: Type.Array(MapRow),
  /** Colour classes: lower bounds of the classes for continuous measures; null for bands. */
  classes: Type.Union([Type.Array(Type.Number()), Type.Null()]),
  threshold: Type.Integer(),
  /** True when every row is exact because the reader works with these people. */
  exact: Type.Boolean(),
  sources: Type.Array(Type.String()),
});
export type MapData = Static<typeof MapData>;
