// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Reason } from './unusual.ts';

/**
 * How rooms say that somebody's identity was read: `identity.read` one person, deliberately (her id is the subject); the others several at
 * once (their ids in `detail.people`), by one entry.
 */
export const readingActions = ['identity.read', 'identity.search', 'identity.list', 'identity.print', 'identity.export'] as const;

const date = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' });
const count = Type.Integer({ minimum: 0 });

/** Days of the installation's own calendar, both included; the last seven where nothing is said, and of one record all. */
export const DaysAsked = Type.Object({ from: Type.Optional(date), to: Type.Optional(date) });
export type DaysAsked = Static<typeof DaysAsked>;
export const Days = Type.Object({ from: date, to: date });
export type Days = Static<typeof Days>;

export const ReadsAsked = Type.Object({
  ...DaysAsked.properties,
  reader: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  /** A record number as people say it, or the whole id. */
  person: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  action: Type.Optional(Type.Union(readingActions.map((action) => Type.Literal(action)))),
});
export type ReadsAsked = Static<typeof ReadsAsked>;
export const ReadsQuery = Type.Object({
  ...ReadsAsked.properties,
  after: Type.Optional(Type.String({ maxLength: 120 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});

/** One act of reading: one person, or a list of them. */
export const Reading = Type.Object({
  entryId: Type.String(),
  at: Type.String({ format: 'date-time' }),
  readerId: Type.String(),
  action: Type.String(),
  /** How many of those asked for; all, where nobody in particular was asked for. */
  people: count,
  /** The first twenty of them. */
  personIds: Type.Array(Type.String()),
});
export type Reading = Static<typeof Reading>;
export const ReadingPage = Type.Object({
  days: Days,
  /** Whole ids of the records that the number asked for means, erased ones too; null where none was asked for. */
  records: Type.Union([Type.Array(Type.String()), Type.Null()]),
  rows: Type.Array(Reading),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type ReadingPage = Static<typeof ReadingPage>;

/** An account that may occur as a reader. Nameless: the account of a person in the register, or one that is no account. */
export const Reader = Type.Object({ accountId: Type.String(), displayName: Type.String(), roles: Type.Array(Type.String()) });
export type Reader = Static<typeof Reader>;
export const ReadersAnswer = Type.Object({ rows: Type.Array(Reader) });
export type ReadersAnswer = Static<typeof ReadersAnswer>;

const ofDay = { readerId: Type.String(), day: date, people: count, reads: count, atNight: count };
export const DaysQuery = Type.Object({ ...DaysAsked.properties, reader: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })) });
export const ReadingDays = Type.Object({ days: Days, rows: Type.Array(Type.Object(ofDay)) });
export type ReadingDays = Static<typeof ReadingDays>;
export type ReadingDay = ReadingDays['rows'][number];

export const UnusualDays = Type.Object({ days: Days, rows: Type.Array(Type.Object({ ...ofDay, reasons: Type.Array(Reason) })) });
export type UnusualDays = Static<typeof UnusualDays>;
export type UnusualRow = UnusualDays['rows'][number];

/** How far the record is sealed. */
export const SealState = Type.Object({
  sealNo: Type.Union([count, Type.Null()]),
  sealedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  waiting: count,
  oldest: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
export type SealState = Static<typeof SealState>;
