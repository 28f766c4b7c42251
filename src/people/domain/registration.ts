// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { dayNotAfter } from '../../platform/domain/phone-clock.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { ageOn } from './age-group.ts';
import { consentStands, NewConsent, saidAt, whoIsAsked, type ConsentEvent } from './consent.ts';
import { Identity } from './identity.ts';

export const uuid = Type.String({ format: 'uuid' });
export const RegionId = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });
export const SexCode = Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2), Type.Literal(9)]);
export const BornPrecision = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]);
export const Day = Type.String({ format: 'date' });

export const NewMember = Type.Object(
  {
    /** Made by the client: sent twice is once. */
    personId: uuid,
    sex: SexCode,
    bornOn: Type.Union([Day, Type.Null()]),
    bornPrecision: BornPrecision,
    identity: Identity,
    /** What she and, of a child, her guardian said; before anything is kept. */
    consents: Type.Array(NewConsent, { maxItems: 20 }),
  },
  { additionalProperties: false },
);
export type NewMember = Static<typeof NewMember>;

export const NewHousehold = Type.Object(
  {
    householdId: uuid,
    placeId: uuid,
    basisId: uuid,
    members: Type.Array(NewMember, { minItems: 1, maxItems: 40 }),
  },
  { additionalProperties: false },
);
export type NewHousehold = Static<typeof NewHousehold>;

/** A birth date as precise as it is known: the first of the month, of the year. Throws Problem `bad-input` for one to come or too long ago. */
export function bornAsKnown(told: string | null, precision: 1 | 2 | 3, today: string): string | null {
  if (told === null) return null;
  const bornOn = dayNotAfter(told, today, 'bornOn');
  if (ageOn(bornOn, today) > 130) throw new Problem('bad-input', 'bornOn: nobody is that old; is the year of another calendar?');
  if (precision === 1) return `${bornOn.slice(0, 4)}-01-01`;
  return precision === 2 ? `${bornOn.slice(0, 7)}-01` : bornOn;
}

/** Further members of a household that is registered already. */
export const NewMembers = Type.Object(
  { basisId: uuid, members: Type.Array(NewMember, { minItems: 1, maxItems: 40 }) },
  { additionalProperties: false },
);
export type NewMembers = Static<typeof NewMembers>;

export function consentEventOf(consent: NewConsent, recordedAt: Date): ConsentEvent {
  return { ...consent, observedAt: saidAt(consent, recordedAt).getTime(), recordedAt: recordedAt.getTime() };
}

/** Throws Problem `no-consent`, naming the member by number and who was not asked, or said no. */
export function checkMemberConsent(member: NewMember, nth: number, now: Date, today: string): void {
  const events = member.consents.map((consent) => consentEventOf(consent, now));
  const age = member.bornOn === null ? null : ageOn(member.bornOn, today);
  if (consentStands(events, 'register', age)) return;
  const words = whoIsAsked(age).map((who) => ({ self: 'herself', guardian: 'a guardian', assent: "the child's own assent" })[who]);
  throw new Problem('no-consent', `Member ${nth}: to be asked are ${words.join(' and ')}.`);
}
