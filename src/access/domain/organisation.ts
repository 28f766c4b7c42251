// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { organisationKinds, type OrganisationKind } from './organisation-kinds.ts';

const Kind = Type.Unsafe<OrganisationKind>(Type.Enum([...organisationKinds]));

export const OrganisationName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\p{Cc}\\p{Co}\\p{Cn}<>]*\\S[^\\p{Cc}\\p{Co}\\p{Cn}<>]*$',
});

/** Whom people work for. Where it sits opens nothing. */
export const Organisation = Type.Object({
  organisationId: Type.String({ format: 'uuid' }),
  name: Type.String(),
  kind: Kind,
  place: Type.Union([PlaceRef, Type.Null()]),
  ended: Type.Boolean(),
  /** Accounts that hold a post in it now. */
  accounts: Type.Integer(),
  version: Type.Integer(),
});
export type Organisation = Static<typeof Organisation>;

export const NewOrganisation = Type.Object({
  name: OrganisationName,
  kind: Kind,
  placeId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
});
export type NewOrganisation = Static<typeof NewOrganisation>;

export const OrganisationChange = Type.Object({
  name: Type.Optional(OrganisationName),
  kind: Type.Optional(Kind),
  /** For good: every post held in it ends with it. */
  ended: Type.Optional(Type.Literal(true)),
  /** The version that was on the screen. */
  version: Type.Integer({ minimum: 1 }),
});
export type OrganisationChange = Static<typeof OrganisationChange>;
