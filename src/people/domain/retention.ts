// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import type { PersonState } from './state.ts';

/** Why a record's time may be over. */
export const retentionCategories = ['not_assessed', 'died', 'left', 'merged', 'withdrawn'] as const;
export const RetentionCategory = Type.Unsafe<(typeof retentionCategories)[number]>(Type.Enum([...retentionCategories]));
export type RetentionCategory = Static<typeof RetentionCategory>;

/** Why a record is in the queue: a rule; or, by none, what it rested on is there no more: its basis was ended, or she came of an age at which others are asked. */
export const dueReasons = [...retentionCategories, 'basis_ended', 'consent_lapsed'] as const;
export const DueReason = Type.Unsafe<(typeof dueReasons)[number]>(Type.Enum([...dueReasons]));
export type DueReason = Static<typeof DueReason>;

/** `review`: the data protection officer looks at each. `erase`: it is erased without anybody looking, unless a hold stands. */
export const RetentionAction = Type.Unsafe<'review' | 'erase'>(Type.Enum(['review', 'erase']));
export type RetentionAction = Static<typeof RetentionAction>;

export const RetentionRule = Type.Object({
  category: RetentionCategory,
  months: Type.Integer({ minimum: 1, maximum: 600 }),
  action: RetentionAction,
  since: Type.String({ format: 'date-time' }),
});
export type RetentionRule = Static<typeof RetentionRule>;

export const DueRecord = Type.Object({
  regionId: Type.Integer(),
  personId: Type.String(),
  number: Type.String(),
  category: DueReason,
  sinceOn: Type.String({ format: 'date' }),
  keepUntil: Type.Union([Type.String({ format: 'date' }), Type.Null()]),
  citation: Type.Union([Type.String(), Type.Null()]),
  district: Type.Union([PlaceRef, Type.Null()]),
  held: Type.Boolean(),
  version: Type.Integer(),
});
export type DueRecord = Static<typeof DueRecord>;

/** What a rule counts from, of one record; null where that has not happened. Dates ISO. */
export interface RetentionFacts {
  readonly state: PersonState;
  readonly stateOn: string | null;
  readonly lastSeenOn: string | null;
  readonly registeredOn: string;
  readonly withdrawnOn: string | null;
}

/** So many months later; the 31st becomes the month's last day. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  last.setUTCDate(Math.min(date, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

function since(category: RetentionCategory, facts: RetentionFacts): string | null {
  switch (category) {
    case 'not_assessed':
      return facts.state === 'here' ? (facts.lastSeenOn ?? facts.registeredOn) : null;
    case 'withdrawn':
      return facts.state === 'here' ? facts.withdrawnOn : null;
    case 'died':
    case 'left':
    case 'merged':
      return facts.state === category ? facts.stateOn : null;
  }
}

/** The last day on which the rules in force let this record be, as things stand: it is due the day after. Null where none ends it. */
export function keptUntil(rules: readonly Pick<RetentionRule, 'category' | 'months' | 'action'>[], facts: RetentionFacts) {
  const days = rules.flatMap(({ category, months, action }) => {
    const from = since(category, facts);
    return from === null ? [] : [{ category, action, on: monthsLater(from, months) }];
  });
  return days.toSorted((a, b) => (a.on < b.on ? -1 : 1))[0] ?? null;
}
