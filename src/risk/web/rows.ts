// SPDX-License-Identifier: AGPL-3.0-or-later
import { fold } from '../../platform/domain/fold.ts';
import type { MapRow } from '../domain/map-data.ts';

/** What a column of the table is sorted by; null stands last whichever way one sorts: it is not a low figure, it is none. */
export type SortKey =
  | 'name'
  | 'code'
  | 'value'
  | 'n'
  | 'high'
  | 'medium'
  | 'low'
  | 'unknown'
  | 'index'
  | 'coverage'
  | 'observedOn'
  | 'band';

export function sortValue(row: MapRow, key: SortKey, nameOf: (row: MapRow) => string): string | number | null {
  switch (key) {
    case 'name':
      return nameOf(row);
    case 'code':
      return row.code;
    case 'value':
      return row.value;
    case 'band':
      return row.band === 0 ? null : row.band;
    case 'index':
      return row.index;
    case 'coverage':
      return row.coverage;
    case 'observedOn':
      return row.observedOn;
    default:
      return row.counts?.[key] ?? null;
  }
}

/** A sorted copy; equals keep the order of their names, so that two readers see the same list. */
export function sortRows(
  rows: readonly MapRow[],
  by: { readonly key: SortKey; readonly down: boolean },
  nameOf: (row: MapRow) => string,
  locale: string,
): MapRow[] {
  const words = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const order = (a: string | number, b: string | number) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
  return [...rows].sort((a, b) => {
    const [left, right] = [sortValue(a, by.key, nameOf), sortValue(b, by.key, nameOf)];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
    } else {
      const way = order(left, right);
      if (way !== 0) return by.down ? -way : way;
    }
    return words.compare(nameOf(a), nameOf(b)) || words.compare(a.code, b.code);
  });
}

/** Rows whose name in any language, or whose code, holds the text, compared as the place search compares. */
export function filterRows(rows: readonly MapRow[], text: string): readonly MapRow[] {
  const wanted = fold(text.trim());
  if (!wanted) return rows;
  return rows.filter((row) => [row.name, row.code, ...Object.values(row.names)].some((each) => fold(each).includes(wanted)));
}

/** One page of many; a page beyond the end is the last. */
export function pageOf<T>(
  rows: readonly T[],
  page: number,
  size: number,
): { readonly rows: readonly T[]; readonly page: number; readonly pages: number; readonly from: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const held = Math.max(0, Math.min(page, pages - 1));
  return { rows: rows.slice(held * size, (held + 1) * size), page: held, pages, from: rows.length === 0 ? 0 : held * size + 1 };
}
