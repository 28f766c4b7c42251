// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { Account, AccountCode, DisplayName, Locale, NewAccount, Password, UserName } from './account.ts';

/** How long codes last. */
export const CodeTimes = Type.Object({
  invitationDays: Type.Integer({ minimum: 1, maximum: 60 }),
  recoveryHours: Type.Integer({ minimum: 1, maximum: 168 }),
});
export type CodeTimes = Static<typeof CodeTimes>;

/** What is handed over on paper. The code is in this answer and nowhere else: it is shown once. */
export const Slip = Type.Object({
  accountId: Type.String(),
  userName: Type.String(),
  displayName: Type.String(),
  kind: AccountCode.properties.kind,
  code: Type.String(),
  expiresAt: Type.String({ format: 'date-time' }),
});
export type Slip = Static<typeof Slip>;

export const AccountWithSlip = Type.Object({ account: Account, slip: Slip });
export type AccountWithSlip = Static<typeof AccountWithSlip>;

/** An administrator's: any role that is not the person's own record. */
export const NewInvitation = NewAccount;

/** An officer's: a volunteer, and where. Without a user name one is made from the name. */
export const NewVolunteer = Type.Object({
  /** Chosen by whoever asks, so that the same invitation sent again is one; without it each is another. */
  accountId: Type.Optional(Type.String({ format: 'uuid' })),
  displayName: DisplayName,
  userName: Type.Optional(UserName),
  placeId: Type.String({ format: 'uuid' }),
  locale: Type.Optional(Locale),
});
export type NewVolunteer = Static<typeof NewVolunteer>;

/** What an invitation is told whose number another one has: who was invited under it, whatever was changed since, stands in the list. */
export const invitedOtherwise = 'Somebody was invited under this number before, with another name or village, or has come in since.';

/** As much of a volunteer's account as her officer needs. */
export const Volunteer = Type.Object({
  accountId: Type.String(),
  userName: Type.String(),
  displayName: Type.String(),
  places: Type.Array(PlaceRef),
  disabled: Type.Boolean(),
  code: Type.Union([AccountCode, Type.Null()]),
  version: Type.Integer(),
});
export type Volunteer = Static<typeof Volunteer>;

export const VolunteerWithSlip = Type.Object({ volunteer: Volunteer, slip: Slip });
export type VolunteerWithSlip = Static<typeof VolunteerWithSlip>;

export const CodeWish = Type.Object({
  /** Her phone is lost or stolen: whoever has it is signed out at once, and its codes and keys prove nothing any more. */
  phoneLost: Type.Optional(Type.Boolean()),
});

/** What somebody types who was given a code. */
export const Welcome = Type.Object({
  userName: Type.String({ minLength: 1, maxLength: 200 }),
  code: Type.String({ minLength: 1, maxLength: 200 }),
  password: Password,
  locale: Type.Optional(Locale),
});
export type Welcome = Static<typeof Welcome>;
