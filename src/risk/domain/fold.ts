// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator, Instrument } from './instrument.ts';
import type { SubjectKind } from './pack.ts';

/** One stored assessment as the fold reads it; instants in milliseconds. */
export interface PastAssessment {
  readonly assessmentId: string;
  readonly subjectKind: SubjectKind;
  /** The level of the place it speaks of (0 = country); null for a person's or a household's. */
  readonly level: number | null;
  /** `summed`: worked out from the places below, so it is never handed down again. */
  readonly origin: 'measured' | 'summed';
  /** The version it was written under: any version of the instrument that is being scored. */
  readonly instrument: Instrument;
  readonly answers: Uint8Array;
  readonly observedAt: number;
  readonly recordedAt: number;
  /** One a distinct validity of `instrument`, ascending. */
  readonly validUntil: readonly number[];
  readonly supersedes: string | null;
  /** Its import batch was undone: as if it had never been. */
  readonly undone: boolean;
}

/** The answer to one indicator that holds at a moment. */
export interface Held {
  readonly answer: number;
  readonly observedAt: number;
  readonly validUntil: number;
}

/** What holds for one indicator of one subject. Answer 0: missing, and then `observedAt` and `validUntil` are null. */
export interface Effective {
  readonly answer: number;
  readonly observedAt: number | null;
  readonly validUntil: number | null;
  /** When time alone may change it: the earliest end of the answers looked at. */
  readonly changesAt: number | null;
  /** Where it came from; for places that matters to the reader. */
  readonly from: 'measured' | 'summed' | { readonly level: number } | null;
}

export type Side = 0 | 1;
export const female: Side = 0;
export const male: Side = 1;

/** Which sides of a by-sex answer apply to somebody: one when the sex is known (ISO 5218), else both must agree. */
export function sidesOf(sex: number | null): readonly Side[] {
  return sex === 2 ? [female] : sex === 1 ? [male] : [female, male];
}

function sideOf(indicator: Indicator, byte: number, side: Side): number {
  if (!indicator.bySex) return byte;
  return side === female ? byte & 15 : byte >> 4;
}

/** Reads one answer of a stored assessment by indicator code, whatever the version it was written under; 0 if not asked. */
function read(a: PastAssessment, code: string, side: Side): { code: number; slotMonths: number } {
  const position = a.instrument.indicators.findIndex((i) => i.code === code);
  const indicator = a.instrument.indicators[position];
  if (!indicator) return { code: 0, slotMonths: 0 };
  return { code: sideOf(indicator, a.answers[position] ?? 0, side), slotMonths: indicator.months };
}

/** When the answer to `code` in this assessment ends. */
function endOf(a: PastAssessment, months: number): number {
  const distinct = [...new Set(a.instrument.indicators.map((i) => i.months))].sort((x, y) => x - y);
  const end = a.validUntil[distinct.indexOf(months)];
  if (end === undefined) throw new RangeError(`assessment ${a.assessmentId} has no end for ${months} months`);
  return end;
}

/** Earlier first: by moment observed, then recorded, then id (UUIDs compare as text as they do as bytes). */
function later(a: PastAssessment, b: PastAssessment): boolean {
  if (a.observedAt !== b.observedAt) return a.observedAt > b.observedAt;
  if (a.recordedAt !== b.recordedAt) return a.recordedAt > b.recordedAt;
  return a.assessmentId > b.assessmentId;
}

/**
 * The answer of one holder (a person, a household or one place) to one indicator at moment `at`: the latest that is not voided; once its end
 * has come it is missing. A correction or retraction voids for good, whenever it was observed and whatever became of itself.
 */
function heldBy(
  history: readonly PastAssessment[],
  code: string,
  side: Side,
  at: number,
  measuredOnly: boolean,
): (Held & { origin: 'measured' | 'summed' }) | null {
  let latest: PastAssessment | null = null;
  for (const a of history) {
    if (a.undone || a.observedAt > at || (measuredOnly && a.origin !== 'measured')) continue;
    const { code: answer } = read(a, code, side);
    if (answer < 1 || answer > 6) continue;
    const voided = history.some((c) => !c.undone && c.supersedes === a.assessmentId && read(c, code, side).code !== 0);
    if (!voided && (latest === null || later(a, latest))) latest = a;
  }
  if (latest === null) return null;
  const { code: answer, slotMonths } = read(latest, code, side);
  const validUntil = endOf(latest, slotMonths);
  return validUntil > at ? { answer, observedAt: latest.observedAt, validUntil, origin: latest.origin } : null;
}

