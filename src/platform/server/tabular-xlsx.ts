// SPDX-License-Identifier: AGPL-3.0-or-later
import { rm } from 'node:fs/promises';
import type { CellValue, Row } from 'exceljs';
import { nearest } from '../domain/nearest.ts';
import { Problem } from '../domain/problem.ts';
import { badRowsKept, CanonicalFile, encodeRow, joinHeaderRows } from './tabular-canonical.ts';
import type { BadRow, Canonical, HeaderOptions, Limits } from './tabular-canonical.ts';
import { columnLetters } from './tabular-header.ts';
import { checkZip, repackZip } from './tabular-zip.ts';

export interface XlsxOptions extends HeaderOptions {
  readonly fileName: string;
  readonly sheet?: string | number | undefined;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

/** What the streaming reader really hands over; its own types leave the sheet's name and state out. */
interface Sheet extends AsyncIterable<Row> {
  readonly name?: string;
  readonly state?: string;
}

/** Brings one sheet of a spreadsheet into the canonical shape, row by row. */
export async function canonicalXlsx(source: string, path: string, options: XlsxOptions): Promise<Canonical> {
  const parts = await checkZip(source, options.limits, options.signal);
  if (!parts.includes('xl/workbook.xml')) {
    throw new Problem(
      'unreadable-file',
      parts.includes('content.xml')
        ? 'This is an OpenDocument file. Save it as .xlsx or CSV.'
        : 'This packed file is not an Excel spreadsheet. Unpack it, or save the table as .xlsx or CSV.',
    );
  }
  const ordered = `${path}.xlsx`;
  await repackZip(source, ordered, rankOf, noTexts);
  const { default: exceljs } = await import('exceljs'); // as in spreadsheet.ts
  const reader = new exceljs.stream.xlsx.WorkbookReader(ordered, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    styles: 'cache',
    entries: 'ignore',
  });
  const seen: string[] = [];
  try {
    for await (const sheet of reader as unknown as AsyncIterable<Sheet>) {
      const name = sheet.name ?? `Sheet${seen.length + 1}`;
      seen.push(name);
      const wanted =
        options.sheet === undefined
          ? sheet.state !== 'hidden' && sheet.state !== 'veryHidden'
          : options.sheet === name || options.sheet === seen.length;
      if (wanted) return await readSheet(sheet, name, path, options);
    }
  } catch (error) {
    throw error instanceof Problem
      ? error
      : new Problem('unreadable-file', 'The spreadsheet cannot be read. Open it, save it again and retry.', {
          at: { file: options.fileName },
          cause: error,
        });
  } finally {
    await rm(ordered, { force: true });
  }
  const near = nearest(String(options.sheet ?? ''), seen);
  throw new Problem(
    'bad-mapping',
    `no sheet ${String(options.sheet ?? '')}; ${near ? `did you mean ${near}?` : `there are: ${seen.join(', ')}`}`,
    { at: { file: options.fileName } },
  );
}

/** Without a list of shared texts the reader waits for one, and loses all sheets but the first. */
const noTexts = { name: 'xl/sharedStrings.xml', text: '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>' };

/**
 * The reader goes through a spreadsheet from front to back and fails where a sheet stands before the list of sheets or the texts it points at;
 * programs write these in any order. Pictures and the rest are left out.
 */
function rankOf(part: string): number | null {
  const first = ['xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/sharedStrings.xml', 'xl/styles.xml'].indexOf(part);
  if (first >= 0) return first;
  const sheet = /^xl\/worksheets\/sheet(\d{1,5})\.xml$/.exec(part);
  return sheet ? 10 + Number(sheet[1]) : null;
}

