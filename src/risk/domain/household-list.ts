// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { Restriction } from '../../people/domain/restriction.ts';
import { Reason } from './map-data.ts';
import { ListPage, ListQuery, PersonKey } from './people-list.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** By urgency (where a warning of somebody there holds, then the band and the index of whoever is worst off), or by the first date to renew. */
export const HouseholdSort = Type.Union([Type.Literal('urgency'), Type.Literal('renewal')]);

const { place, instrument, bands, renew, warns, after, locale } = ListQuery.properties;
/** What a list of households is narrowed to, as that of people; the CSV takes the same. */
export const HouseholdListQuery = Type.Object({
  place,
  instrument,
  bands,
  renew,
  warns,
  sort: Type.Optional(HouseholdSort),
  after,
  locale,
});
export type HouseholdListQuery = Static<typeof HouseholdListQuery>;

/** One household as a list shows it: never a name, and nothing that the list of people does not say of those who live with it. */
export const HouseholdRow = Type.Object({
  regionId: Type.Integer(),
  householdId: Type.String(),
  place: PlaceRef,
  /** Of whoever is worst off of those who may be visited; where nobody may, of all. So are the index, the reasons and the day to renew. */
  band: Type.Integer({ minimum: 0, maximum: 3 }),
  index: orNull(Type.Number()),
  reasons: Type.Array(Reason),
  /** How many of them are at high risk. */
  high: Type.Integer({ minimum: 0 }),
  /** Answers that are a warning by themselves, of anybody who may be visited; "private reason" only where no open one warns. */
  warnings: Type.Array(Type.String()),
  /** Whoever of them is to be asked again first, ISO day; null: of somebody nothing is known any more, or nobody is to be asked. */
  validUntil: orNull(Type.String()),
  /** The newest answer that counts, ISO day. */
  observedOn: orNull(Type.String()),
  /** Everybody who lives with the household, as far as the reader may see them, and who of them is not to be visited. */
  members: Type.Array(Type.Object({ ...PersonKey.properties, restricted: Restriction })),
});
export type HouseholdRow = Static<typeof HouseholdRow>;

export const HouseholdPage = Type.Object({ ...ListPage.properties, rows: Type.Array(HouseholdRow) });
export type HouseholdPage = Static<typeof HouseholdPage>;

/** Whether anybody of the household may be visited. */
export const isVisited = ({ members }: Pick<HouseholdRow, 'members'>): boolean => members.some(({ restricted }) => restricted === null);

/** How many of the household are not to be visited, by the reason. */
export function notVisited({
  members,
}: Pick<HouseholdRow, 'members'>): { readonly restricted: NonNullable<Restriction>; readonly n: number }[] {
  const counted = (['objection', 'withdrawal'] as const).map((restricted) => ({
    restricted,
    n: members.filter((each) => each.restricted === restricted).length,
  }));
  return counted.filter(({ n }) => n > 0);
}
