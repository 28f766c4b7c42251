// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Cuts, Indicator } from './instrument.ts';

/** The two borders between answers 1, 2 and 3 as values; null where no border can be drawn. */
export type Borders = readonly [number, number] | null;

/**
 * Borders for one indicator. Fixed ones come from the instrument. Terciles are drawn from the measured `values` (any order) so that at least
 * a third lie strictly on the better side of the first border and two thirds on that of the second; equal values always get the same answer.
 * Null when the values do not differ enough for three groups.
 */
export function bordersOf(cuts: Cuts, values: ArrayLike<number>): Borders {
  if (cuts.method === 'fixed') return cuts.at ?? null;
  const sorted = Float64Array.from(values).sort();
  if (cuts.worse === 'lower') sorted.reverse();
  const first = borderAfter(sorted, Math.ceil(sorted.length / 3));
  // Where more than two thirds are alike the next value begins the last third, so that there are three answers.
  const second = borderAfter(sorted, Math.ceil((2 * sorted.length) / 3), first);
  return first === undefined || second === undefined ? null : [first, second];
}

/** The first value other than `not`, from the better end, that has at least `wanted` values strictly before it. */
function borderAfter(sorted: Float64Array, wanted: number, not?: number): number | undefined {
  for (let i = Math.max(1, wanted); i < sorted.length; i++) if (sorted[i] !== sorted[i - 1] && sorted[i] !== not) return sorted[i];
  return undefined;
}

/** The answer to a measured value: below the first border 1, below the second 2, else 3; mirrored where lower is worse. */
export function answerTo(value: number, borders: readonly [number, number], worse: Cuts['worse']): 1 | 2 | 3 {
  const beyond = (border: number): boolean => (worse === 'higher' ? value >= border : value <= border);
  return beyond(borders[1]) ? 3 : beyond(borders[0]) ? 2 : 1;
}

/** A part of a whole in the indicator's own unit: a share 0..1, or a rate per so many. */
export function ratio(part: number, whole: number, measure: Indicator['measure']): number {
  return measure?.kind === 'rate' ? (part / whole) * measure.per : part / whole;
}

/** Why a value cannot be true, or undefined. Shares lie in 0..1; rates are not negative. */
export function impossible(value: number, measure: Indicator['measure']): string | undefined {
  if (value < 0) return `${plain(value)} is less than nothing`;
  if (measure?.kind !== 'rate' && value > 1) return `${plain(value * 100)} per cent is more than all`;
  return undefined;
}

/** A number as a person would write it: at most four decimals, no exponent. */
export function plain(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

/** Names compared without case, accents, spaces and signs. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

/** Whether two names may be two spellings of one: enough of their pairs of letters are the same (Dice's measure, 0.35). */
export function alike(a: string, b: string): boolean {
  const one = foldName(a),
    other = foldName(b);
  if (one.includes(other) || other.includes(one)) return true;
  const pairs = new Map<string, number>();
  for (let i = 0; i + 1 < one.length; i++) pairs.set(one.slice(i, i + 2), (pairs.get(one.slice(i, i + 2)) ?? 0) + 1);
  let shared = 0;
  for (let i = 0; i + 1 < other.length; i++) {
    const left = pairs.get(other.slice(i, i + 2)) ?? 0;
    if (left > 0) {
      shared++;
      pairs.set(other.slice(i, i + 2), left - 1);
    }
  }
  return one.length > 1 && other.length > 1 && (2 * shared) / (one.length + other.length - 2) >= 0.35;
}
