// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportReport } from '../../places/domain/import-report.ts';
import { Rejections, type ImportArgs, type ImportKind } from '../../places/server/index.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { openTable, type Table } from '../../platform/server/tabular.ts';
import { answerTo, bordersOf, type Borders } from '../domain/area-stats.ts';
import type { Sum } from '../domain/area-sums.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { AreaStatsMapping } from '../domain/mapping.ts';
import type { Figures, WholeOf } from './area-stats-figures.ts';
import { checkAgainstInstrument, readAreaStatsMapping } from './area-stats-mapping.ts';
import { Places } from './area-stats-places.ts';
import { readFigures, type Read } from './area-stats-read.ts';
import { undoAreaStats } from './area-stats-undo.ts';
import { rescoreCountry, writeMeasured, writeSums, type WriteContext } from './area-stats-write.ts';
import { findLevels, findMeasured, findWholes } from './queries-area-stats.ts';
import { findTimeZone, liveInstrument, type StoredInstrument } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';

/** Area statistics as one kind of import: the same for the command line, the endpoints and the tests. */
export const areaStatsKind: ImportKind = {
  kind: 'area-stats',
  right: 'statistics.import',
  checkMapping: (text, name) => ({ ...readAreaStatsMapping(text, name) }),
  run: importAreaStats,
  undo: undoAreaStats,
};

/**
 * Imports one file of area statistics in the transaction given: figures, sums for the areas above, answers and standings. The caller keeps
 * the transaction or, for a dry run, rolls it back. Problems: `bad-mapping`, `unreadable-file`, `too-large`, `not-found` (instrument, level),
 * `cancelled`, `storage-full`. Rows that cannot be taken are no problem: they stand in the report and, all of them, in the rejected file.
 */
export async function importAreaStats(args: ImportArgs): Promise<ImportReport> {
  const began = performance.now();
  const [file, more] = args.files;
  if (!file || more) throw new Problem('bad-input', 'Area statistics are imported from one file at a time.');
  const mapping = readAreaStatsMapping(args.mappingText, args.mappingName);
  const stored = await liveInstrument(args.tx, mapping.instrument);
  checkAgainstInstrument(mapping, stored.definition, args.mappingName);
  args.onProgress({ done: 0, total: 0, phase: 'Reading the file' });
  const table = await openTable(file.path, {
    fileName: file.name, encoding: mapping.encoding, delimiter: mapping.delimiter, sheet: mapping.sheet, skipRows: mapping.skipRows,
    headerRows: mapping.headerRows, decimal: mapping.decimal, signal: args.signal,
  });
  const rejections = new Rejections(args.rejectedFile);
  try {
    const found = await take(args, mapping, stored, table, rejections);
    const rejectedFile = await rejections.close();
    const { read } = found;
    return {
      kind: 'area-stats', file: file.name, mapping: args.mappingName, dryRun: args.dryRun, sameAs: null, batchId: args.dryRun ? null : args.batchId,
      rows: read.rows, taken: read.taken, rejected: read.rows - read.taken, rejectedRows: rejections.first, rejectedFile,
      notes: [...table.notes, ...read.notes, ...found.notes], levels: found.levels, indicators: found.indicators,
      milliseconds: Math.round(performance.now() - began),
    };
  } finally {
    await rejections.close().catch(() => null);
    await table.close();
  }
}

interface Found { readonly read: Read; readonly notes: string[]; readonly levels: ImportReport['levels']; readonly indicators: ImportReport['indicators'] }

