// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { Act, Purpose, Speaker, Way } from './consent.ts';
import { Identity } from './identity.ts';
import { BornPrecision, SexCode } from './registration.ts';
import { Restriction } from './restriction.ts';

const instant = Type.String({ format: 'date-time' });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const PersonKey = Type.Object({ regionId: Type.Integer(), personId: Type.String({ format: 'uuid' }) });
export type PersonKey = Static<typeof PersonKey>;

/** Who decided what, as an account and never as a name: whoever may know asks for it. */
export const StoredConsent = Type.Object({
  eventId: Type.String(),
  purpose: Purpose,
  act: Act,
  byWhom: Speaker,
  way: Way,
  language: orNull(Type.String()),
  wording: orNull(Type.String()),
  organisationId: orNull(Type.String()),
  observedAt: instant,
  recordedAt: instant,
});
export type StoredConsent = Static<typeof StoredConsent>;

export const PersonEvent = Type.Object({
  eventId: Type.String(),
  kind: Type.String(),
  onDate: Type.String(),
  recordedAt: instant,
  /** Places the event speaks of, as far as there are any. */
  from: orNull(PlaceRef),
  to: orNull(PlaceRef),
  /** What else changed: sex, birth date; never a name. */
  changed: Type.Array(Type.String()),
  /** Whose list she came with, where she came with an import. */
  source: orNull(Type.String()),
});
export type PersonEvent = Static<typeof PersonEvent>;

export const Assignment = Type.Object({
  assignmentId: Type.String(),
  kind: Type.Union([Type.Literal('case_worker'), Type.Literal('referral'), Type.Literal('self')]),
  /** The case worker or organisation. */
  to: orNull(Type.String()),
  /** Whoever reads this is that case worker. */
  mine: Type.Boolean(),
  givenAt: instant,
  untilAt: orNull(instant),
});
export type Assignment = Static<typeof Assignment>;

export const PersonRecord = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  number: Type.String(),
  householdId: orNull(Type.String()),
  place: PlaceRef,
  sex: SexCode,
  bornOn: orNull(Type.String()),
  bornPrecision: BornPrecision,
  age: orNull(Type.Integer()),
  state: Type.Union([Type.Literal('here'), Type.Literal('died'), Type.Literal('left'), Type.Literal('merged'), Type.Literal('erased')]),
  stateOn: orNull(Type.String()),
  mergedInto: orNull(PersonKey),
  restricted: Restriction,
  basis: orNull(
    Type.Object({
      basisId: Type.String(),
      title: Type.String(),
      ground: Type.String(),
      needsConsent: Type.Boolean(),
      /** What the record is used for on it today without anybody being asked first. */
      covers: Type.Array(Purpose),
    }),
  ),
  registeredAt: instant,
  version: Type.Integer(),
  consents: Type.Array(StoredConsent),
  events: Type.Array(PersonEvent),
  assignments: Type.Array(Assignment),
  /** What whoever asks may do with this record. */
  may: Type.Object({
    write: Type.Boolean(),
    readIdentity: Type.Boolean(),
    assess: Type.Boolean(),
    assign: Type.Boolean(),
    askErasure: Type.Boolean(),
  }),
});
export type PersonRecord = Static<typeof PersonRecord>;

/** Care or a referral that ended because somebody said no to it: by record number, for whoever gave it, whoever had it, and the officer. */
export const EndedCare = Type.Object({
  assignmentId: Type.String(),
  regionId: Type.Integer(),
  /** Whose record: null for whoever it is closed to from then on. */
  personId: orNull(Type.String()),
  number: orNull(Type.String()),
  kind: Type.Union([Type.Literal('case_worker'), Type.Literal('referral')]),
  /** The case worker or organisation, for whoever may know. */
  to: orNull(Type.String()),
  /** Whoever reads this was that case worker. */
  mine: Type.Boolean(),
  byWhom: Speaker,
  givenAt: instant,
  endedAt: instant,
});
export type EndedCare = Static<typeof EndedCare>;
export const EndedCareQuery = Type.Object({
  /** Where the page before ended. */
  after: Type.Optional(Type.String({ maxLength: 60 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export type EndedCareQuery = Static<typeof EndedCareQuery>;
/** The newest first; `next` is where the page after this one begins, null: this was the last. */
export const EndedCarePage = Type.Object({ rows: Type.Array(EndedCare), next: orNull(Type.String()) });
export type EndedCarePage = Static<typeof EndedCarePage>;

export const HouseholdRecord = Type.Object({
  regionId: Type.Integer(),
  householdId: Type.String(),
  place: PlaceRef,
  createdAt: instant,
  version: Type.Integer(),
  members: Type.Array(
    Type.Object({
      regionId: Type.Integer(),
      personId: Type.String(),
      number: Type.String(),
      sex: SexCode,
      age: orNull(Type.Integer()),
      state: Type.String(),
      /** Where she lives, if not here. */
      elsewhere: orNull(PlaceRef),
    }),
  ),
});
export type HouseholdRecord = Static<typeof HouseholdRecord>;

/** Somebody a search found: enough to tell her from others of the same name. */
export const FoundPerson = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  number: Type.String(),
  name: Type.String(),
  /** 0 to 1: how much the name is like what was typed. */
  likeness: Type.Number(),
  place: PlaceRef,
  sex: SexCode,
  age: orNull(Type.Integer()),
  state: Type.String(),
});
export type FoundPerson = Static<typeof FoundPerson>;

export const NamedIdentity = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  identity: Identity,
  /** Telephone numbers are kept and not shown: she, or who speaks for her, has not agreed to be called or written to. */
  numbersWithheld: Type.Boolean(),
  version: Type.Integer(),
});
export type NamedIdentity = Static<typeof NamedIdentity>;
