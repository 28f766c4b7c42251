// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { startOfDate } from '../../platform/domain/zoned-time.ts';
import { answerTo, ratio, type Borders } from '../domain/area-stats.ts';
import { pathsAbove, sumUpwards, type Sum } from '../domain/area-sums.ts';
import type { Indicator } from '../domain/instrument.ts';
import { packAnswers, type Answers } from '../domain/pack.ts';
import type { Figures } from './area-stats-figures.ts';
import type { Places } from './area-stats-places.ts';
import { findAreasAbove, findCountryRoot, findMeasured, insertPlaceAnswers, insertStatistics, planForMany, type PlaceAnswers, type StatisticRow } from './queries-area-stats.ts';
import type { StoredInstrument } from './queries-instruments.ts';
import { rescorePlaces } from './rescore.ts';

export interface WriteContext {
  readonly tx: Tx;
  readonly batchId: string;
  readonly actorId: string;
  /** Its code, and the version that is live. */
  readonly instrument: string;
  readonly stored: StoredInstrument;
  readonly country: string;
  readonly level: number;
  readonly timeZone: string;
  readonly now: Date;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  onProgress(progress: { done: number; total: number; phase: string }): void;
}

export const step = 5_000;

/** Writes the measured figures and, scored by the borders, one assessment a place. */
export async function writeMeasured(ctx: WriteContext, places: Places, figures: Figures, indicators: readonly Indicator[], borders: readonly Borders[]): Promise<void> {
  const total = places.list.length;
  for (let from = 0; from < total; from += step) {
    checkSignal(ctx.signal);
    const statistics: StatisticRow[] = [], answered: PlaceAnswers[] = [];
    for (let i = from; i < Math.min(total, from + step); i++) {
      if (figures.rows[i] === 0) continue;
      const place = places.list[i]!, answers: Answers = {}, observedOn = figures.date(i);
      indicators.forEach((indicator, k) => {
        const figure = figures.figure(i, k);
        if (!figure) return;
        statistics.push({ regionId: place.regionId, placeId: place.placeId, indicator: indicator.code, observedOn, ...figure, placesWith: null, placesAll: null });
        const border = borders[k];
        if (border) answers[indicator.code] = answerTo(figure.value, border, indicator.cuts!.worse);
      });
      if (Object.keys(answers).length > 0) answered.push(placeAnswers(ctx, place, observedOn, answers));
    }
    if (statistics.length) await insertStatistics(ctx.tx, ctx.batchId, ctx.instrument, 'measured', statistics);
    if (answered.length) await insertPlaceAnswers(ctx.tx, ctx.batchId, ctx.stored.instrumentId, 'measured', answered, ctx.now);
    ctx.onProgress({ done: Math.min(total, from + step), total, phase: 'Writing figures' });
  }
}

/**
 * Sums parts and wholes for every area above, from the newest measurement of each place below whatever batch it came with, within the
 * writer's own area. Answers with how many areas of each level got a sum, by indicator.
 */
export async function writeSums(ctx: WriteContext, places: Places, figures: Figures, all: readonly Indicator[], indicators: readonly Indicator[], borders: ReadonlyMap<string, Borders>): Promise<Sum[]> {
  if (indicators.length === 0 || ctx.level === 0) return [];
  const touched = areasTouched(places, figures, all, indicators);
  const sums = (await sumsOf(ctx, places, indicators.map(({ code }) => code), ctx.batchId)).filter((sum) => touched.has(`${sum.path} ${sum.indicator}`));
  const measures = new Map(indicators.map((indicator) => [indicator.code, indicator]));
  for (let from = 0; from < sums.length; from += step) {
    checkSignal(ctx.signal);
    await insertStatistics(ctx.tx, ctx.batchId, ctx.instrument, 'summed', sums.slice(from, from + step).map((sum) => sumRow(sum, measures.get(sum.indicator)!)));
  }
  const grouped = new Map<string, Sum[]>();
  for (const sum of sums) grouped.set(`${sum.placeId} ${sum.observedOn}`, [...(grouped.get(`${sum.placeId} ${sum.observedOn}`) ?? []), sum]);
  const answered = [...grouped.values()].flatMap((group) => {
    const answers = sumAnswers(group, measures, borders);
    return Object.keys(answers).length ? [placeAnswers(ctx, group[0]!, group[0]!.observedOn, answers)] : [];
  });
  for (let from = 0; from < answered.length; from += step) await insertPlaceAnswers(ctx.tx, ctx.batchId, ctx.stored.instrumentId, 'summed', answered.slice(from, from + step), ctx.now);
  return sums;
}

