// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from './place.ts';

export const PlaceSearch = Type.Object({
  /** Any part of a name in any script, or a code. */
  search: Type.Optional(Type.String({ maxLength: 200 })),
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
  after: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export type PlaceSearch = Static<typeof PlaceSearch>;

/** A place with the areas it lies in, nearest first: "Mongkol Borei, Banteay Meanchey". */
export const FoundPlace = Type.Intersect([PlaceRef, Type.Object({ within: Type.String() })]);
export type FoundPlace = Static<typeof FoundPlace>;
export const FoundPlaces = Type.Object({ rows: Type.Array(FoundPlace), next: Type.Union([Type.String(), Type.Null()]) });

export const PlaceById = Type.Object({ placeId: Type.String({ format: 'uuid' }) });
export const PageOfPlaces = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});
export const Places = Type.Object({ rows: Type.Array(PlaceRef), next: Type.Union([Type.String(), Type.Null()]) });

export const BoundariesQuery = Type.Object({
  /** Level of the parts; default: the next one down. */
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  /** 0 coarse, for a country; 1 for a province; 2 as imported. Default: by the level of the area. */
  detail: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
});