async function take(args: ImportArgs, mapping: AreaStatsMapping, stored: StoredInstrument, table: Table, rejections: Rejections): Promise<Found> {
  const { tx, now, newId, signal, batchId, actor } = args;
  const levels = await findLevels(tx, mapping.country);
  const own = levels.find(({ level }) => level === mapping.level);
  if (!own) throw new Problem('not-found', `There are no places of level ${mapping.level} in ${mapping.country} yet. Import the places first.`, { at: { file: args.mappingName, column: 'level' } });
  const timeZone = await findTimeZone(tx);
  const today = dateAt(now.getTime(), timeZone);
  if ('date' in mapping.observed && mapping.observed.date > today) throw new Problem('bad-mapping', `observed.date: ${mapping.observed.date} is still to come`, { at: { file: args.mappingName, column: 'observed.date' } });
  await lockInstrument(tx, mapping.instrument);
  const places = await Places.load(tx, mapping.country, mapping.level);
  const indicators = stored.definition.indicators.filter(({ code }) => code in mapping.indicators);
  const file = table.fileName;
  const read = await readFigures({
    table, mapping, indicators, places, wholeOf: await wholes(args, mapping, places), levelName: own.name, actor, today, signal,
    refuse: (row) => rejections.add({ file, ...row }),
    onRows: (done) => args.onProgress({ done, total: table.rowCount, phase: 'Reading the file' }),
  });
  const notes: string[] = [];
  const borders = await drawBorders(args, mapping, indicators, places, read.figures, notes);
  const ctx: WriteContext = { tx, batchId, actorId: actor.accountId, instrument: mapping.instrument, stored, country: mapping.country, level: mapping.level, timeZone, now, newId, signal, onProgress: args.onProgress };
  await writeMeasured(ctx, places, read.figures, indicators, borders);
  const summing = indicators.filter(({ code }) => mapping.indicators[code]?.sumUp);
  const sums = await writeSums(ctx, places, read.figures, indicators, summing, new Map(indicators.map(({ code }, i) => [code, borders[i] ?? null])));
  if (!args.dryRun) await rescoreCountry(ctx);
  return { read, notes, levels: reportLevels(mapping, levels, read, sums), indicators: indicators.map((indicator, i) => reportIndicator(indicator, i, read, borders[i] ?? null, sums)) };
}

/** Looks wholes up that the file does not say: in another indicator's figures, or in the places' population. */
async function wholes(args: ImportArgs, mapping: AreaStatsMapping, places: Places): Promise<WholeOf> {
  const known = new Map<string, Map<string, number> | 'population'>();
  for (const [code, { whole }] of Object.entries(mapping.indicators)) {
    if (typeof whole !== 'object') continue;
    known.set(code, 'place' in whole ? 'population' : await findWholes(args.tx, mapping.instrument, mapping.country, mapping.level, whole.statistic));
  }
  return (indicator, index) => {
    const place = places.list[index]!, from = known.get(indicator);
    return from === 'population' ? place.population : from?.get(place.placeId) ?? null;
  };
}

/** Terciles are the country's: drawn from the file's figures together with those of places that were measured before and are not in it. */
async function drawBorders(args: ImportArgs, mapping: AreaStatsMapping, indicators: readonly Indicator[], places: Places, figures: Figures, notes: string[]): Promise<Borders[]> {
  const inFile = new Set(places.list.flatMap((place, i) => (figures.rows[i] === 0 ? [] : [place.placeId])));
  const out: Borders[] = [];
  for (const [i, { code, cuts }] of indicators.entries()) {
    const values = figures.values(i);
    const before = cuts!.method === 'terciles' && values.length > 0
      ? (await findMeasured(args.tx, mapping.instrument, mapping.country, mapping.level, [code], null)).filter(({ placeId }) => !inFile.has(placeId)) : [];
    const borders = bordersOf(cuts!, joined(values, before.map(({ value }) => value)));
    if (before.length) notes.push(`${code}: thirds are drawn from this file together with ${before.length} places measured before.`);
    if (!borders && values.length) notes.push(`${code}: the figures differ too little to draw thirds; they are kept, but not scored.`);
    out.push(borders);
  }
  return out;
}

function joined(a: Float64Array, b: readonly number[]): Float64Array {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function reportLevels(mapping: AreaStatsMapping, levels: readonly { level: number; name: string; known: number }[], read: Read, sums: readonly Sum[]): ImportReport['levels'] {
  return levels.filter(({ level }) => level <= mapping.level).map(({ level, name, known }) => ({
    country: mapping.country, level, name, known,
    matched: level === mapping.level ? read.figures.rows.reduce((n, row) => n + (row === 0 ? 0 : 1), 0) : new Set(sums.filter((sum) => sum.level === level).map(({ placeId }) => placeId)).size,
  }));
}

function reportIndicator({ code, cuts }: Indicator, i: number, read: Read, borders: Borders, sums: readonly Sum[]): ImportReport['indicators'][number] {
  const values = read.figures.values(i), scores: [number, number, number] = [0, 0, 0];
  if (borders) for (const value of values) scores[answerTo(value, borders, cuts!.worse) - 1]!++;
  const own = sums.filter((sum) => sum.indicator === code);
  const summedTo = [...new Set(own.map(({ level }) => level))].sort().map((level) => ({ level, places: own.filter((sum) => sum.level === level).length }));
  return { code, values: values.length, empty: read.empty[i]!, cuts: borders ? [...borders] : null, scores, summedTo };
}
