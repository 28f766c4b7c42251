// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const instant = Type.String({ format: 'date-time' });
const day = Type.String({ format: 'date' });

/** What somebody who is recorded may ask for. */
export const requestKinds = ['access', 'erasure', 'objection', 'correction', 'complaint'] as const;
export const RequestKind = Type.Unsafe<(typeof requestKinds)[number]>(Type.Enum([...requestKinds]));
export type RequestKind = Static<typeof RequestKind>;

export const RequestSpeaker = Type.Unsafe<'self' | 'guardian' | 'other'>(Type.Enum(['self', 'guardian', 'other']));
export type RequestSpeaker = Static<typeof RequestSpeaker>;

export const correctable = ['name', 'birth', 'sex', 'place', 'household', 'answers', 'other'] as const;
export const Correctable = Type.Unsafe<(typeof correctable)[number]>(Type.Enum([...correctable]));
export type Correctable = Static<typeof Correctable>;

export const requestStates = ['open', 'granted', 'refused', 'done', 'withdrawn'] as const;
export const RequestState = Type.Unsafe<(typeof requestStates)[number]>(Type.Enum([...requestStates]));
export type RequestState = Static<typeof RequestState>;

/** Why something asked for is not done. Which law says so, the citation tells. */
export const refusalGrounds = [
  'legal_obligation',
  'public_interest',
  'legal_claims',
  'identity_not_proved',
  'already_done',
  'unfounded',
  'other',
] as const;
export const RefusalGround = Type.Unsafe<(typeof refusalGrounds)[number]>(Type.Enum([...refusalGrounds]));
export type RefusalGround = Static<typeof RefusalGround>;

/** So many days an answer may take; the laws on personal data of most countries say a month. */
export const daysToAnswer = 30;

export function dueOn(saidOn: string): string {
  const date = new Date(`${saidOn}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + daysToAnswer);
  return date.toISOString().slice(0, 10);
}

/** Days left until it must be answered; negative: so many days late. */
export function daysLeft(request: { readonly dueOn: string }, today: string): number {
  return Math.round((Date.parse(request.dueOn) - Date.parse(today)) / 86_400_000);
}

/** What may be decided about an open request. An erasure is granted by doing it, and by nothing else. */
export function outcomesOf(kind: RequestKind): readonly ('granted' | 'refused' | 'done')[] {
  switch (kind) {
    case 'erasure':
      return ['refused'];
    case 'objection':
      return ['granted', 'refused'];
    case 'access':
    case 'correction':
    case 'complaint':
      return ['done', 'refused'];
  }
}

export const NewRequest = Type.Object(
  {
    /** Made by the client: sent twice is once. */
    requestId: Type.String({ format: 'uuid' }),
    kind: RequestKind,
    byWhom: RequestSpeaker,
    /** Left out where it is said today: then it is the server's day, for a phone's clock may be wrong. */
    saidOn: Type.Optional(day),
    /** Of a correction: what is wrong. */
    about: Type.Optional(Correctable),
  },
  { additionalProperties: false },
);
export type NewRequest = Static<typeof NewRequest>;

export const PersonRequest = Type.Object({
  regionId: Type.Integer(),
  requestId: Type.String(),
  personId: Type.String(),
  number: Type.String(),
  kind: RequestKind,
  byWhom: RequestSpeaker,
  about: orNull(Correctable),
  saidOn: day,
  dueOn: day,
  state: RequestState,
  decidedAt: orNull(instant),
  ground: orNull(RefusalGround),
  citation: orNull(Type.String()),
  version: Type.Integer(),
});
export type PersonRequest = Static<typeof PersonRequest>;

/** As the data protection officer sees it: beside the number only the district. */
export const QueuedRequest = Type.Intersect([PersonRequest, Type.Object({ district: orNull(PlaceRef), held: Type.Boolean() })]);
export type QueuedRequest = Static<typeof QueuedRequest>;

/** Which of them: those that are open where nothing is said; `answered` is every other state. */
export const RequestsAsked = Type.Object({
  kind: Type.Optional(RequestKind),
  state: Type.Optional(Type.Unsafe<RequestState | 'answered' | 'all'>(Type.Enum([...requestStates, 'answered', 'all']))),
  /** By the day an answer is due: the earliest first, or the latest. */
  latestFirst: Type.Optional(Type.Boolean()),
});
export type RequestsAsked = Static<typeof RequestsAsked>;
export const RequestsQuery = Type.Object({
  ...RequestsAsked.properties,
  after: Type.Optional(Type.String({ maxLength: 60 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export type RequestsQuery = Static<typeof RequestsQuery>;
export const RequestPage = Type.Object({ rows: Type.Array(QueuedRequest), next: orNull(Type.String()) });
export type RequestPage = Static<typeof RequestPage>;

export const ErasureRow = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  number: Type.String(),
  erasedAt: instant,
  byRule: Type.Boolean(),
  counts: Type.Record(Type.String(), Type.Integer()),
  /** A list of somebody else's knew her, and no row of it brings her back. */
  keptOut: Type.Boolean(),
});
export type ErasureRow = Static<typeof ErasureRow>;

export const Hold = Type.Object({
  regionId: Type.Integer(),
  holdId: Type.String(),
  personId: Type.String(),
  number: Type.String(),
  citation: Type.String(),
  untilOn: day,
  placedAt: instant,
  endedAt: orNull(instant),
  version: Type.Integer(),
});
export type Hold = Static<typeof Hold>;
