// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tone } from '../../platform/web/map/types.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';

const bandTones = ['unknown', 'low', 'medium', 'high'] as const;

/** Which class a value falls in: the last one whose lower bound it reaches. Below the first bound (rounding) it is the first. */
export function classOf(value: number, bounds: readonly number[]): number {
  let at = 0;
  bounds.forEach((bound, i) => {
    if (value >= bound) at = i;
  });
  return at;
}

/** Fewer classes than steps are spread over the whole ramp, so that the palest and the darkest always appear. */
export function stepTone(at: number, classes: number): Tone {
  const step = classes <= 1 ? 3 : 1 + Math.round((at * 5) / (classes - 1));
  return `step-${Math.max(1, Math.min(6, step))}` as Tone;
}

/** Lines: nothing known. Dots: something is known and may not be shown. */
const blankTone = (row: MapRow): Tone => (row.cover === 'shown' || row.cover === 'no-data' ? 'unknown' : 'held');

export function toneOf(row: MapRow, data: Pick<MapData, 'measure' | 'classes'>): Tone {
  if (data.measure === 'band') return row.band === 0 ? blankTone(row) : (bandTones[row.band] ?? 'unknown');
  if (row.value === null || !data.classes || data.classes.length === 0) return blankTone(row);
  return stepTone(classOf(row.value, data.classes), data.classes.length);
}

export interface LegendEntry {
  readonly tone: Tone;
  /** Three bands: 1 to 3. */
  readonly band: number | null;
  /** Continuous measures: from (included) and below; null: open. */
  readonly from: number | null;
  readonly below: number | null;
  readonly places: number;
}

/** Highest first, as a list of worries is read; hatchings last, and only where they occur. Every place is counted once. */
export function legendOf(data: Pick<MapData, 'measure' | 'classes' | 'rows'>): LegendEntry[] {
  const counted = new Map<string, number>();
  const bounds = data.classes ?? [];
  const keyOf = (row: MapRow): string => {
    const tone = toneOf(row, data);
    return tone.startsWith('step-') && row.value !== null ? `class ${classOf(row.value, bounds)}` : tone;
  };
  for (const row of data.rows) counted.set(keyOf(row), (counted.get(keyOf(row)) ?? 0) + 1);
  const entries: LegendEntry[] =
    data.measure === 'band'
      ? [3, 2, 1].map((band) => ({ tone: bandTones[band]!, band, from: null, below: null, places: counted.get(bandTones[band]!) ?? 0 }))
      : bounds
          .map((from, i) => ({
            tone: stepTone(i, bounds.length),
            band: null,
            from,
            below: bounds[i + 1] ?? null,
            places: counted.get(`class ${i}`) ?? 0,
          }))
          .reverse();
  for (const tone of ['unknown', 'held'] as const) {
    const places = counted.get(tone) ?? 0;
    if (places > 0) entries.push({ tone, band: null, from: null, below: null, places });
  }
  return entries;
}

/** Radius in pixels of a place without a boundary: its area on paper follows how many people it stands for. */
export function radiusOf(n: number | null, largest: number): number {
  return n === null || largest <= 0 ? 5 : 4 + 8 * Math.sqrt(Math.max(0, n) / largest);
}
