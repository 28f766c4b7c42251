// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MapData, MapRow } from '../../risk/domain/map-data.ts';

/** What a place is ranked by: people at high risk of those with a known band, in per cent; for place instruments the index. Null where it is not shown. */
export function weight({ counts, index, cover }: MapRow): number | null {
  if (!counts) return index;
  const { low, medium, high } = counts;
  if (cover !== 'shown' || low === null || medium === null || high === null || low + medium + high === 0) return null;
  return (high / (low + medium + high)) * 100;
}

/** Where the share (or the index) is highest; places without a figure are not ranked. */
export function worstFirst(rows: readonly MapRow[], howMany: number): readonly MapRow[] {
  return rows
    .filter((row) => weight(row) !== null)
    .sort((a, b) => (weight(b) ?? 0) - (weight(a) ?? 0) || a.code.localeCompare(b.code))
    .slice(0, howMany);
}

/** Of how many people too little is known, most first; where it is not shown, or nobody, not at all. */
export function unknownFirst(rows: readonly MapRow[], howMany: number): readonly MapRow[] {
  return rows
    .filter((row) => (row.counts?.unknown ?? 0) > 0)
    .sort((a, b) => (b.counts?.unknown ?? 0) - (a.counts?.unknown ?? 0) || a.code.localeCompare(b.code))
    .slice(0, howMany);
}

/** The last month's end (ISO day) that lies at least a week back: two days say nothing about a month. */
export function comparedWith(today: string): string {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - (day <= 7 ? 2 : 1), 0)).toISOString().slice(0, 10);
}

/** How far a place has moved since: per cent points, or points of the index; null where either figure is not shown, or is one carried along. */
export function moved(now: MapRow, before: MapRow | undefined): number | null {
  if (!before || now.carriedFrom || before.carriedFrom) return null;
  const [to, from] = [weight(now), weight(before)];
  return to === null || from === null ? null : to - from;
}

export interface Rise {
  readonly row: MapRow;
  readonly by: number;
}

/** Where risk rose by a point or more, most first. */
export function risenMost(now: MapData, before: MapData, howMany: number): readonly Rise[] {
  const earlier = new Map(before.rows.map((row) => [row.placeId, row]));
  return now.rows
    .map((row) => ({ row, by: moved(row, earlier.get(row.placeId)) ?? 0 }))
    .filter(({ by }) => by >= 1)
    .sort((a, b) => b.by - a.by || a.row.code.localeCompare(b.row.code))
    .slice(0, howMany);
}
