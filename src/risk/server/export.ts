// SPDX-License-Identifier: AGPL-3.0-or-later
import { boundariesText } from '../../places/server/index.ts';
import { writeCsv } from '../../platform/server/csv.ts';
import type { FileAnswer, Tx } from '../../platform/server/endpoint.ts';
import { writeSpreadsheet } from '../../platform/server/spreadsheet.ts';
import { exportWords } from '../domain/export-words.ts';
import { columnsOf, factsOf, membersOf } from '../domain/hxl.ts';
import type { MapData } from '../domain/map-data.ts';

/** The area first, then its parts. */
const allRows = (data: MapData) => [data.total, ...data.rows.filter((row) => row.placeId !== data.total.placeId)];

/** A name that says what is in the file: area code, instrument, day. */
function fileName({ place, instrument, asOf }: MapData, ending: string): string {
  return `waymark-${place.code}-${instrument.code}-${asOf}.${ending}`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');
}

/** The map as CSV: headings in the reader's language, HXL hashtags, rows. */
export function asCsv(data: MapData, locale: string): FileAnswer {
  const columns = columnsOf(data, locale);
  const body = writeCsv([
    columns.map((column) => column.heading),
    columns.map((column) => column.tag),
    ...allRows(data).map((row) => columns.map((column) => column.of(row))),
  ]);
  return { kind: 'file', contentType: 'text/csv; charset=utf-8', fileName: fileName(data, 'csv'), body };
}

/** The map as a spreadsheet: the figures, and on a second sheet what must be known to read them. */
export async function asSpreadsheet(data: MapData, locale: string, now: Date): Promise<FileAnswer> {
  const columns = columnsOf(data, locale),
    words = exportWords(locale);
  const body = await writeSpreadsheet(
    [
      {
        name: data.place.names[locale] ?? data.place.name,
        headings: columns.map((column) => column.heading),
        tags: columns.map((column) => column.tag),
        rows: allRows(data).map((row) => columns.map((column) => column.of(row))),
      },
      { name: words.sheet, headings: [words.fact, words.factValue], rows: factsOf(data, locale) },
    ],
    now,
  );
  return {
    kind: 'file',
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    fileName: fileName(data, 'xlsx'),
    body,
  };
}

interface Feature {
  readonly type: 'Feature';
  readonly id: string;
  readonly geometry: unknown;
  readonly properties: Record<string, unknown>;
}

/** The map as GeoJSON: every part is a feature, with an empty geometry where no boundary is known. */
export async function asGeoJson(tx: Tx, data: MapData, path: string, detail: number): Promise<FileAnswer> {
  const shapes = JSON.parse(await boundariesText(tx, path, data.level, detail)) as { features: Feature[] };
  const geometry = new Map(shapes.features.map((feature) => [feature.id, feature.geometry]));
  const columns = membersOf(data);
  const features = data.rows.map((row): Feature => ({
    type: 'Feature',
    id: row.placeId,
    geometry: geometry.get(row.placeId) ?? null,
    properties: {
      ...Object.fromEntries(columns.map((column) => [column.heading, column.of(row)])),
      code: row.code,
      name: row.name,
      names: row.names,
      level: row.level,
      cover: row.cover,
      counts: row.counts,
      value: row.value,
      reasons: row.reasons,
    },
  }));
  return {
    kind: 'file',
    contentType: 'application/geo+json',
    fileName: fileName(data, 'geojson'),
    body: JSON.stringify({ type: 'FeatureCollection', waymark: Object.fromEntries(factsOf(data, 'en')), features }),
  };
}
