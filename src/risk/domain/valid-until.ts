// SPDX-License-Identifier: AGPL-3.0-or-later
import { addMonths } from '../../platform/domain/zoned-time.ts';
import type { Instrument } from './instrument.ts';

/** The distinct validities of an instrument in months, ascending: one stored `valid_until` each. */
export function validities(instrument: Pick<Instrument, 'indicators'>): number[] {
  return [...new Set(instrument.indicators.map((i) => i.months))].sort((a, b) => a - b);
}

/** Where in `validities` each indicator finds its own, by position, counting from 0. */
export function validitySlots(instrument: Pick<Instrument, 'indicators'>): number[] {
  const months = validities(instrument);
  return instrument.indicators.map((i) => months.indexOf(i.months));
}

/** The moment an answer ends (milliseconds): it counts before it and is missing from it on. `timeZone` is the place's, an IANA name. */
export function validUntil(observedAt: number, months: number, timeZone: string): number {
  return addMonths(observedAt, months, timeZone);
}

/** One end a distinct validity, as an assessment stores them. */
export function validUntils(instrument: Pick<Instrument, 'indicators'>, observedAt: number, timeZone: string): number[] {
  return validities(instrument).map((months) => validUntil(observedAt, months, timeZone));
}
