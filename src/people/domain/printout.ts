// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Identity } from './identity.ts';
import { PersonRecord } from './person-record.ts';
import { PersonRequest } from './request.ts';
import { RetentionAction, RetentionCategory } from './retention.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** One answer as it was recorded: by role, never by name. */
export const ToldAnswer = Type.Object({
  about: Type.Union([Type.Literal('person'), Type.Literal('household')]),
  question: Type.String(),
  /** The words of a scored answer; otherwise the code says that she did not know, did not want to say, or that it did not apply. */
  answer: Type.String(),
  worded: Type.Boolean(),
  observedAt: Type.String({ format: 'date-time' }),
  recordedAt: Type.String({ format: 'date-time' }),
  role: orNull(Type.String()),
  imported: Type.Boolean(),
  /** Corrected or taken back later. */
  voided: Type.Boolean(),
});
export type ToldAnswer = Static<typeof ToldAnswer>;

export const ToldInstrument = Type.Object({
  title: Type.String(),
  standing: orNull(
    Type.Object({
      band: Type.Integer(),
      index: orNull(Type.Number()),
      low: orNull(Type.Number()),
      high: orNull(Type.Number()),
      observedOn: orNull(Type.String()),
      validUntil: orNull(Type.String()),
    }),
  ),
  /** Private questions whose answers are for herself and her case worker, where the reader is neither. */
  hidden: Type.Integer(),
  answers: Type.Array(ToldAnswer),
});
export type ToldInstrument = Static<typeof ToldInstrument>;

/** Everything kept about one person, as she is told it. */
export const Printout = Type.Object({
  madeAt: Type.String({ format: 'date-time' }),
  record: PersonRecord,
  /** Null: no name is kept, or it is not the reader's to read. */
  identity: orNull(Identity),
  /** Telephone numbers are kept and left out here: she has not agreed to be called, and it is not to her that the record is handed. */
  numbersWithheld: Type.Boolean(),
  members: Type.Integer(),
  instruments: Type.Array(ToldInstrument),
  /** Organisations she was referred to, with what she agreed to. */
  shared: Type.Array(Type.Object({ with: orNull(Type.String()), since: Type.String(), until: orNull(Type.String()) })),
  readings: Type.Array(Type.Object({ date: Type.String(), role: orNull(Type.String()), action: Type.String(), times: Type.Integer() })),
  requests: Type.Array(PersonRequest),
  /** When a rule lets her record be looked at or erased, as things stand; null: no rule does. */
  kept: orNull(Type.Object({ category: RetentionCategory, action: RetentionAction, on: Type.String() })),
});
export type Printout = Static<typeof Printout>;
export type PrintoutLine = readonly [part: string, what: string, value: string | number | null, on: string | null, by: string | null];

const placeText = (place: { readonly country: string; readonly code: string; readonly name: string }): string =>
  `${place.country} ${place.code} ${place.name}`;

/** The same as lines of a table that any program reads: part, what, value, when, by whom. Nothing that is on the page is missing. */
export function printoutLines(printout: Printout): PrintoutLine[] {
  const { madeAt, members, shared, readings, requests, kept } = printout;
  return [
    ['record', 'made', null, madeAt, null],
    ...recordLines(printout.record, members),
    ...identityLines(printout),
    ...printout.instruments.flatMap(instrumentLines),
    ...shared.flatMap((each): PrintoutLine[] => [
      ['shared', each.with ?? '', null, each.since, null],
      ...(each.until ? [['shared', each.with ?? '', 'ended', each.until, null] as const] : []),
    ]),
    ...readings.map(({ date, role, action, times }) => ['reading', action, times, date, role] as const),
    ...requests.flatMap(({ kind, about, state, saidOn, dueOn, byWhom, decidedAt, ground, citation }): PrintoutLine[] => [
      ['request', about ? `${kind} of ${about}` : kind, state, saidOn, byWhom],
      ['request', `${kind} to be answered`, null, dueOn, null],
      ...(decidedAt
        ? [['request', `${kind} answered`, [ground, citation].filter(Boolean).join(': ') || state, decidedAt, null] as const]
        : []),
    ]),
    ...(kept ? [['kept', kept.category, kept.action, kept.on, null] as const] : []),
  ];
}

