// SPDX-License-Identifier: AGPL-3.0-or-later

/** A calendar date and a time of day as a clock on the wall shows them; months count from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What clocks in `zone` (an IANA name) show at `instant` (milliseconds since 1970). Throws a RangeError for an unknown zone. */
export function wallTimeAt(instant: number, zone: string): WallTime {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) part[type] = Number(value);
  const millisecond = ((instant % 1000) + 1000) % 1000;
  return {
    year: part['year'] ?? 0,
    month: part['month'] ?? 0,
    day: part['day'] ?? 0,
    hour: part['hour'] ?? 0,
    minute: part['minute'] ?? 0,
    second: part['second'] ?? 0,
    millisecond,
  };
}

function asUtc(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second, wall.millisecond);
}

/** How far clocks in `zone` are ahead of UTC at `instant`, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  return asUtc(wallTimeAt(instant, zone)) - instant;
}

const aDay = 86_400_000;

/**
 * The instant at which clocks in `zone` show `wall`. Where clocks jump over it the offset before the jump is taken; where they show it
 * twice, the second time: what PostgreSQL's `at time zone` does, so that both sides agree.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const guess = asUtc(wall);
  const before = offsetAt(guess - aDay, zone);
  const after = offsetAt(guess + aDay, zone);
  if (before === after) return guess - before;
  const first = guess - before;
  const second = guess - after;
  const secondIsReal = offsetAt(second, zone) === after;
  return secondIsReal ? second : first;
}

/** Days in a month of the Gregorian calendar; months count from 1. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The same time of day `months` later in `zone`, clamped to the month's end (31 January + 1 month = 28 or 29 February). */
export function addMonths(instant: number, months: number, zone: string): number {
  const wall = wallTimeAt(instant, zone);
  const count = wall.year * 12 + (wall.month - 1) + months;
  const year = Math.floor(count / 12);
  const month = (count % 12) + 1;
  return instantOf({ ...wall, year, month, day: Math.min(wall.day, daysInMonth(year, month)) }, zone);
}

/** The ISO date (`2026-11-22`) that a calendar in `zone` shows at `instant`. */
export function dateAt(instant: number, zone: string): string {
  const { year, month, day } = wallTimeAt(instant, zone);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The instant at which an ISO date begins in `zone`. */
export function startOfDate(date: string, zone: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return instantOf({ year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 }, zone);
}
