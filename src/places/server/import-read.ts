// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { Problem } from '../../platform/domain/problem.ts';
import { openTable, type BadRow, type Expression, type Table, type Value } from '../../platform/server/tabular.ts';
import { formatOf, isMapFormat, type PlacesStep } from '../domain/mapping.ts';
import type { ImportFile } from './import-types.ts';
import { propertyText, readMapFile, type MapFeature } from './map-file.ts';

/** The values of one row that a step names: codes and names as the file has them, numbers and dates as read, empty ones null. */
export interface SourceRow {
  readonly row: number;
  readonly values: Readonly<Record<string, Value>>;
  readonly bad: readonly BadRow[];
}

/** The rows of one step. `columns` says which of the file's columns each value came from. */
export interface Source {
  readonly file: string;
  /** Rows that can be read. */
  readonly rowCount: number;
  readonly badRows: readonly BadRow[];
  readonly badCount: number;
  readonly columns: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** GeoJSON and TopoJSON: the features the rows were made of; row n is feature n. */
  readonly features: readonly MapFeature[] | null;
  rows(): AsyncIterable<SourceRow[]>;
  close(): Promise<void>;
}

/** Opens the file of a step. Throws `bad-mapping` when a column that the step names is not there. */
export async function openSource(step: PlacesStep, file: ImportFile, signal: AbortSignal): Promise<Source> {
  const format = formatOf(step);
  if (!isMapFormat(format)) {
    const table = await openTable(file.path, {
      fileName: file.name,
      encoding: step.encoding,
      delimiter: step.delimiter,
      sheet: step.sheet,
      skipRows: step.skipRows,
      headerRows: step.headerRows,
      decimal: step.decimal,
      signal,
    });
    return closingOnFailure(table, () => sourceOf(step, table, null, () => table.close()));
  }
  const features = await readMapFile(file, step.object);
  const folder = await mkdtemp(join(tmpdir(), 'waymark-features-'));
  try {
    const path = join(folder, 'properties.csv');
    await writeFile(path, propertiesTable(features, file.name), { mode: 0o600 });
    const table = await openTable(path, { fileName: file.name, encoding: 'utf-8', delimiter: ',', signal });
    return await closingOnFailure(table, () => sourceOf(step, table, features, () => table.close()));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function closingOnFailure(table: Table, make: () => Promise<Source>): Promise<Source> {
  try {
    return await make();
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** The features' properties as a table, so that columns and expressions mean the same in every format. */
function propertiesTable(features: readonly MapFeature[], fileName: string): string {
  const columns = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))];
  if (columns.length === 0)
    throw new Problem('unreadable-file', 'Its features have no properties, so there is no code or name to read.', {
      at: { file: fileName },
    });
  // A last column of our own keeps rows of empty properties from being taken for blank lines.
  return stringify([
    [...columns, 'waymark_feature'],
    ...features.map(({ number, properties }) => [...columns.map((column) => propertyText(properties[column]) ?? ''), String(number)]),
  ]);
}

/** Numbers and dates are read as in every import, by the helpers of the expressions. */
function reading(key: string, column: string, step: PlacesStep): Expression {
  if (key === 'latitude' || key === 'longitude') return { sql: `deg(${column})`, type: 'number' };
  if (key === 'population') return { sql: `num(${column})`, type: 'number' };
  if (key === 'populationOn')
    return {
      sql: `${step.populationOn && 'era' in step.populationOn && step.populationOn.era === 'buddhist' ? 'be_date' : 'ce_date'}(${column})`,
      type: 'date',
    };
  return { sql: column, type: 'text' };
}

async function sourceOf(
  step: PlacesStep,
  table: Table,
  features: readonly MapFeature[] | null,
  close: () => Promise<void>,
): Promise<Source> {
  const headers = table.columns();
  const wanted: Record<string, string> = { code: step.code };
  for (const [language, column] of Object.entries(step.names)) wanted[`name:${language}`] = column;
  if (step.parent && 'column' in step.parent) wanted['parent'] = step.parent.column;
  if (step.latitude && step.longitude) Object.assign(wanted, { latitude: step.latitude, longitude: step.longitude });
  if (step.population) wanted['population'] = step.population;
  if (step.populationOn && 'column' in step.populationOn) wanted['populationOn'] = step.populationOn.column;
  const columns: Record<string, string> = {},
    expressions: Record<string, Expression> = {};
  for (const [key, column] of Object.entries(wanted)) {
    columns[key] = headers[table.position(column)]!;
    expressions[key] = reading(key, `"${columns[key].replaceAll('"', '""')}"`, step);
  }
  if (step.parent && 'expression' in step.parent) expressions['parent'] = { sql: step.parent.expression, type: 'text' };
  const asked = await table.query(expressions);
  // An expression goes by the columns it reads, as the file calls them.
  if (step.parent && 'expression' in step.parent) columns['parent'] = asked.columns['parent'] ?? step.parent.expression;
  const shift = features ? 1 : 0; // row 2 of the table is feature 1
  const move = (bad: BadRow): BadRow => ({ ...bad, row: bad.row - shift });
  return {
    file: table.fileName,
    rowCount: table.rowCount,
    badRows: table.badRows.map(move),
    badCount: table.badCount,
    columns,
    notes: [...table.notes, ...asked.notes].map((note) => `${table.fileName}: ${note}`),
    features,
    close,
    async *rows() {
      for await (const batch of asked.rows) {
        yield batch.map(({ row, values, bad }) => ({ row: row - shift, values, bad: bad.map(move) }));
      }
    },
  };
}
