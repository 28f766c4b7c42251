// SPDX-License-Identifier: AGPL-3.0-or-later
import { openTable } from '../../platform/server/tabular.ts';
import type { FilePreview } from '../domain/imports-api.ts';
import type { ImportFile } from './import-types.ts';
import { propertyText, readMapFile } from './map-file.ts';

const shown = 20;

/** Columns and first rows of a table or of a map's features. Throws `unreadable-file`. */
export async function previewFile(file: ImportFile, encoding: string | undefined): Promise<FilePreview> {
  if (/\.(geojson|topojson|json)$/i.test(file.name)) {
    const features = await readMapFile(file);
    const columns = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))];
    const rows = features.slice(0, shown).map(({ number, properties }) => ({ row: number, cells: columns.map((column) => propertyText(properties[column])) }));
    return { file: file.name, columns, rows, rowCount: features.length, notes: [] };
  }
  const table = await openTable(file.path, { fileName: file.name, encoding });
  try {
    const rows = await table.preview(shown);
    return { file: file.name, columns: [...table.columns()], rows: rows.map(({ row, cells }) => ({ row, cells: [...cells] })), rowCount: table.rowCount, notes: [...table.notes] };
  } finally {
    await table.close();
  }
}
