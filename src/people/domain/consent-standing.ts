// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { Act, assentFrom, consentStands, isLater, ofAge, Purpose, Speaker, Way, type ConsentEvent } from './consent.ts';

/** What became of one word about a record, for whoever watches over all of them. */
export const wordStates = ['stands', 'lapsed', 'unfinished', 'replaced', 'no'] as const;
export type WordState = (typeof wordStates)[number];

/**
 * Why. `lapsed`: the child turned seven, or is of age, and nobody else was asked since. `unfinished`: somebody who has to be asked too was not asked,
 * or said no. `replaced`: by a later word of the same speaker, or with the record that was joined to another. `stands` and `no` (a refusal or withdrawal
 * that holds) need no why.
 */
export const wordReasons = {
  stands: [],
  lapsed: ['turned_seven', 'of_age'],
  unfinished: ['child_not_asked', 'child_no', 'guardian_not_asked', 'guardian_no'],
  replaced: ['withdrawn', 'refused', 'said_again', 'joined'],
  no: [],
} as const satisfies Record<WordState, readonly string[]>;
export type WordReason = (typeof wordReasons)[WordState][number];
const reasons = Object.values(wordReasons).flat();

export interface Word extends ConsentEvent {
  /** With whom it is shared, where that was said. */
  readonly organisationId: string | null;
}

/** What is known of the record beside what was said: its state, and her age when this was said and now, as far as consent asks (0, 7, 18). */
export interface WordStage {
  readonly joined: boolean;
  readonly before: number | null;
  readonly today: number | null;
}

export interface Standing {
  readonly state: WordState;
  readonly why: WordReason | null;
}

/**
 * Of each speaker the word that counts for one purpose, and for sharing with one organisation (null: with anybody). A word about that organisation goes
 * before one in general, but a later no in general ends it (waymark.sharing_stands says the same in SQL).
 */
function counting(
  words: readonly Word[],
  { purpose, organisationId }: Pick<Word, 'purpose' | 'organisationId'>,
): ReadonlyMap<Speaker, Word> {
  const latest = (speaker: Speaker, about: string | null): Word | undefined =>
    words
      .filter((each) => each.purpose === purpose && each.byWhom === speaker && (purpose !== 'share' || each.organisationId === about))
      .reduce<Word | undefined>((held, each) => (held && !isLater(each, held) ? held : each), undefined);
  const found = new Map<Speaker, Word>();
  for (const speaker of new Set(words.map(({ byWhom }) => byWhom))) {
    const named = latest(speaker, organisationId),
      general = organisationId === null || purpose !== 'share' ? undefined : latest(speaker, null);
    const ended = named?.act === 'given' && general !== undefined && general.act !== 'given' && isLater(general, named);
    const word = ended ? general : (named ?? general);
    if (word) found.set(speaker, word);
  }
  return found;
}

/** Whether one word still counts, among everything that was said of this record. */
export function standingOf(word: Word, said: readonly Word[], { joined, before, today }: WordStage): Standing {
  if (joined) return { state: 'replaced', why: 'joined' };
  const words = counting(said, word);
  const latest = words.get(word.byWhom);
  if (latest && latest.eventId !== word.eventId) return { state: 'replaced', why: latest.act === 'given' ? 'said_again' : latest.act };
  if (word.act !== 'given') return { state: 'no', why: null };
  const child = today !== null && today < ofAge;
  if (!child && word.byWhom !== 'self') return { state: 'lapsed', why: 'of_age' };
  if (consentStands([...words.values()], word.purpose, today)) return { state: 'stands', why: null };
  return besideOthers(word, words, before);
}

/** A child's consent takes two: what the other one has not said. */
function besideOthers({ byWhom }: Word, words: ReadonlyMap<Speaker, Word>, before: number | null): Standing {
  const own = [words.get('assent'), words.get('self')];
  if (own.some((word) => word && word.act !== 'given')) return { state: 'unfinished', why: 'child_no' };
  if (byWhom !== 'guardian')
    return {
      state: 'unfinished',
      why: words.has('guardian') && words.get('guardian')?.act !== 'given' ? 'guardian_no' : 'guardian_not_asked',
    };
  return before !== null && before < assentFrom
    ? { state: 'lapsed', why: 'turned_seven' }
    : { state: 'unfinished', why: 'child_not_asked' };
}

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const instant = Type.String({ format: 'date-time' });
const day = Type.String({ format: 'date' });

export const WordsAsked = Type.Object({
  /** A record number as people say it, or the whole id. */
  number: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  purpose: Type.Optional(Purpose),
  act: Type.Optional(Act),
  state: Type.Optional(Type.Unsafe<WordState>(Type.Enum([...wordStates]))),
  /** Days of the installation's calendar on which it was written down, both included. */
  from: Type.Optional(day),
  to: Type.Optional(day),
});
export type WordsAsked = Static<typeof WordsAsked>;
export const WordsQuery = Type.Object({
  ...WordsAsked.properties,
  after: Type.Optional(Type.String({ maxLength: 120 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export type WordsQuery = Static<typeof WordsQuery>;

export const WordRow = Type.Object({
  eventId: Type.String(),
  personId: Type.String(),
  number: Type.String(),
  district: orNull(PlaceRef),
  purpose: Purpose,
  act: Act,
  byWhom: Speaker,
  way: Way,
  /** In which language the text was read out, and which version of it. */
  language: orNull(Type.String()),
  wording: orNull(Type.String()),
  /** With whom it is shared, where that was said. */
  organisation: orNull(Type.String()),
  observedAt: instant,
  recordedAt: instant,
  state: Type.Unsafe<WordState>(Type.Enum([...wordStates])),
  why: orNull(Type.Unsafe<WordReason>(Type.Enum(reasons))),
});
export type WordRow = Static<typeof WordRow>;
export const WordPage = Type.Object({
  rows: Type.Array(WordRow),
  /** False where no record has the number asked for. */
  known: Type.Boolean(),
  /** Send it back as `after`; null at the end. There may be more although a page has few lines, or none: only so many are looked through at once. */
  next: orNull(Type.String()),
});
export type WordPage = Static<typeof WordPage>;
