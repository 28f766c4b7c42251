// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FilePreview } from '../../domain/imports-api.ts';
import type { IndicatorDraft } from './draft.ts';

/** One row tried: its number in the file, and the value (a share 0..1, or a rate), null when the cell is empty, text when it is no number. */
export interface Tried { readonly row: number; readonly value: number | string | null }

function numberIn(text: string | null | undefined, decimal: '.' | ','): number | string | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  const plain = decimal === ',' ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '');
  const value = Number(plain.replace(/[\s%]/g, ''));
  return Number.isFinite(value) ? value : text;
}

/**
 * What the choice gives on the first rows, so that a wrong column shows before anything is sent. The dry run has the last word;
 * formulas are worked out there only (undefined here).
 */
export function tryIndicator(draft: IndicatorDraft, preview: FilePreview, decimal: '.' | ','): readonly Tried[] | undefined {
  const cell = (column: string, row: FilePreview['rows'][number]) => numberIn(row.cells[preview.columns.indexOf(column)], decimal);
  const rows = preview.rows.slice(0, 5);
  if (draft.how === 'value' && draft.column) {
    return rows.map((row) => {
      const value = cell(draft.column, row);
      return { row: row.row, value: typeof value === 'number' && draft.unit === 'percent' ? value / 100 : value };
    });
  }
  if (draft.how === 'part' && draft.column && draft.whole) {
    return rows.map((row) => {
      const part = cell(draft.column, row);
      const whole = cell(draft.whole, row);
      if (typeof part === 'string') return { row: row.row, value: part };
      if (typeof whole === 'string') return { row: row.row, value: whole };
      return { row: row.row, value: part === null || !whole ? null : part / whole };
    });
  }
  return undefined;
}

/** Whether a column of shares is written 0 to 100: some value of the first rows is more than 1, none more than 100. */
export function looksPercent(column: string, preview: FilePreview, decimal: '.' | ','): boolean {
  const at = preview.columns.indexOf(column);
  const values = preview.rows.map((row) => numberIn(row.cells[at], decimal)).filter((value) => typeof value === 'number');
  return values.some((value) => value > 1) && values.every((value) => value >= 0 && value <= 100);
}
