// SPDX-License-Identifier: AGPL-3.0-or-later
import { bandOf, type Band } from '../src/risk/domain/arithmetic.ts';
import { validUntils, validitySlots } from '../src/risk/domain/valid-until.ts';
import type { Effective } from '../src/risk/domain/fold.ts';
import type { Instrument } from '../src/risk/domain/instrument.ts';
import type { MadeVisit } from './people.ts';

/** One made visit, packed as it will be stored. */
export interface Packed {
  readonly observedAt: number;
  readonly answers: Uint8Array;
  readonly validUntil: readonly number[];
  /** observed_at, recorded_at and valid_until as COPY takes them; shared by everybody seen that day. */
  readonly moments: string;
}

/** Packs visits of one instrument; the ends of validity are worked out once a day and shared by everybody seen that day. */
export function packer(instrument: Instrument, timeZone: string): (visit: MadeVisit, bySex?: Readonly<Record<string, number>>) => Packed {
  const position = new Map(instrument.indicators.map((i, p) => [i.code, p]));
  const days = new Map<string, Omit<Packed, 'answers'>>();
  return (visit, bySex = {}) => {
    let day = days.get(visit.on);
    if (!day) {
      const observedAt = Date.parse(`${visit.on}T03:00:00Z`);
      const validUntil = validUntils(instrument, observedAt, timeZone);
      const moments = [iso(observedAt), iso(observedAt + 8 * 3_600_000), `{${validUntil.map(iso).join(',')}}`].join('\t');
      day = { observedAt, validUntil, moments };
      days.set(visit.on, day);
    }
    const answers = new Uint8Array(instrument.indicators.length);
    for (const [code, answer] of Object.entries({ ...visit.answers, ...bySex })) answers[position.get(code)!] = answer;
    return { ...day, answers };
  };
}

const iso = (ms: number) => new Date(ms).toISOString();

/**
 * What holds for one made person at `at`. The demo's visits ask everything of their unit and are never corrected, so the latest visit of each
 * unit decides; demo.test.ts compares with the engine's own fold, which handles everything else.
 */
export function quickFold(
  instrument: Instrument,
): (own: readonly Packed[], household: readonly Packed[], place: readonly Packed[], sex: number, at: number) => Effective[] {
  const slots = validitySlots(instrument);
  const missing: Effective = { answer: 0, observedAt: null, validUntil: null, changesAt: null, from: null };
  return (own, household, place, sex, at) => {
    const seen = { person: latestAt(own, at), household: latestAt(household, at), place: latestAt(place, at) };
    return instrument.indicators.map((indicator, p) => {
      const visit = seen[indicator.unit];
      const byte = visit?.answers[p] ?? 0;
      const answer = !indicator.bySex ? byte : sex === 2 ? byte & 15 : byte >> 4;
      const end = visit?.validUntil[slots[p]!] ?? 0;
      if (!visit || answer === 0 || end <= at) return missing;
      return {
        answer,
        observedAt: visit.observedAt,
        validUntil: end,
        changesAt: end,
        from: indicator.unit === 'place' ? { level: 3 } : 'measured',
      };
    });
  };
}

/** The band alone, for the month ends of two years: the same latest visits, summed without making anything. */
export function quickBand(
  instrument: Instrument,
): (own: Packed | null, household: Packed | null, place: Packed | null, sex: number, at: number) => Band {
  const slots = validitySlots(instrument);
  const units = instrument.indicators.map((i) => (i.unit === 'person' ? 0 : i.unit === 'household' ? 1 : 2));
  const bySex = instrument.indicators.map((i) => i.bySex);
  const weights = instrument.indicators.map((i) => i.weight);
  return (own, household, place, sex, at) => {
    let excess = 0,
      known = 0,
      applicable = 0;
    for (let p = 0; p < slots.length; p++) {
      const visit = units[p] === 0 ? own : units[p] === 1 ? household : place;
      const weight = weights[p]!;
      let answer = 0;
      if (visit && visit.validUntil[slots[p]!]! > at) {
        const byte = visit.answers[p]!;
        answer = !bySex[p] ? byte : sex === 2 ? byte & 15 : byte >> 4;
      }
      if (answer === 6) continue;
      applicable += weight;
      if (answer >= 1 && answer <= 3) {
        known += weight;
        excess += weight * (answer - 1);
      }
    }
    return bandOf(excess, known, applicable, instrument.bands);
  };
}

export function latestAt(visits: readonly Packed[], at: number): Packed | null {
  let last: Packed | null = null;
  for (const v of visits) if (v.observedAt <= at && (last === null || v.observedAt > last.observedAt)) last = v;
  return last;
}