function combine(sides: readonly ((Held & { from: Effective['from'] }) | null)[]): Effective {
  const found = sides.filter((h) => h !== null);
  const changesAt = found.length ? Math.min(...found.map((h) => h.validUntil)) : null;
  const [first] = found;
  if (!first || found.length < sides.length || found.some((h) => h.answer !== first.answer)) {
    return { answer: 0, observedAt: null, validUntil: null, changesAt, from: null };
  }
  return {
    answer: first.answer,
    observedAt: Math.max(...found.map((h) => h.observedAt)),
    validUntil: changesAt,
    changesAt,
    from: first.from,
  };
}

/** Places by level, deepest first: the nearest one that has an answer gives it. */
function byLevel(history: readonly PastAssessment[]): Map<number, PastAssessment[]> {
  const levels = new Map<number, PastAssessment[]>();
  for (const a of history) {
    if (a.subjectKind !== 'place' || a.level === null) continue;
    const group = levels.get(a.level) ?? [];
    group.push(a);
    levels.set(a.level, group);
  }
  return new Map([...levels].sort(([x], [y]) => y - x));
}

/**
 * What holds for a person at `at`, one entry an indicator of `instrument`. `history` is everything recorded of her, her household, her place and
 * the places around it, in any order, under any version of the instrument. Household answers are her household's; place answers are the
 * nearest place's measured ones. `sex` is ISO 5218; when it is not known a by-sex answer counts only if both sides are equal.
 */
export function foldPerson(history: readonly PastAssessment[], instrument: Instrument, sex: number, at: number): Effective[] {
  const own = history.filter((a) => a.subjectKind === 'person');
  const household = history.filter((a) => a.subjectKind === 'household');
  const places = byLevel(history);
  const find = (indicator: Indicator, side: Side): (Held & { from: Effective['from'] }) | null => {
    if (indicator.unit !== 'place') {
      const held = heldBy(indicator.unit === 'person' ? own : household, indicator.code, side, at, true);
      return held && { ...held, from: 'measured' };
    }
    for (const [level, recorded] of places) {
      const held = heldBy(recorded, indicator.code, side, at, true);
      if (held) return { ...held, from: { level } };
    }
    return null;
  };
  return instrument.indicators.map((indicator) => combine(sidesOf(sex).map((side) => find(indicator, side))));
}

/** For each indicator code the deepest level at which its country has measured it; absent when nowhere. */
export type DeepestMeasured = ReadonlyMap<string, number>;

/**
 * What holds for a place at `at` under an instrument that scores places. Its own answer (measured or summed from below) counts; below the
 * deepest level at which the country measured an indicator, places take over the answer measured for the area of that level they lie in. At that
 * level or above nothing is handed down: a gap in the data stays a gap.
 */
export function foldPlace(
  history: readonly PastAssessment[],
  instrument: Instrument,
  level: number,
  deepest: DeepestMeasured,
  at: number,
): Effective[] {
  const places = byLevel(history);
  const find = (indicator: Indicator, side: Side): (Held & { from: Effective['from'] }) | null => {
    if (indicator.unit !== 'place') return null;
    const own = heldBy(places.get(level) ?? [], indicator.code, side, at, false);
    if (own) return { ...own, from: own.origin };
    const measuredAt = deepest.get(indicator.code);
    if (measuredAt === undefined || measuredAt >= level) return null;
    const handedDown = heldBy(places.get(measuredAt) ?? [], indicator.code, side, at, true);
    return handedDown && { ...handedDown, from: { level: measuredAt } };
  };
  return instrument.indicators.map((indicator) => combine(sidesOf(null).map((side) => find(indicator, side))));
}

/**
 * The deepest level at which a country has measured each indicator, from everything recorded of its places. An answer whose end has come, or
 * that was corrected, still says at which level data are made.
 */
export function deepestMeasured(history: readonly PastAssessment[], instrument: Instrument, at: number): DeepestMeasured {
  const deepest = new Map<string, number>();
  for (const a of history) {
    if (a.undone || a.origin !== 'measured' || a.level === null || a.observedAt > at) continue;
    for (const { code } of instrument.indicators) {
      const answered = [female, male].some((side) => {
        const byte = read(a, code, side).code;
        return byte >= 1 && byte <= 6;
      });
      if (answered) deepest.set(code, Math.max(deepest.get(code) ?? 0, a.level));
    }
  }
  return deepest;
}
