// SPDX-License-Identifier: AGPL-3.0-or-later
import { effect, signal } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import { ageOn } from '../../domain/age-group.ts';
import { readBirth, type BirthAsTold } from '../../domain/birth-as-told.ts';
import type { LawfulBasis } from '../../domain/basis.ts';
import { whoIsAsked, type NewConsent, type Purpose, type Speaker, type Way } from '../../domain/consent.ts';
import type { Identity, IdentityDocument } from '../../domain/identity.ts';
import type { NewHousehold, NewMember, NewMembers } from '../../domain/registration.ts';
import { dayHere } from '../../../platform/web/clock.ts';
import { me, type NamedPlace } from '../../../platform/web/session.ts';
import { writtenIn } from '../languages.ts';
import { wordingVersion } from '../consent-wording.ts';

export type ChosenPlace = Pick<NamedPlace, 'placeId' | 'name' | 'names'>;
/** Of age; a child who says yes or no herself; one too small to be asked. Asked first, because it says who has to agree. */
export type AgeBand = 'adult' | 'child' | 'small';

export interface MemberDraft {
  readonly personId: string;
  readonly band: AgeBand | undefined;
  readonly language: string;
  /** What each who has to be asked said about the register, and how. */
  readonly said: Readonly<Partial<Record<Speaker, boolean>>>;
  readonly way: Way;
  /** What else she agreed to. */
  readonly also: readonly Purpose[];
  readonly full: string;
  readonly called: string;
  readonly sex: 0 | 1 | 2 | undefined;
  readonly birth: BirthAsTold;
  readonly phone: string;
  readonly documentKind: IdentityDocument['kind'];
  readonly documentNumber: string;
}

export type Step = 'place' | 'consent' | 'refused' | 'who' | 'alike' | 'reach' | 'review' | 'done';

/** A household that is being written down. */
export interface Draft {
  readonly owner: string;
  readonly step: Step;
  readonly householdId: string;
  /** Of a household that is registered already, and gets more members. */
  readonly joins: { readonly regionId: number; readonly householdId: string } | null;
  readonly place: ChosenPlace | null;
  readonly basisId: string | null;
  readonly members: readonly MemberDraft[];
  readonly current: MemberDraft | null;
  /** The last one asked about turned out to be registered already. */
  readonly metKnown: boolean;
  /** What was sent and not surely refused. It may be saved: until that is known nothing is changed, and this very body is sent again. */
  readonly sent: NewHousehold | NewMembers | null;
  readonly saved: { readonly regionId: number; readonly householdId: string } | null;
}

/**
 * In memory and nowhere else: phones are shared, and what is stored on one may be read by whoever holds it next. It outlives a look at
 * another page, not the window, nor a change of whoever is signed in.
 */
export const draft = signal<Draft | null>(null);
effect(() => {
  if (draft.value && draft.value.owner !== me.value?.accountId) draft.value = null;
});

export function newDraft(owner: string, place: ChosenPlace | null, joins: Draft['joins'] = null): Draft {
  const step = joins ? 'consent' : 'place';
  const householdId = joins?.householdId ?? uuidv7();
  const current = joins ? newMember('') : null;
  return { owner, step, householdId, joins, place, basisId: null, members: [], current, metKnown: false, sent: null, saved: null };
}

export function newMember(language: string): MemberDraft {
  return {
    personId: uuidv7(),
    band: undefined,
    language,
    said: {},
    way: 'spoken',
    also: [],
    full: '',
    called: '',
    sex: undefined,
    birth: { day: '', month: '', year: '', age: '' },
    phone: '',
    documentKind: 'national-id',
    documentNumber: '',
  };
}

/** Today where the phone is, also where its clock is years off; the server has the last word. */
export const todayHere = (): string => dayHere();

/** The list with this member in it, once; `without` her where she said no or is registered already. */
export function withMember(members: readonly MemberDraft[], member: MemberDraft): readonly MemberDraft[] {
  return members.some(({ personId }) => personId === member.personId)
    ? members.map((each) => (each.personId === member.personId ? member : each))
    : [...members, member];
}

export function withoutMember(members: readonly MemberDraft[], member: MemberDraft): readonly MemberDraft[] {
  return members.filter(({ personId }) => personId !== member.personId);
}

const ages: Readonly<Record<AgeBand, number>> = { adult: 18, child: 7, small: 0 };

/** Who has to be asked of somebody of this age. */
export const askedOf = (band: AgeBand): readonly Speaker[] => whoIsAsked(ages[band]);

export function bandOf(age: number | null): AgeBand {
  if (age === null || age >= 18) return 'adult';
  return age >= 7 ? 'child' : 'small';
}

export function ageOf(member: MemberDraft): number | null {
  const birth = readBirth(member.birth, todayHere());
  return 'bornOn' in birth && birth.bornOn !== null ? ageOn(birth.bornOn, todayHere()) : null;
}

/** What of a lawful basis decides who is asked what at the door. */
export type AskingBasis = Pick<LawfulBasis, 'needsConsent' | 'purposes'>;

function consentsOf(member: MemberDraft, asks: boolean): NewConsent[] {
  if (!asks || !member.band) return [];
  const { language, way } = member;
  const more = { act: 'given', way, language, wording: wordingVersion } as const;
  return askedOf(member.band).flatMap((byWhom) =>
    (['register', ...member.also] as const).map((purpose) => ({ eventId: uuidv7(), purpose, byWhom, ...more })),
  );
}

/** A telephone is for calling: it is asked for only where she agrees to be called, or the basis says it. */
export const mayBeCalled = (member: MemberDraft, { needsConsent, purposes }: AskingBasis): boolean =>
  needsConsent ? member.also.includes('contact') : purposes.includes('contact');

function identityOf(member: MemberDraft, callable: boolean): Identity {
  const name = (kind: 'official' | 'called', full: string) => ({
    kind,
    full: full.trim(),
    language: writtenIn(member.language, full.trim()),
  });
  return {
    names: [name('official', member.full), ...(member.called.trim() ? [name('called', member.called)] : [])],
    phones: callable && member.phone.trim() ? [member.phone.trim()] : [],
    documents: member.documentNumber.trim() ? [{ kind: member.documentKind, number: member.documentNumber.trim() }] : [],
  };
}

/** As it is sent. Sent again after a lost connection it is known by the member's id, and saved once. */
export function memberToSend(member: MemberDraft, basis: AskingBasis): NewMember {
  const birth = readBirth(member.birth, todayHere());
  const { bornOn, bornPrecision } = 'bornOn' in birth ? birth : { bornOn: null, bornPrecision: 2 as const };
  const { personId, sex = 0 } = member;
  return {
    personId,
    sex,
    bornOn,
    bornPrecision,
    identity: identityOf(member, mayBeCalled(member, basis)),
    consents: consentsOf(member, basis.needsConsent),
  };
}
