// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Cell } from './csv.ts';

export interface Sheet {
  readonly name: string;
  readonly headings: readonly string[];
  /** Rows between the headings and the data, such as HXL hashtags. */
  readonly tags?: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A sheet's name may not be longer, nor hold these signs. */
const sheetName = (name: string): string => name.replaceAll(/[\\/*?:[\]]/g, ' ').slice(0, 31);

/** Sheets as one XLSX file. Text is stored as text, so a code keeps its zeros and nothing is ever a formula; numbers are numbers; headings stay in sight. */
export async function writeSpreadsheet(sheets: readonly Sheet[], made: Date): Promise<Buffer> {
  // Loaded here: it brings along hundreds of files that a start should not wait for.
  const { default: exceljs } = await import('exceljs');
  const book = new exceljs.Workbook();
  book.created = made;
  for (const { name, headings, tags, rows } of sheets) {
    const sheet = book.addWorksheet(sheetName(name), { views: [{ state: 'frozen', ySplit: tags ? 2 : 1 }] });
    sheet.addRow([...headings]).font = { bold: true };
    if (tags) sheet.addRow([...tags]).font = { color: { argb: 'FF666666' } };
    for (const row of rows) sheet.addRow([...row]);
    sheet.columns.forEach((column, i) => {
      const lengths = rows.slice(0, 200).map((row) => String(row[i] ?? '').length);
      column.width = Math.min(48, Math.max(8, headings[i]?.length ?? 0, ...lengths) + 2);
      if (rows.some((row) => typeof row[i] === 'string')) column.numFmt = '@';
    });
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}
