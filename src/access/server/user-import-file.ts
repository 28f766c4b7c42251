// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { openTable, type Table } from '../../platform/server/tabular.ts';
import { importColumns, mostRows, needed, type ImportColumn, type ImportRow, type RowVerdict } from '../domain/user-import.ts';

export interface UserFile {
  readonly rows: readonly ImportRow[];
  /** Rows that could not even be taken apart. */
  readonly broken: readonly RowVerdict[];
  readonly notes: readonly string[];
}

/** Much less than files of figures may have: somebody wrote this one by hand. */
const limits = {
  columns: 60,
  rows: mostRows * 4,
  cellBytes: 10_000,
  rowBytes: 100_000,
  unpackedBytes: 100_000_000,
  memoryMegabytes: 256,
  milliseconds: 30_000,
};

/** The rows of a CSV or XLSX file of accounts. Throws Problem `unreadable-file`, `bad-mapping` or `too-large`. */
export async function readUserFile(file: { readonly path: string; readonly name: string }): Promise<UserFile> {
  const table = await openTable(file.path, { fileName: file.name, limits });
  try {
    if (table.rowCount > mostRows) throw new Problem('too-large', `A file may have at most ${mostRows} rows.`, { at: { file: file.name } });
    const { positions, notes } = columnsOf(table, file.name);
    const rows: ImportRow[] = [];
    for await (const batch of table.rows()) {
      for (const { row, cells } of batch) {
        if (cells.every((cell) => cell === null)) continue;
        const cell = (column: ImportColumn): string | null => {
          const at = positions.get(column);
          return at === undefined ? null : (cells[at] ?? null);
        };
        rows.push({
          row,
          userName: cell('userName'),
          displayName: cell('displayName'),
          role: cell('role'),
          place: cell('place'),
          organisation: cell('organisation'),
          language: cell('language'),
        });
      }
    }
    const broken = table.badRows.map(({ row, reason }): RowVerdict => ({
      row,
      displayName: '',
      userName: '',
      verdict: 'refused',
      column: null,
      reason,
    }));
    return { rows, broken, notes: [...table.notes, ...notes] };
  } finally {
    await table.close();
  }
}

/** Which column is which, by its heading in any case; what is not known is said and left alone. */
function columnsOf(table: Table, file: string): { positions: ReadonlyMap<ImportColumn, number>; notes: readonly string[] } {
  const headings = table.columns().map((heading) => heading.trim().toLowerCase());
  const positions = new Map<ImportColumn, number>();
  for (const [column, names] of Object.entries(importColumns) as [ImportColumn, readonly string[]][]) {
    const at = headings.findIndex((heading) => names.includes(heading));
    if (at >= 0) positions.set(column, at);
  }
  const missing = needed.filter((column) => !positions.has(column)).map((column) => importColumns[column][0]);
  if (missing.length > 0)
    throw new Problem('unreadable-file', `The first row names the columns; missing: ${missing.join(', ')}.`, { at: { file, row: 1 } });
  const known = new Set(positions.values());
  const unknown = table.columns().filter((_heading, at) => !known.has(at));
  return { positions, notes: unknown.length > 0 ? [`Not used: ${unknown.join(', ')}.`] : [] };
}
