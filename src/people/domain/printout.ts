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

/** The same as lines of a table that any program reads: part, what, value, when, by whom. */
export function printoutLines({ record, identity, instruments, shared, readings, requests }: Printout): PrintoutLine[] {
  return [
    ['record', 'number', record.number, record.registeredAt, null],
    ['record', 'sex', record.sex, null, null],
    ['record', 'bornOn', record.bornOn, null, null],
    ['record', 'state', record.state, record.stateOn, null],
    ['record', 'place', `${record.place.country} ${record.place.code} ${record.place.name}`, null, null],
    ['record', 'household', record.householdId, null, null],
    ['record', 'basis', record.basis?.title ?? null, null, null],
    ...(identity?.names ?? []).map(({ kind, full }) => ['identity', `name ${kind}`, full, null, null] as const),
    ...(identity?.phones ?? []).map((phone) => ['identity', 'phone', phone, null, null] as const),
    ...(identity?.documents ?? []).map(({ kind, number }) => ['identity', `document ${kind}`, number, null, null] as const),
    ...record.consents.map(({ purpose, act, byWhom, observedAt }) => ['consent', purpose, act, observedAt, byWhom] as const),
    ...record.events.map(({ kind, onDate, source }) => ['event', kind, source, onDate, source === null ? null : 'import'] as const),
    ...instruments.flatMap(({ title, standing, answers }) => [
      ['index', title, standing?.index ?? null, standing?.observedOn ?? null, null] as const,
      ...answers.map(({ about, question, answer, observedAt, role, imported, voided }): PrintoutLine => [
        voided ? `answer taken back (${about})` : `answer (${about})`,
        question,
        answer,
        observedAt,
        imported ? 'import' : role,
      ]),
    ]),
    ...shared.map((each) => ['shared', each.with ?? '', each.until, each.since, null] as const),
    ...readings.map(({ date, role, action, times }) => ['reading', action, times, date, role] as const),
    ...requests.map(({ kind, state, saidOn, byWhom }) => ['request', kind, state, saidOn, byWhom] as const),
  ];
}
