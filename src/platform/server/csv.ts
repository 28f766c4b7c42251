// SPDX-License-Identifier: AGPL-3.0-or-later
export type Cell = string | number | null;

/**
 * Rows as CSV (RFC 4180) with a byte-order mark, without which spreadsheets misread every script but Latin. Text that a
 * spreadsheet would take for a formula is made harmless with a leading apostrophe; numbers stay numbers. Null: an empty cell.
 */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${rows.map((row) => `${row.map(written).join(',')}\r\n`).join('')}`;
}

function written(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'number' ? String(cell) : harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `=1+1` and its kind, also in full-width letters, also behind a tab or a line break. */
export function harmless(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
