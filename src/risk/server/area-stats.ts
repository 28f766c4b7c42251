// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportReport } from '../../places/domain/import-report.ts';
import { Rejections, type ImportArgs, type ImportKind } from '../../places/server/index.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { openTable } from '../../platform/server/tabular.ts';
import { answerTo, bordersOf, type Borders } from '../domain/area-stats.ts';
import type { Sum } from '../domain/area-sums.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { AreaStatsMapping } from '../domain/mapping.ts';
import type { Earlier, Figures, WholeOf } from './area-stats-figures.ts';
import { checkAgainstInstrument, readAreaStatsMapping } from './area-stats-mapping.ts';
import { Places } from './area-stats-places.ts';
import { readFigures, type Read } from './area-stats-read.ts';
import { renewSums, undoAreaStats } from './area-stats-undo.ts';
import { readEarlier, rescoreCountry, sumsOf, writeMeasured, writeSums, type WriteContext } from './area-stats-write.ts';
import { findLevels, findWholes, type KnownLevel } from './queries-area-stats.ts';
import { findTimeZone, liveInstrument, type StoredInstrument } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';
import { trialOfStatistics } from './statistics-trial.ts';

/** Area statistics as one kind of import: the same for the command line, the endpoints and the tests. */
export const areaStatsKind: ImportKind = {
  kind: 'area-stats',
  right: 'statistics.import',
  checkMapping: (text, name) => ({ ...readAreaStatsMapping(text, name) }),
  trial: trialOfStatistics,
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
  const rejections = new Rejections(args.rejectedFile);
  try {
    const ready = await prepare(args, mapping, stored);
    const { read, tableNotes } = await readFile(args, mapping, ready, rejections);
    const rejectedFile = await rejections.close();
    const { notes, indicators, levels } = await write(args, mapping, ready, read);
    return {
      kind: 'area-stats',
      file: file.name,
      mapping: args.mappingName,
      dryRun: args.dryRun,
      sameAs: null,
      batchId: args.dryRun ? null : args.batchId,
      rows: read.rows,
      taken: read.taken,
      rejected: read.rows - read.taken,
      rejectedRows: rejections.first,
      rejectedFile,
      notes: [...tableNotes, ...read.notes, ...notes],
      levels,
      indicators,
      milliseconds: Math.round(performance.now() - began),
    };
  } finally {
    await rejections.close().catch(() => null);
  }
}

interface Ready {
  readonly ctx: WriteContext;
  readonly levels: readonly KnownLevel[];
  readonly places: Places;
  readonly wholeOf: WholeOf;
  readonly today: string;
}

/** What is known before the file is read; from here on nobody else writes answers to this instrument. */
async function prepare(args: ImportArgs, mapping: AreaStatsMapping, stored: StoredInstrument): Promise<Ready> {
  const { tx, now, newId, signal, batchId, actor, onProgress } = args;
  const { instrument, country, level } = mapping;
  const levels = await findLevels(tx, country);
  if (!levels.some((one) => one.level === level))
    throw new Problem('not-found', `There are no places of level ${level} in ${country} yet. Import the places first.`, {
      at: { file: args.mappingName, column: 'level' },
    });
  const timeZone = await findTimeZone(tx);
  const today = dateAt(now.getTime(), timeZone);
  if ('date' in mapping.observed && mapping.observed.date > today)
    throw new Problem('bad-mapping', `observed.date: ${mapping.observed.date} is still to come`, {
      at: { file: args.mappingName, column: 'observed.date' },
    });
  onProgress({ done: 0, total: 0, phase: 'Reading the file' });
  await lockInstrument(tx, instrument);
  const places = await Places.load(tx, country, level);
  const indicators = stored.definition.indicators.filter(({ code }) => code in mapping.indicators);
  const ctx: WriteContext = {
    tx,
    batchId,
    actorId: actor.accountId,
    instrument,
    stored,
    indicators,
    country,
    level,
    timeZone,
    now,
    newId,
    signal,
    onProgress: (progress) => onProgress(progress),
  };
  return { ctx, levels, places, wholeOf: await wholes(args, mapping, places), today };
}

/** Reads the file and lets go of it again, before the writing needs the room. */
async function readFile(
  args: ImportArgs,
  mapping: AreaStatsMapping,
  { ctx, levels, places, wholeOf, today }: Ready,
  rejections: Rejections,
): Promise<{ read: Read; tableNotes: readonly string[] }> {
  const { name, path } = args.files[0]!;
  const table = await openTable(path, {
    fileName: name,
    encoding: mapping.encoding,
    delimiter: mapping.delimiter,
    sheet: mapping.sheet,
    skipRows: mapping.skipRows,
    headerRows: mapping.headerRows,
    decimal: mapping.decimal,
    signal: args.signal,
  });
  try {
    const read = await readFigures({
      table,
      mapping,
      indicators: ctx.indicators,
      places,
      wholeOf,
      levelName: levels.find(({ level }) => level === mapping.level)!.name,
      today,
      signal: args.signal,
      refuse: (row) => rejections.add({ file: table.fileName, ...row }),
      onRows: (done) => args.onProgress({ done, total: table.rowCount, phase: 'Reading the file' }),
    });
    return { read, tableNotes: table.notes };
  } finally {
    await table.close();
  }
}

