// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Account, DisplayName, Locale, UserName } from './account.ts';
import { Slip } from './invitation.ts';

/** To somebody who has an account, or to somebody who gets one, with an invitation. */
export const Successor = Type.Union([
  Type.Object({ accountId: Type.String({ minLength: 1, maxLength: 64 }), version: Type.Integer({ minimum: 1 }) }),
  Type.Object({ userName: UserName, displayName: DisplayName, locale: Type.Optional(Locale) }),
]);
export type Successor = Static<typeof Successor>;

export const HandOver = Type.Object({
  /** Of the account that holds the post, as it was on the screen. */
  version: Type.Integer({ minimum: 1 }),
  to: Successor,
  /** Of a case worker: whether the people assigned to her go along. */
  withAssignments: Type.Boolean(),
});
export type HandOver = Static<typeof HandOver>;

export const HandedOver = Type.Object({
  from: Account,
  to: Account,
  /** How many people went along. */
  assignments: Type.Integer(),
  /** Of how many the care ended instead: they do not agree to be accompanied, or their record is used no further. */
  assignmentsEnded: Type.Integer(),
  slip: Type.Union([Slip, Type.Null()]),
});
export type HandedOver = Static<typeof HandedOver>;
