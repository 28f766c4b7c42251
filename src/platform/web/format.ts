// SPDX-License-Identifier: AGPL-3.0-or-later
import { language } from './i18n.ts';
import type { DateWords } from './khmer-dates.ts';

// Making an Intl formatter costs a millisecond on an old phone; a table asks for hundreds.
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(kind: string, make: (locale: string) => T): T {
  const locale = language().format;
  const key = `${locale} ${kind}`;
  const found = kept.get(key) as T | undefined;
  if (found) return found;
  const made = make(locale);
  kept.set(key, made);
  return made;
}

/** A count: `12,480`. */
export function count(value: number): string {
  return keep('count', (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })).format(value);
}

/** A figure the server has already rounded, shown with exactly that many decimals: `41.0`. */
export function decimal(value: number, digits = 1): string {
  return keep(
    `decimal ${digits}`,
    (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ).format(value);
}

/** @param value per cent, 0 to 100: `41%` */
export function percent(value: number, digits = 0): string {
  return keep(
    `percent ${digits}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ).format(value / 100);
}

/** A file size: `1.2 MB`. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  const unit = units[step] ?? 'byte';
  const shown = value / 1000 ** step;
  return keep(
    `bytes ${unit}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: step === 0 ? 0 : 1,
      }),
  ).format(shown);
}

/** `22 វិច្ឆិកា 2026`, in a language with month names of its own; where the reader is, or as the calendar says. */
function written(at: Date, bare: boolean, { months }: DateWords): string {
  const [date, of, year] = bare
    ? [at.getUTCDate(), at.getUTCMonth(), at.getUTCFullYear()]
    : [at.getDate(), at.getMonth(), at.getFullYear()];
  return `${date} ${months[of] ?? ''} ${year}`;
}

/** A day without a time of day, from `2026-11-22` or an ISO moment: `22 November 2026`; by the Buddhist era in Thai. */
export function day(iso: string, length: 'long' | 'medium' = 'long'): string {
  // A bare date is a day on a calendar, not midnight somewhere: it must not slip to the day before, west of Greenwich.
  const bare = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  const at = new Date(bare ? `${iso}T12:00:00Z` : iso);
  const { dates } = language();
  if (dates) return written(at, bare, dates);
  return keep(
    `day ${length} ${bare}`,
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: length, ...(bare ? { timeZone: 'UTC' } : {}) }),
  ).format(at);
}

/** A month from `2026-11-30`: `November 2026`. */
export function month(iso: string): string {
  const at = new Date(`${iso.slice(0, 7)}-15T12:00:00Z`);
  const { dates } = language();
  if (dates) return `${dates.months[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;
  return keep('month', (locale) => new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })).format(at);
}

/** A year from `1990-01-01`: `1990`; of the Buddhist era in Thai. */
export function year(iso: string): string {
  const at = new Date(`${iso.slice(0, 4)}-06-15T12:00:00Z`);
  return keep('year', (locale) => new Intl.DateTimeFormat(locale, { year: 'numeric', timeZone: 'UTC' })).format(at);
}

/** For the axis of a chart: `Nov 26`. */
export function shortMonth(at: Date): string {
  const { dates } = language();
  if (dates) return `${dates.months[at.getUTCMonth()] ?? ''} ${String(at.getUTCFullYear()).slice(2)}`;
  return keep('short month', (locale) => new Intl.DateTimeFormat(locale, { month: 'short', year: '2-digit', timeZone: 'UTC' })).format(at);
}

/** The twelve months by name, January first. */
export function monthNames(): readonly string[] {
  const { dates } = language();
  if (dates) return dates.months;
  const name = keep('month name', (locale) => new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }));
  return Array.from({ length: 12 }, (_, i) => name.format(new Date(Date.UTC(2026, i, 15))));
}

/** Day and time of day where the reader is: `22 Nov 2026, 04:35`. */
export function moment(iso: string): string {
  const { dates } = language();
  if (dates) {
    const time = keep('time', (locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }));
    return `${day(iso)}, ${time.format(new Date(iso))}`;
  }
  return keep('moment', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(iso));
}

const spans: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `3 hours ago`; for anything nearer than a minute, `now`. */
export function ago(iso: string, now: Date): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  const { dates } = language();
  if (dates) {
    const [unit, length] = spans.find(([, each]) => Math.abs(seconds) >= each) ?? [];
    if (!unit || !length) return dates.now;
    const amount = Math.round(Math.abs(seconds) / length);
    return seconds < 0 ? dates.past(amount, unit) : dates.ahead(amount, unit);
  }
  const relative = keep('ago', (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  for (const [unit, length] of spans) if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  return relative.format(0, 'second');
}

/** The name of a place or level in the reader's language. */
export function named(of: { readonly name?: string; readonly names: Readonly<Record<string, string>> }): string {
  return of.names[language().code] ?? of.name ?? of.names.en ?? Object.values(of.names)[0] ?? '';
}
