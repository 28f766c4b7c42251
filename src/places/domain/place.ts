// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** An area as every screen shows it. `code` is its P-code, text, unique within `country`. */
export const PlaceRef = Type.Object({
  placeId: Type.String({ format: 'uuid' }),
  country: Type.String(),
  code: Type.String(),
  level: Type.Integer(),
  name: Type.String(),
  names: Type.Record(Type.String(), Type.String()),
});
export type PlaceRef = Static<typeof PlaceRef>;

export const PlaceDetail = Type.Intersect([
  PlaceRef,
  Type.Object({
    parentId: Type.Union([Type.String(), Type.Null()]),
    /** From the country down to the parent. */
    ancestors: Type.Array(PlaceRef),
    latitude: Type.Union([Type.Number(), Type.Null()]),
    longitude: Type.Union([Type.Number(), Type.Null()]),
    population: Type.Union([Type.Integer(), Type.Null()]),
    populationOn: Type.Union([Type.String(), Type.Null()]),
    source: Type.Union([Type.String(), Type.Null()]),
    hasBoundary: Type.Boolean(),
    /** How many places lie below, by level. */
    below: Type.Array(
      Type.Object({
        level: Type.Integer(),
        names: Type.Record(Type.String(), Type.String()),
        count: Type.Integer(),
        withBoundary: Type.Integer(),
      }),
    ),
    levelNames: Type.Record(Type.String(), Type.String()),
    version: Type.Integer(),
  }),
]);
export type PlaceDetail = Static<typeof PlaceDetail>;
