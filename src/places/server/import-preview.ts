// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { openTable, type Table, type ValueRow } from '../../platform/server/tabular.ts';
import type { FilePreview, TriedExpression } from '../domain/imports-api.ts';
import type { ImportFile, Trial } from './import-types.ts';
import { propertyText, readMapFile } from './map-file.ts';

const shown = 20;

/** Columns and first rows of a table or of a map's features; with a trial, what the mapping makes of them. Throws `unreadable-file`. */
export async function previewFile(file: ImportFile, encoding: string | undefined, trial: Trial | null): Promise<FilePreview> {
  if (/\.(geojson|topojson|json)$/i.test(file.name)) {
    const features = await readMapFile(file);
    const columns = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))];
    const rows = features
      .slice(0, shown)
      .map(({ number, properties }) => ({ row: number, cells: columns.map((column) => propertyText(properties[column])) }));
    return { file: file.name, columns, rows, rowCount: features.length, notes: [] };
  }
  const table = await openTable(file.path, { ...trial?.options, fileName: file.name, encoding: trial?.options.encoding ?? encoding });
  try {
    const rows = await table.preview(shown);
    const preview = {
      file: file.name,
      columns: [...table.columns()],
      rows: rows.map(({ row, cells }) => ({ row, cells: [...cells] })),
      rowCount: table.rowCount,
      notes: [...table.notes],
    };
    return trial ? { ...preview, tried: await tryOut(table, trial) } : preview;
  } finally {
    await table.close();
  }
}

/** Each expression by itself, so that one that is wrong leaves the others to be seen. */
async function tryOut(table: Table, trial: Trial): Promise<TriedExpression[]> {
  const tried: TriedExpression[] = [];
  for (const { what, indicator, expression, read } of trial.expressions) {
    const name = indicator ? `${indicator}, ${what}` : what;
    try {
      const { rows } = await table.query({ [name]: expression });
      tried.push({ what, indicator, problem: null, rows: await firstOf(rows, name, read) });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'bad-mapping') throw error;
      tried.push({ what, indicator, problem: error.detail ?? error.message, rows: [] });
    }
  }
  return tried;
}

async function firstOf(
  batches: AsyncIterable<ValueRow[]>,
  name: string,
  read: Trial['expressions'][number]['read'],
): Promise<TriedExpression['rows']> {
  for await (const batch of batches) {
    return batch.slice(0, shown).map(({ row, values, bad }) => {
      const value = values[name] ?? null;
      return { row, ...(read && bad.length === 0 ? read(value) : { value, reason: bad[0]?.reason ?? null }) };
    });
  }
  return [];
}
