// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HistoryPoint } from '../domain/profile.ts';

/** One point of the line: per cent at high risk, or the index, with its interval where there is one. */
export interface LinePoint {
  readonly date: Date;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Points that have a figure; a month that may not be shown is left out and the line goes straight past it. */
export function historyLine(history: readonly HistoryPoint[]): LinePoint[] {
  const points: LinePoint[] = [];
  for (const { date, index, low, high, counts } of history) {
    const at = new Date(`${date.slice(0, 10)}T12:00:00Z`);
    if (index !== null) points.push({ date: at, value: index, low, high });
    else if (counts && counts.high !== null && counts.medium !== null && counts.low !== null) {
      const known = counts.high + counts.medium + counts.low;
      if (known > 0) points.push({ date: at, value: (counts.high / known) * 100, low: null, high: null });
    }
  }
  return points.sort((a, b) => a.date.getTime() - b.date.getTime());
}
