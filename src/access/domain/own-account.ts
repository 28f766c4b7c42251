// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { AccountCode, Locale } from './account.ts';
import { Slip } from './invitation.ts';

/** The account of a person in the register, as far as whoever accompanies her sees it: whether she came in, not what she does there. */
export const OwnAccount = Type.Object({
  accountId: Type.String(),
  userName: Type.String(),
  givenAt: Type.String({ format: 'date-time' }),
  disabled: Type.Boolean(),
  cameIn: Type.Boolean(),
  code: Type.Union([AccountCode, Type.Null()]),
});
export type OwnAccount = Static<typeof OwnAccount>;

/** Both were asked of her, alone, before anything is made: that she wants it, and who else opens her phone. */
export const InvitePerson = Type.Object(
  { wished: Type.Literal(true), phoneIsSafe: Type.Literal(true), locale: Type.Optional(Locale) },
  { additionalProperties: false },
);
export type InvitePerson = Static<typeof InvitePerson>;

export const OwnAccounts = Type.Array(OwnAccount);
export const OwnAccountWithSlip = Type.Object({ accounts: OwnAccounts, slip: Slip });
export type OwnAccountWithSlip = Static<typeof OwnAccountWithSlip>;

const consonants = 'bdfgkmnprstvz',
  vowels = 'aeiou';

/**
 * A user name that says nothing of who bears it: made of chance, easy to read aloud and to type ("tamiro482").
 * @param random 0 <= n < below, from a cryptographic source
 */
export function quietUserName(random: (below: number) => number): string {
  const syllable = (): string => `${consonants[random(consonants.length)]}${vowels[random(vowels.length)]}`;
  return `${syllable()}${syllable()}${syllable()}${100 + random(900)}`;
}
