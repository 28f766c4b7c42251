// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** One thing that somebody did. Ids, counts and codes only: no name, no answer, nothing a reader of the record could learn about a person. */
export const AuditRow = Type.Object({
  entryId: Type.String(),
  at: Type.String({ format: 'date-time' }),
  actorId: Type.String(),
  /** Which room and what, such as `accounts.create`. */
  action: Type.String(),
  /** The place itself for whoever may read people there; for others its district, so that visits to a village cannot be counted. */
  placeId: Type.Union([Type.String(), Type.Null()]),
  /** Null where the act is about people, for whoever may not read people there. */
  subject: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditRow = Static<typeof AuditRow>;

export const AuditPage = Type.Object({
  rows: Type.Array(AuditRow),
  /** Send it back as `after` to read on towards the past; null at the end. */
  next: Type.Union([Type.String(), Type.Null()]),
});
export type AuditPage = Static<typeof AuditPage>;

const moment = Type.String({ format: 'date-time', maxLength: 40 });

/** Which entries: of one account, of one kind of act (`imports.undo`) or all of a room (`consent.*`), on one record, not before `from`, and before `until`. */
export const AuditAsked = Type.Object({
  actor: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  action: Type.Optional(Type.String({ pattern: '^[a-z]+\\.([a-z-]+|\\*)$', maxLength: 60 })),
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  from: Type.Optional(moment),
  until: Type.Optional(moment),
});
export type AuditAsked = Static<typeof AuditAsked>;

export const AuditQuery = Type.Object({
  ...AuditAsked.properties,
  after: Type.Optional(Type.String({ maxLength: 120 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