async function readSheet(sheet: Sheet, name: string, path: string, options: XlsxOptions): Promise<Canonical> {
  const file = new CanonicalFile(path);
  const state = {
    headerRows: [] as (string | null)[][],
    headers: undefined as string[] | undefined,
    notes: [] as string[],
    bad: [] as BadRow[],
    badCount: 0,
    rows: 0,
    multiline: false,
    row: 0,
  };
  let pieces: Buffer[] = [],
    pending = 0;
  try {
    for await (const row of sheet) {
      state.row = Number.isInteger(row.number) ? row.number : state.row + 1;
      if (options.signal?.aborted) throw new Problem('cancelled');
      const cells = cellsOf(row, state.row, options);
      if (state.headers === undefined) {
        takeHeader(cells, state, options);
        continue;
      }
      const encoded = dataRow(cells, state, options);
      if (!encoded) continue;
      pieces.push(encoded);
      pending += encoded.length;
      if (pending > 1 << 20) {
        await file.write(Buffer.concat(pieces));
        pieces = [];
        pending = 0;
      }
    }
    await file.write(Buffer.concat(pieces));
  } finally {
    await file.close();
  }
  if (!state.headers)
    throw new Problem('unreadable-file', `The sheet ${name} has no header row: it is empty.`, { at: { file: options.fileName } });
  return {
    path,
    headers: state.headers,
    rows: state.rows,
    bad: state.bad,
    badCount: state.badCount,
    notes: [`The sheet "${name}" was read.`, ...state.notes],
    multiline: state.multiline,
  };
}

function takeHeader(
  cells: (string | null)[],
  state: { headerRows: (string | null)[][]; headers: string[] | undefined; notes: string[]; row: number },
  options: XlsxOptions,
): void {
  if (state.row <= options.skipRows || (state.headerRows.length === 0 && cells.every((cell) => cell === null))) return;
  state.headerRows.push(cells);
  if (state.headerRows.length < options.headerRows) return;
  const { headers, notes } = joinHeaderRows(state.headerRows);
  state.headers = headers;
  state.notes.push(...notes);
}

function dataRow(
  cells: (string | null)[],
  state: { headers: string[] | undefined; bad: BadRow[]; badCount: number; rows: number; multiline: boolean; row: number },
  options: XlsxOptions,
): Buffer | undefined {
  const headers = state.headers!;
  if (cells.every((cell) => cell === null)) return undefined;
  const beyond = cells.findIndex((cell, i) => i >= headers.length && cell !== null);
  if (beyond >= 0) {
    state.badCount++;
    if (state.bad.length < badRowsKept)
      state.bad.push({ row: state.row, column: columnLetters(beyond), reason: 'the cell stands beyond the last header' });
    return undefined;
  }
  if (++state.rows > options.limits.rows)
    throw new Problem('too-large', `The sheet has more than ${options.limits.rows} rows.`, { at: { file: options.fileName } });
  const encoded = encodeRow(state.row, cells, headers.length);
  state.multiline ||= encoded.multiline;
  return encoded.bytes;
}

function cellsOf(row: Row, number: number, options: XlsxOptions): (string | null)[] {
  const width = row.cellCount;
  if (width > options.limits.columns)
    throw new Problem('too-large', `Row ${number} has ${width} columns; at most ${options.limits.columns} can be read.`, {
      at: { file: options.fileName, row: number },
    });
  const cells: (string | null)[] = new Array<string | null>(width).fill(null);
  row.eachCell({ includeEmpty: false }, (cell, column) => {
    cells[column - 1] = cellText(cell.value)?.trim() || null;
  });
  return cells;
}

/** A cell as text: dates in ISO form, the result of a formula, the plain text of a formatted one. */
export function cellText(value: CellValue): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '#NUM!';
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return '#DATE!';
    const iso = value.toISOString();
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.replace(/\.\d+Z$/, '').replace('T', ' ');
  }
  if ('error' in value) return value.error;
  if ('richText' in value) return value.richText.map(({ text }) => text ?? '').join('');
  if ('hyperlink' in value) return cellText(value.text as CellValue);
  // A formula that was never calculated has no value; it shows as what it is, and no helper takes it for a number.
  if ('formula' in value || 'sharedFormula' in value)
    return value.result === undefined ? `=${value.formula ?? '?'}` : cellText(value.result as CellValue);
  return null;
}