/** Only areas above a place that this file measured get a sum of it; the others have theirs from the batches that did. */
function areasTouched(places: Places, figures: Figures, all: readonly Indicator[], summed: readonly Indicator[]): Set<string> {
  const touched = new Set<string>();
  places.list.forEach(({ path }, i) => {
    if (figures.rows[i] === 0) return;
    for (const indicator of summed) {
      if (!figures.figure(i, all.indexOf(indicator))?.whole) continue;
      for (const above of pathsAbove(path)) touched.add(`${above} ${indicator.code}`);
    }
  });
  return touched;
}

/** The sums as they are now: of the batches that stand, and of `batch`. */
export async function sumsOf(ctx: Pick<WriteContext, 'tx' | 'instrument' | 'country' | 'level'>, places: Places, indicators: readonly string[], batch: string | null): Promise<Sum[]> {
  const paths = new Map(places.list.map(({ placeId, path }) => [placeId, path]));
  const measured = await findMeasured(ctx.tx, ctx.instrument, ctx.country, ctx.level, indicators, batch);
  const areas = await findAreasAbove(ctx.tx, ctx.country, ctx.level);
  return sumUpwards(measured.map((figure) => ({ ...figure, path: paths.get(figure.placeId) ?? '' })), paths.values(), areas, indicators);
}

export function sumRow(sum: Sum, indicator: Pick<Indicator, 'measure'>): StatisticRow {
  return { ...sum, value: ratio(sum.part, sum.whole, indicator.measure) };
}

export function sumAnswers(sums: readonly Sum[], indicators: ReadonlyMap<string, Indicator>, borders: ReadonlyMap<string, Borders>): Answers {
  const answers: Answers = {};
  for (const sum of sums) {
    const border = borders.get(sum.indicator), indicator = indicators.get(sum.indicator);
    if (border && indicator?.cuts) answers[sum.indicator] = answerTo(ratio(sum.part, sum.whole, indicator.measure), border, indicator.cuts.worse);
  }
  return answers;
}

/** The moment a figure of a day is answered from: the day's beginning where the places are. */
export function momentOf(observedOn: string, timeZone: string): Date {
  const key = `${timeZone} ${observedOn}`;
  // Calendars are slow to ask, and a file has few dates for its many rows.
  if (key !== lastMoment.key) lastMoment = { key, at: startOfDate(observedOn, timeZone) };
  return new Date(lastMoment.at);
}
let lastMoment = { key: '', at: 0 };

function placeAnswers(ctx: WriteContext, place: { readonly placeId: string; readonly regionId: number }, observedOn: string, answers: Answers): PlaceAnswers {
  return {
    regionId: place.regionId, placeId: place.placeId, assessmentId: ctx.newId(), answers: packAnswers(ctx.stored.definition, 'place', answers),
    observedAt: momentOf(observedOn, ctx.timeZone),
  };
}

/** Standings of all places of the country: those below take answers over, those above have new sums. */
export async function rescoreCountry(ctx: Pick<WriteContext, 'tx' | 'instrument' | 'country' | 'now' | 'signal' | 'onProgress'>): Promise<number> {
  const root = await findCountryRoot(ctx.tx, ctx.country);
  await planForMany(ctx.tx, true);
  const changed = await rescorePlaces(ctx.tx, ctx.instrument, root ? [root] : [], ctx.now, {
    signal: ctx.signal, onProgress: (done, total) => ctx.onProgress({ done, total: total ?? 0, phase: 'Scoring places' }),
  });
  await planForMany(ctx.tx, false);
  return changed;
}

export function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem('cancelled');
}
