// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Restriction } from '../../people/domain/restriction.ts';
import { PlaceRef } from '../../places/domain/place.ts';
import { Reason } from './map-data.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const uuid = Type.String({ format: 'uuid' });

export const PersonKey = Type.Object({ regionId: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }), personId: uuid });
export type PersonKey = Static<typeof PersonKey>;

/** By urgency (whoever a warning holds for, then band, then index, highest first), by the date to renew (nothing known first), by the newest answer. */
export const ListSort = Type.Union([Type.Literal('urgency'), Type.Literal('renewal'), Type.Literal('seen')]);
export type ListSort = Static<typeof ListSort>;

/** What a list is narrowed to; the CSV takes the same. */
export const ListQuery = Type.Object({
  /** The area; left out by whoever sees people one by one, or the whole installation. */
  place: Type.Optional(uuid),
  instrument: Type.Optional(Type.String({ maxLength: 64 })),
  /** Bands wanted, as digits: "3" is high, "30" high and unknown. */
  bands: Type.Optional(Type.String({ pattern: '^[0-3]{1,4}$' })),
  sex: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })),
  ageGroup: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
  /** `now`: nothing holds any more; `week`, `soon`: within 7 or 30 days; or an ISO day, before which it is to be renewed. */
  renew: Type.Optional(Type.String({ pattern: String.raw`^(now|week|soon|\d{4}-\d{2}-\d{2})$` })),
  /** `now`: only whom a warning holds for, and who may be visited. */
  warns: Type.Optional(Type.Literal('now')),
  sort: Type.Optional(ListSort),
  /** Where the page before ended. */
  after: Type.Optional(Type.String({ maxLength: 400 })),
  locale: Type.Optional(Type.String({ maxLength: 35 })),
});
export type ListQuery = Static<typeof ListQuery>;

/** One person as a list shows her: never a name, and of a protected answer never more than "private reason". */
export const ListRow = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  householdId: orNull(Type.String()),
  place: PlaceRef,
  sex: Type.Integer(),
  ageGroup: Type.Integer(),
  band: Type.Integer({ minimum: 0, maximum: 3 }),
  index: orNull(Type.Number()),
  low: orNull(Type.Number()),
  high: orNull(Type.Number()),
  coverage: orNull(Type.Number()),
  /** The newest answer that counts, ISO day. */
  observedOn: orNull(Type.String()),
  /** Renew by then, ISO day; null: nothing is known any more. */
  validUntil: orNull(Type.String()),
  /** Up to three, worst first. */
  reasons: Type.Array(Reason),
  restricted: Restriction,
  /** Answers of hers and her household's that are a warning by themselves, in words; a protected one says "private reason", and only where no open one warns. */
  warnings: Type.Array(Type.String()),
});
export type ListRow = Static<typeof ListRow>;

export const ListPage = Type.Object({
  instrument: Type.Object({ code: Type.String(), version: Type.Integer(), title: Type.String() }),
  asOf: Type.String(),
  rows: Type.Array(ListRow),
  /** For the page after this one; null: this was the last. */
  after: orNull(Type.String()),
});
export type ListPage = Static<typeof ListPage>;

/** GET /api/people/waiting: how many of the list somebody should go to, and by when. */
export const WaitingQuery = Type.Pick(ListQuery, ['place', 'instrument']);
export type WaitingQuery = Static<typeof WaitingQuery>;
const Counted = Type.Object({
  n: Type.Integer({ minimum: 0 }),
  /** There are more than so many. */
  more: Type.Boolean(),
});
export const Waiting = Type.Object({
  asOf: Type.String(),
  /** People for whom a warning holds. */
  warned: Counted,
  /** The Friday of this week (from Saturday on, of the next), and the day after it, as the list takes it for `renew`. */
  by: Type.String({ format: 'date' }),
  before: Type.String({ format: 'date' }),
  /** Households of people whose answers run out by then, or of whom nothing is known; who lives in none counts as one. */
  households: Counted,
});
export type Waiting = Static<typeof Waiting>;
/** So far it counts; beyond, it says "more than". */
export const mostWaiting = 1000;

/** People chosen for a walk through a village, to be printed. */
export const VisitListBody = Type.Object(
  {
    instrument: Type.Optional(Type.String({ maxLength: 64 })),
    people: Type.Array(PersonKey, { minItems: 1, maxItems: 200 }),
    /** Whether the paper carries names; they are asked for apart. Kept in the record of use. */
    names: Type.Boolean(),
    locale: Type.Optional(Type.String({ maxLength: 35 })),
  },
  { additionalProperties: false },
);
export type VisitListBody = Static<typeof VisitListBody>;

/** The list as it goes on paper, and who of those chosen is not on it because the record is used no further. */
export const VisitList = Type.Intersect([
  ListPage,
  Type.Object({
    leftOff: Type.Array(Type.Object({ ...PersonKey.properties, restricted: Restriction })),
    /** Of those on it, who said no to being called or written to: a visit is what they agreed to, and nothing between visits. */
    notToContact: Type.Array(PersonKey),
  }),
]);
export type VisitList = Static<typeof VisitList>;

export const listPageSize = 50;
export const maxReasons = 3;
