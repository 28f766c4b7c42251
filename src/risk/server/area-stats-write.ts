// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { startOfDate } from '../../platform/domain/zoned-time.ts';
import { answerTo, ratio, type Borders } from '../domain/area-stats.ts';
import { sumUpwards, type Sum } from '../domain/area-sums.ts';
import type { Indicator } from '../domain/instrument.ts';
import { packAnswers, type Answers } from '../domain/pack.ts';
import { Earlier, type Figures } from './area-stats-figures.ts';
import type { Places } from './area-stats-places.ts';
import { countForPlanner, eachMeasuredBefore, findCountryRoot, insertLines, type Line, type LineFigure } from './queries-area-stats.ts';
import type { StoredInstrument } from './queries-instruments.ts';
import { rescorePlaces } from './rescore.ts';

export interface WriteContext {
  readonly tx: Tx;
  readonly batchId: string;
  readonly actorId: string;
  /** Its code, and the version that is live. */
  readonly instrument: string;
  readonly stored: StoredInstrument;
  /** What is written of, in the instrument's order. */
  readonly indicators: readonly Indicator[];
  readonly country: string;
  readonly level: number;
  readonly timeZone: string;
  readonly now: Date;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  onProgress(progress: { done: number; total: number; phase: string }): void;
}

const step = 10_000;

/** Writes the measured figures and, scored by the borders, one assessment a place. The database writes one step while the next is made ready. */
export async function writeMeasured(ctx: WriteContext, places: Places, figures: Figures, borders: readonly Borders[]): Promise<void> {
  const total = places.list.length,
    lineOf = liner(ctx, borders);
  let writing = Promise.resolve();
  try {
    for (let from = 0; from < total; from += step) {
      checkSignal(ctx.signal);
      const lines: Line[] = [];
      for (let i = from; i < Math.min(total, from + step); i++) {
        if (figures.rows[i] !== 0)
          lines.push(
            lineOf(
              places.list[i]!.placeId,
              figures.date(i),
              ctx.indicators.map((_, k) => figures.figure(i, k)),
            ),
          );
      }
      await writing;
      writing = insert(ctx, 'measured', lines);
      ctx.onProgress({ done: Math.min(total, from + step), total, phase: 'Writing figures' });
    }
  } finally {
    // Nothing may still be under way when the transaction ends, however it ends.
    await writing;
  }
}

/**
 * Sums parts and wholes for every area above a place that this file measured, from the newest part and whole of each place below whatever batch they came
 * with, within the writer's own area. Answers with the sums written.
 */
export async function writeSums(
  ctx: WriteContext,
  places: Places,
  figures: Figures,
  earlier: Earlier,
  summing: readonly boolean[],
  borders: readonly Borders[],
): Promise<Sum[]> {
  if (!summing.includes(true) || ctx.level === 0) return [];
  const touched = areasTouched(places, figures, summing);
  const sums = sumsOf(places, summing, figures, earlier).filter(({ area, indicator }) => touched[area * summing.length + indicator]);
  const grouped = new Map<string, Sum[]>();
  for (const sum of sums) {
    const key = `${sum.area} ${sum.observedOn}`,
      group = grouped.get(key);
    if (group) group.push(sum);
    else grouped.set(key, [sum]);
  }
  const lineOf = liner(ctx, borders);
  const lines = [...grouped.values()].map((group) =>
    lineOf(places.areas[group[0]!.area]!.placeId, group[0]!.observedOn, sumFigures(ctx.indicators, group)),
  );
  for (let from = 0; from < lines.length; from += step) {
    checkSignal(ctx.signal);
    await insert(ctx, 'summed', lines.slice(from, from + step));
  }
  return sums;
}

/** Only areas above a place that this file measured get a sum of it; the others have theirs from the batches that did. */
function areasTouched(places: Places, figures: Figures, summing: readonly boolean[]): Uint8Array {
  const touched = new Uint8Array(places.areas.length * summing.length);
  places.list.forEach((place, i) => {
    if (figures.rows[i] === 0) return;
    summing.forEach((sums, k) => {
      if (!sums || !figures.figure(i, k)?.whole) return;
      for (let area = place.above; area >= 0; area = places.areas[area]!.above) touched[area * summing.length + k] = 1;
    });
  });
  return touched;
}