async function write(
  args: ImportArgs,
  mapping: AreaStatsMapping,
  { ctx, levels, places }: Ready,
  read: Read,
): Promise<Pick<ImportReport, 'levels' | 'indicators'> & { notes: string[] }> {
  const { indicators } = ctx,
    notes: string[] = [];
  const earlier = await readEarlier(ctx, places, args.batchId);
  const borders = indicators.map((indicator, k) => drawBorders(indicator, k, read.figures, earlier, notes));
  await writeMeasured(ctx, places, read.figures, borders);
  const summing = indicators.map(({ code }) => mapping.indicators[code]?.sumUp === true);
  const sums = await writeSums(ctx, places, read.figures, earlier, summing, borders);
  // What this file does not sum may stand in the sums of others.
  if (summing.includes(false))
    await renewSums(
      ctx,
      places,
      sumsOf(
        places,
        summing.map((sums) => !sums),
        read.figures,
        earlier,
      ),
    );
  if (!args.dryRun) await rescoreCountry(ctx);
  return {
    notes,
    levels: reportLevels(mapping, levels, read, sums, places),
    indicators: indicators.map((indicator, k) => reportIndicator(indicator, k, read, borders[k] ?? null, sums, places)),
  };
}

/** Looks wholes up that the file does not say: in another indicator's figures, or in the places' population. */
async function wholes(args: ImportArgs, mapping: AreaStatsMapping, places: Places): Promise<WholeOf> {
  const known = new Map<string, Map<string, number> | 'population'>();
  for (const [code, { whole }] of Object.entries(mapping.indicators)) {
    if (typeof whole !== 'object') continue;
    known.set(
      code,
      'place' in whole ? 'population' : await findWholes(args.tx, mapping.instrument, mapping.country, mapping.level, whole.statistic),
    );
  }
  return (indicator, index) => {
    const place = places.list[index]!,
      from = known.get(indicator);
    return from === 'population' ? place.population : (from?.get(place.placeId) ?? null);
  };
}

/** Terciles are the country's: drawn from the file's figures together with those of places that were measured before and are not in it. */
function drawBorders({ code, cuts }: Indicator, k: number, figures: Figures, earlier: Earlier, notes: string[]): Borders {
  const values = figures.values(k);
  const before: number[] = [];
  if (cuts!.method === 'terciles' && values.length > 0 && earlier.counts[k]! > 0) {
    figures.rows.forEach((row, place) => {
      const value = row === 0 ? earlier.value(place, k) : null;
      if (value !== null) before.push(value);
    });
  }
  const borders = bordersOf(cuts!, joined(values, before));
  if (before.length) notes.push(`${code}: thirds are drawn from this file together with ${before.length} places measured before.`);
  if (!borders && values.length) notes.push(`${code}: the figures differ too little to draw thirds; they are kept, but not scored.`);
  return borders;
}

function joined(a: Float64Array, b: readonly number[]): Float64Array {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function reportLevels(
  mapping: AreaStatsMapping,
  levels: readonly KnownLevel[],
  read: Read,
  sums: readonly Sum[],
  places: Places,
): ImportReport['levels'] {
  const summed = new Set(sums.map(({ area }) => area));
  return levels
    .filter(({ level }) => level <= mapping.level)
    .map(({ level, name, names, known }) => ({
      country: mapping.country,
      level,
      name,
      names,
      known,
      matched:
        level === mapping.level
          ? read.figures.rows.reduce((n, row) => n + (row === 0 ? 0 : 1), 0)
          : [...summed].filter((area) => places.areas[area]!.level === level).length,
    }));
}

function reportIndicator(
  { code, title, cuts }: Indicator,
  k: number,
  read: Read,
  borders: Borders,
  sums: readonly Sum[],
  places: Places,
): ImportReport['indicators'][number] {
  const values = read.figures.values(k),
    scores: [number, number, number] = [0, 0, 0];
  if (borders) for (const value of values) scores[answerTo(value, borders, cuts!.worse) - 1]!++;
  const summedAt = sums.filter((sum) => sum.indicator === k).map(({ area }) => places.areas[area]!.level);
  const summedTo = [...new Set(summedAt)].sort().map((level) => ({ level, places: summedAt.filter((one) => one === level).length }));
  return { code, title, values: values.length, empty: read.empty[k]!, cuts: borders ? [...borders] : null, scores, summedTo };
}
