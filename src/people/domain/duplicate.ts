// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { mergeFields } from './merge.ts';
import { SexCode } from './registration.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const instant = Type.String({ format: 'date-time' });
const uuid = Type.String({ format: 'uuid' });

export const pairStates = ['open', 'same', 'different', 'gone'] as const;
export const PairState = Type.Unsafe<(typeof pairStates)[number]>(Type.Enum([...pairStates]));

/** One record of a pair, as a list may show it: no name. */
export const PairSide = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  number: Type.String(),
  place: PlaceRef,
  sex: SexCode,
  bornOn: orNull(Type.String()),
  age: orNull(Type.Integer()),
  householdId: orNull(Type.String()),
  /** How many others live in the household. */
  others: Type.Integer(),
  registeredAt: instant,
  version: Type.Integer(),
});
export type PairSide = Static<typeof PairSide>;

/** Why: a field and how it agrees (linkage.ts), as codes; screens have a sentence for each. */
export const PairReason = Type.Object({ field: Type.String(), level: Type.String(), weight: Type.Number() });
export type PairReason = Static<typeof PairReason>;

export const DuplicatePair = Type.Object({
  pairId: Type.String(),
  likely: Type.Union([Type.Literal('very-likely'), Type.Literal('possible')]),
  weight: Type.Number(),
  reasons: Type.Array(PairReason),
  state: PairState,
  foundAt: instant,
  /** When somebody last said "not sure yet", or decided. */
  decidedAt: orNull(instant),
  version: Type.Integer(),
  a: PairSide,
  b: PairSide,
});
export type DuplicatePair = Static<typeof DuplicatePair>;

export const DuplicatePage = Type.Object({
  rows: Type.Array(DuplicatePair),
  /** Send it back as `after`; null at the end. */
  next: orNull(Type.String()),
  /** Records still wait to be compared, so that more pairs may come. */
  comparing: Type.Boolean(),
});
export type DuplicatePage = Static<typeof DuplicatePage>;

export const MergeAsked = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    /** Which record stays. */
    stays: Type.Union([Type.Literal('a'), Type.Literal('b')]),
    /** What is taken from the record that does not stay. */
    take: Type.Array(Type.Unsafe<(typeof mergeFields)[number]>(Type.Enum([...mergeFields])), { maxItems: 4, uniqueItems: true }),
    /** As they were on the screen. */
    versions: Type.Object({ a: Type.Integer({ minimum: 1 }), b: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type MergeAsked = Static<typeof MergeAsked>;

/** A merge as the pages of both records show it. */
export const MergeView = Type.Object({
  mergeId: Type.String(),
  regionId: Type.Integer(),
  /** Whether this is the record that stayed. */
  stayed: Type.Boolean(),
  withPerson: Type.Object({ regionId: Type.Integer(), personId: Type.String(), number: Type.String() }),
  mergedAt: instant,
  undoneAt: orNull(instant),
  mayTakeBack: Type.Boolean(),
});
export type MergeView = Static<typeof MergeView>;

export const PairParams = Type.Object({ pairId: uuid });