/** The sums as they are now, for areas within the writer's own: of the batches that stand, and of the file where there is one. Of each place the newest part and whole counts. */
export function sumsOf(places: Places, summing: readonly boolean[], figures: Figures | null, earlier: Earlier): Sum[] {
  const sums = sumUpwards(places.areas, places.above(), summing.length, (place, k) => {
    if (!summing[k]) return null;
    const own = figures?.figure(place, k),
      before = earlier.ratio(place, k);
    if (!own?.whole) return before;
    const observedOn = figures!.date(place);
    return before && (before.observedOn > observedOn || (before.observedOn === observedOn && before.later))
      ? before
      : { ...own, observedOn };
  });
  return sums.filter(({ area }) => places.areas[area]!.inside);
}

/** What was measured before `batch` (null: at all), of the places in the writer's area. */
export async function readEarlier(
  ctx: Pick<WriteContext, 'tx' | 'instrument' | 'country' | 'level' | 'indicators' | 'signal'>,
  places: Places,
  batch: string | null,
): Promise<Earlier> {
  const earlier = new Earlier(places.list.length, ctx.indicators.length);
  const codes = ctx.indicators.map(({ code }) => code);
  let at = 0;
  for await (const rows of eachMeasuredBefore(ctx.tx, ctx.instrument, ctx.country, ctx.level, codes, batch)) {
    checkSignal(ctx.signal);
    for (const { placeId, indicator, value, part, whole, observedOn, started, later } of rows) {
      // Both are in the order of their ids.
      while (places.list[at] !== undefined && places.list[at]!.placeId < placeId) at++;
      if (places.list[at]?.placeId === placeId)
        earlier.set(at, codes.indexOf(indicator), { value, part, whole, observedOn, started, later: later === true });
    }
  }
  return earlier;
}

/** The figures of sums of one area and day, one for each indicator. */
export function sumFigures(indicators: readonly Indicator[], sums: readonly Sum[]): (LineFigure | null)[] {
  return indicators.map(({ measure }, k) => {
    const sum = sums.find(({ indicator }) => indicator === k);
    return sum
      ? {
          value: ratio(sum.part, sum.whole, measure),
          part: sum.part,
          whole: sum.whole,
          placesWith: sum.placesWith,
          placesAll: sum.placesAll,
        }
      : null;
  });
}

/** What figures answer, by the borders; empty where nothing can be scored. */
export function answersOf(indicators: readonly Indicator[], borders: readonly Borders[], figures: readonly (LineFigure | null)[]): Answers {
  const answers: Answers = {};
  indicators.forEach(({ code, cuts }, k) => {
    const figure = figures[k],
      border = borders[k];
    if (figure && border && cuts) answers[code] = answerTo(figure.value, border, cuts.worse);
  });
  return answers;
}

/** Makes lines. Answers repeat from place to place, so each combination is packed once; and a file has few dates for its many rows. */
function liner(
  ctx: WriteContext,
  borders: readonly Borders[],
): (placeId: string, observedOn: string, figures: readonly (LineFigure | null)[]) => Line {
  const packed = new Map<string, string | null>(),
    moments = new Map<string, string>();
  return (placeId, observedOn, figures) => {
    const answers = answersOf(ctx.indicators, borders, figures);
    const key = ctx.indicators.map(({ code }) => answers[code] ?? 0).join('');
    if (!packed.has(key))
      packed.set(
        key,
        Object.keys(answers).length ? Buffer.from(packAnswers(ctx.stored.definition, 'place', answers)).toString('hex') : null,
      );
    if (!moments.has(observedOn)) moments.set(observedOn, momentOf(observedOn, ctx.timeZone).toISOString());
    return { placeId, observedOn, observedAt: moments.get(observedOn)!, assessmentId: ctx.newId(), answers: packed.get(key)!, figures };
  };
}

/** The moment a figure of a day is answered from: the day's beginning where the places are. */
export function momentOf(observedOn: string, timeZone: string): Date {
  return new Date(startOfDate(observedOn, timeZone));
}

async function insert(ctx: WriteContext, origin: 'measured' | 'summed', lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const {
    batchId,
    stored: { instrumentId },
    indicators,
    now,
  } = ctx;
  await insertLines(ctx.tx, { batchId, instrumentId, origin, indicators: indicators.map(({ code }) => code), recordedAt: now }, lines);
}

/** Standings of all places of the country: those below take answers over, those above have new sums. */
export async function rescoreCountry(
  ctx: Pick<WriteContext, 'tx' | 'instrument' | 'country' | 'now' | 'signal' | 'onProgress'>,
): Promise<number> {
  const root = await findCountryRoot(ctx.tx, ctx.country);
  await countForPlanner(ctx.tx);
  return rescorePlaces(ctx.tx, ctx.instrument, root ? [root] : [], ctx.now, {
    signal: ctx.signal,
    onProgress: (done, total) => ctx.onProgress({ done, total: total ?? 0, phase: 'Scoring places' }),
  });
}

export function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem('cancelled');
}
