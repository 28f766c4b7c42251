// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { notAfter } from '../../platform/domain/phone-clock.ts';

/**
 * What is asked for, one by one, and what each of them decides: keeping the record, help by a case worker (who may be assigned), sharing with an
 * organisation (who may be referred), being called or written to (whose telephone is shown). Nothing is asked for that decides nothing.
 */
export const purposes = ['register', 'assist', 'share', 'contact'] as const;
export const Purpose = Type.Unsafe<(typeof purposes)[number]>(Type.Enum([...purposes]));
export type Purpose = Static<typeof Purpose>;

/** `assent`: the child's own word, beside the guardian's. */
export const speakers = ['self', 'guardian', 'assent'] as const;
export const Speaker = Type.Unsafe<(typeof speakers)[number]>(Type.Enum([...speakers]));
export type Speaker = Static<typeof Speaker>;

export const acts = ['given', 'refused', 'withdrawn'] as const;
export const Act = Type.Unsafe<(typeof acts)[number]>(Type.Enum([...acts]));
export type Act = Static<typeof Act>;

/** `on_file`: with whoever collected it, as a file says that was imported. */
export const ways = ['spoken', 'written', 'thumbprint', 'on_file'] as const;
export const Way = Type.Unsafe<(typeof ways)[number]>(Type.Enum([...ways]));
export type Way = Static<typeof Way>;

export const NewConsent = Type.Object(
  {
    /** Made by the client: sent twice is once. */
    eventId: Type.String({ format: 'uuid' }),
    purpose: Purpose,
    act: Act,
    byWhom: Speaker,
    way: Way,
    language: Type.Optional(Type.String({ maxLength: 35 })),
    /** Which version of the text was read out. */
    wording: Type.Optional(Type.String({ maxLength: 100 })),
    organisationId: Type.Optional(Type.String({ format: 'uuid' })),
    /** Left out where it is said now: then it is the server's moment, for a phone's clock may be wrong. */
    observedAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
export type NewConsent = Static<typeof NewConsent>;

/**
 * When it was said. An earlier day is left as told: moved to now, an old yes would outweigh a later no.
 * Throws Problem `bad-input` for more than a day ahead.
 */
export const saidAt = ({ observedAt }: Pick<NewConsent, 'observedAt'>, now: Date): Date =>
  observedAt === undefined ? now : notAfter(new Date(observedAt), now);

/** What one person said at one time about one purpose. Instants in milliseconds. */
export interface ConsentEvent {
  readonly eventId: string;
  readonly purpose: Purpose;
  readonly act: Act;
  readonly byWhom: Speaker;
  readonly observedAt: number;
  readonly recordedAt: number;
}

/** From this age somebody decides alone; younger, a guardian decides with her. */
export const ofAge = 18;
/** From this age a child is asked for her own assent (Convention on the Rights of the Child, article 12: views given weight by age and maturity). */
export const assentFrom = 7;

/** Who has to be asked, at this age (null: not known, and then she is asked herself). */
export function whoIsAsked(age: number | null): readonly Speaker[] {
  if (age === null || age >= ofAge) return ['self'];
  return age < assentFrom ? ['guardian'] : ['guardian', 'assent'];
}

/** The latest word of each speaker about a purpose, by (observedAt, recordedAt, eventId). */
export function latestWords(events: readonly ConsentEvent[], purpose: Purpose): ReadonlyMap<Speaker, Act> {
  const latest = new Map<Speaker, ConsentEvent>();
  for (const event of events) {
    if (event.purpose !== purpose) continue;
    const held = latest.get(event.byWhom);
    if (!held || isLater(event, held)) latest.set(event.byWhom, event);
  }
  return new Map([...latest].map(([speaker, event]) => [speaker, event.act]));
}

/** By (observedAt, recordedAt, eventId). */
export function isLater(a: ConsentEvent, b: ConsentEvent): boolean {
  if (a.observedAt !== b.observedAt) return a.observedAt > b.observedAt;
  if (a.recordedAt !== b.recordedAt) return a.recordedAt > b.recordedAt;
  return a.eventId > b.eventId;
}

/**
 * Whether what was said allows a purpose (waymark.consent_stands says the same in SQL; a test holds the two together).
 * An adult's own word; of a child the guardian's, from seven with her own assent, and never against her own no at any age.
 */
export function consentStands(events: readonly ConsentEvent[], purpose: Purpose, age: number | null): boolean {
  const said = latestWords(events, purpose);
  if (age === null || age >= ofAge) return said.get('self') === 'given';
  const own: readonly Speaker[] = ['assent', 'self'];
  const no = own.some((speaker) => said.has(speaker) && said.get(speaker) !== 'given');
  const yes = own.some((speaker) => said.get(speaker) === 'given');
  return said.get('guardian') === 'given' && !no && (age < assentFrom || yes);
}

/**
 * Whether somebody said no whose no counts at this age (waymark.use_refused says the same in SQL; a test holds the two together). An adult's own; a
 * child's own at any age, and a guardian's where people are asked at all. `covered`: the basis of the record says by itself that it is used so.
 * Where a law lets a child be helped without its guardian, the guardian may be the one it is helped against.
 */
export function useRefused(events: readonly ConsentEvent[], purpose: Purpose, age: number | null, covered: boolean): boolean {
  const isAdult = age === null || age >= ofAge;
  return [...latestWords(events, purpose)].some(
    ([speaker, act]) => act !== 'given' && (isAdult ? speaker === 'self' : speaker !== 'guardian' || !covered),
  );
}

/** Whether a record may be used for a purpose beside being kept (waymark.use_stands): a basis that covers it waits for no yes, and for no no either. */
export function useStands(events: readonly ConsentEvent[], purpose: Purpose, age: number | null, covered: boolean): boolean {
  return covered ? !useRefused(events, purpose, age, covered) : consentStands(events, purpose, age);
}

/**
 * Whether somebody who has to be asked today was not asked yet although everybody who was said yes: the child turned seven, or is of age, since.
 * Whoever visits asks.
 */
export const isToRenew = (events: readonly ConsentEvent[], purpose: Purpose, age: number | null): boolean =>
  consentState(events, purpose, age) === 'partly';

/**
 * Whether somebody may have an account of her own (waymark.own_account_stands says the same in SQL; a test holds the two together). Whoever
 * decides alone may. A child is asked with its guardian, as about all help by a case worker; below the age of assent nobody could ask it.
 */
export function ownAccountAllowed(events: readonly ConsentEvent[], age: number | null): 'yes' | 'too-young' | 'not-agreed' {
  if (age === null || age >= ofAge) return 'yes';
  if (age < assentFrom) return 'too-young';
  return consentStands(events, 'assist', age) ? 'yes' : 'not-agreed';
}

/** Whose word it is when somebody speaks for herself in her own account. */
export const ownWord = (age: number | null): Speaker => (age === null || age >= ofAge ? 'self' : 'assent');

/** Where a consent stands in one word, for lists and pages. `partly`: somebody who has to be asked was not asked yet. */
export function consentState(
  events: readonly ConsentEvent[],
  purpose: Purpose,
  age: number | null,
): 'given' | 'refused' | 'partly' | 'not-asked' {
  if (consentStands(events, purpose, age)) return 'given';
  const said = [...latestWords(events, purpose).values()];
  if (said.length === 0) return 'not-asked';
  return said.every((act) => act === 'given') ? 'partly' : 'refused';
}
