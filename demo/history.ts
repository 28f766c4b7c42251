// SPDX-License-Identifier: AGPL-3.0-or-later
import { validUntils, validitySlots } from '../src/risk/domain/valid-until.ts';
import type { Effective } from '../src/risk/domain/fold.ts';
import type { Instrument } from '../src/risk/domain/instrument.ts';
import type { MadeVisit } from './people.ts';

/** One made visit, packed as it will be stored. */
export interface Packed {
  readonly observedAt: number;
  readonly answers: Uint8Array;
  readonly validUntil: readonly number[];
}

/** Packs visits of one instrument; the ends of validity are worked out once a day and shared by everybody seen that day. */
export function packer(instrument: Instrument, timeZone: string): (visit: MadeVisit, bySex?: Readonly<Record<string, number>>) => Packed {
  const position = new Map(instrument.indicators.map((i, p) => [i.code, p]));
  const ends = new Map<string, { observedAt: number; validUntil: number[] }>();
  return (visit, bySex = {}) => {
    let day = ends.get(visit.on);
    if (!day) {
      const observedAt = Date.parse(`${visit.on}T03:00:00Z`);
      day = { observedAt, validUntil: validUntils(instrument, observedAt, timeZone) };
      ends.set(visit.on, day);
    }
    const answers = new Uint8Array(instrument.indicators.length);
    for (const [code, answer] of Object.entries({ ...visit.answers, ...bySex })) answers[position.get(code)!] = answer;
    return { ...day, answers };
  };
}

/**
 * What holds for one made person at `at`. The demo's visits ask everything of their unit and are never corrected, so the latest visit of each
 * unit decides; demo.test.ts compares with the engine's own fold, which handles everything else.
 */
export function quickFold(instrument: Instrument): (own: readonly Packed[], household: readonly Packed[], place: readonly Packed[], sex: number, at: number) => Effective[] {
  const slots = validitySlots(instrument);
  const missing: Effective = { answer: 0, observedAt: null, validUntil: null, changesAt: null, from: null };
  const latest = (visits: readonly Packed[], at: number) => {
    let last: Packed | null = null;
    for (const v of visits) if (v.observedAt <= at && (last === null || v.observedAt > last.observedAt)) last = v;
    return last;
  };
  return (own, household, place, sex, at) => {
    const seen = { person: latest(own, at), household: latest(household, at), place: latest(place, at) };
    return instrument.indicators.map((indicator, p) => {
      const visit = seen[indicator.unit];
      const byte = visit?.answers[p] ?? 0;
      const answer = !indicator.bySex ? byte : sex === 2 ? byte & 15 : byte >> 4;
      const end = visit?.validUntil[slots[p]!] ?? 0;
      if (!visit || answer === 0 || end <= at) return missing;
      return { answer, observedAt: visit.observedAt, validUntil: end, changesAt: end, from: indicator.unit === 'place' ? { level: 3 } : 'measured' };
    });
  };
}