function recordLines(record: PersonRecord, members: number): PrintoutLine[] {
  return [
    ['record', 'number', record.number, record.registeredAt, null],
    ['record', 'sex', record.sex, null, null],
    ['record', 'bornOn', record.bornOn, null, null],
    ['record', 'birth known to (1 year, 2 month, 3 day)', record.bornPrecision, null, null],
    ['record', 'age', record.age, null, null],
    ['record', 'state', record.state, record.stateOn, null],
    ['record', 'restricted', record.restricted, null, null],
    ['record', 'place', placeText(record.place), null, null],
    ['record', 'household', record.householdId, null, null],
    ['record', 'people in the household', members, null, null],
    ['record', 'basis', record.basis ? `${record.basis.title} (${record.basis.ground})` : null, null, null],
    ...record.consents.map(({ purpose, act, byWhom, way, language, wording, observedAt }): PrintoutLine => [
      `consent (${[way, language, wording].filter(Boolean).join(', ')})`,
      purpose,
      act,
      observedAt,
      byWhom,
    ]),
    ...record.events.map(({ kind, onDate, from, to, changed, source }): PrintoutLine => [
      'event',
      kind,
      [from && `from ${placeText(from)}`, to && `to ${placeText(to)}`, ...changed, source].filter(Boolean).join('; ') || null,
      onDate,
      source === null ? null : 'import',
    ]),
    // Who accompanies her has a role here and no name, as everywhere on the page.
    ...record.assignments.flatMap(({ kind, to, givenAt, untilAt }): PrintoutLine[] => {
      const whom = kind === 'referral' ? to : null;
      return [['care', kind, whom, givenAt, null], ...(untilAt ? [['care', `${kind} until`, whom, untilAt, null] as const] : [])];
    }),
  ];
}

const withheldWords = 'true: kept, and told only where the person agrees to be called, or asks to see what is kept';

function identityLines({ identity, numbersWithheld }: Printout): PrintoutLine[] {
  if (!identity) return [];
  const { names, phones, documents, address, guardian } = identity;
  const of = (what: string, value: string | undefined): PrintoutLine[] => (value ? [['identity', what, value, null, null]] : []);
  return [
    ...names.flatMap(({ kind, full, given, family, language }) => [
      ...of(`name ${kind}${language ? ` (${language})` : ''}`, full),
      ...of(`given name ${kind}`, given),
      ...of(`family name ${kind}`, family),
    ]),
    ...phones.flatMap((phone) => of('phone', phone)),
    ...of('phone left out', numbersWithheld ? withheldWords : undefined),
    ...documents.flatMap(({ kind, country, number }) => of(`document ${kind}${country ? ` (${country})` : ''}`, number)),
    ...of('address', address),
    ...of('guardian', guardian?.name),
    ...of('guardian phone', guardian?.phone),
  ];
}

function instrumentLines({ title, standing, hidden, answers }: ToldInstrument): PrintoutLine[] {
  return [
    ['index', title, standing?.index ?? null, standing?.observedOn ?? null, null],
    ...(standing
      ? ([
          ['index', `${title}: band (0 unknown, 1 low, 2 medium, 3 high)`, standing.band, null, null],
          ['index', `${title}: at least`, standing.low, null, null],
          ['index', `${title}: at most`, standing.high, null, null],
          ['index', `${title}: runs out`, null, standing.validUntil, null],
        ] as const)
      : []),
    ...(hidden > 0 ? [['index', `${title}: private questions, for the person and her case worker`, hidden, null, null] as const] : []),
    ...answers.map(({ about, question, answer, observedAt, role, imported, voided }): PrintoutLine => [
      voided ? `answer taken back (${about})` : `answer (${about})`,
      question,
      answer,
      observedAt,
      imported ? 'import' : role,
    ]),
  ];
}
