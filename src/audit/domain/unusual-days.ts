// SPDX-License-Identifier: AGPL-3.0-or-later
import { unusualDay, usualOf, type ReaderDay, type Reason, type Repeat, type Usual } from './unusual.ts';

/** A reader and what she does here. */
export interface ReaderRoles {
  readonly readerId: string;
  readonly roles: readonly string[];
}

export interface UnusualDay {
  readonly day: ReaderDay;
  readonly reasons: readonly Reason[];
}

/** How many days of work a reader's usual is taken from. */
const daysOfUsual = 30;

/**
 * The days from `from` on that somebody may want to ask about, newest first. A reader's usual are the last thirty days before on which
 * she read anything; colleagues are those who share a role with her. Days of `history` before `from` serve as the usual alone.
 */
export function unusualDays(
  history: readonly ReaderDay[],
  from: string,
  readers: readonly ReaderRoles[],
  repeats: readonly Repeat[],
): readonly UnusualDay[] {
  const daysOf = new Map<string, ReaderDay[]>();
  for (const day of history.toSorted((a, b) => (a.day < b.day ? -1 : 1)))
    daysOf.set(day.readerId, [...(daysOf.get(day.readerId) ?? []), day]);
  const rolesOf = new Map(readers.map(({ readerId, roles }) => [readerId, new Set(roles)]));
  const colleaguesOf = (readerId: string) =>
    readers.filter((other) => other.readerId !== readerId && other.roles.some((role) => rolesOf.get(readerId)?.has(role)));
  const before = (readerId: string, day: string) =>
    (daysOf.get(readerId) ?? []).filter((each) => each.day < day && each.reads > 0).slice(-daysOfUsual);
  const usual = (readerId: string, day: string, figure: (day: ReaderDay) => number): Usual =>
    usualOf(
      before(readerId, day).map(figure),
      colleaguesOf(readerId).map((other) => before(other.readerId, day).map(figure)),
    );
  return history
    .filter(({ day }) => day >= from)
    .map((day) => ({
      day,
      reasons: unusualDay(
        day,
        usual(day.readerId, day.day, ({ people }) => people),
        usual(day.readerId, day.day, ({ atNight }) => atNight),
        repeats,
      ),
    }))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => (a.day.day === b.day.day ? b.reasons.length - a.reasons.length : a.day.day < b.day.day ? 1 : -1));
}
