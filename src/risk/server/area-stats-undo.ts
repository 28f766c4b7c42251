// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../platform/domain/actor.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Borders } from '../domain/area-stats.ts';
import type { Sum } from '../domain/area-sums.ts';
import { unpackAnswers } from '../domain/pack.ts';
import { Places, type KnownArea } from './area-stats-places.ts';
import { answersOf, momentOf, readEarlier, rescoreCountry, sumFigures, sumsOf, type WriteContext } from './area-stats-write.ts';
import {
  deleteStatistics,
  deleteSum,
  findMeasuredBy,
  findStandingSums,
  findSummedAssessments,
  insertLines,
  markBatchUndone,
  type StandingSum,
} from './queries-area-stats.ts';
import { findTimeZone, findVersions, type StoredInstrument } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';
import { recordAssessments, type NewAssessment } from './record.ts';

/**
 * Takes an import of area statistics back: its figures go, its assessments count no more, sums of later imports that had its figures in
 * them are made anew, and every standing follows. Answers with counts.
 */
export async function undoAreaStats(args: {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly batchId: string;
  readonly now: Date;
  readonly newId: () => string;
}): Promise<Record<string, number>> {
  const { tx, batchId, actor, now, newId } = args;
  const measured = await findMeasuredBy(tx, batchId);
  for (const instrument of [...new Set(measured.map((m) => m.instrument))].sort()) await lockInstrument(tx, instrument);
  await markBatchUndone(tx, batchId, actor.accountId);
  const figures = await deleteStatistics(tx, batchId);
  const timeZone = await findTimeZone(tx);
  let sums = 0,
    rescored = 0;
  for (const { instrument, country, level, indicators: codes } of measured) {
    const here = { tx, batchId, actorId: actor.accountId, instrument, country, level, timeZone, now, newId, ...unwatched };
    const places = await Places.load(tx, country, level);
    for (const asked of lastAsked(await findVersions(tx, instrument), codes)) sums += await sumAnew({ ...here, ...asked }, places);
    rescored += await rescoreCountry(here);
  }
  return { figures, sums, standings: rescored };
}

/** Nobody follows or stops an undoing. */
const unwatched = { signal: new AbortController().signal, onProgress: () => {} };

/** Each question with the newest version that asks it: sums of one that was dropped since still stand, and count again when a later version asks it anew. */
function lastAsked(versions: readonly StoredInstrument[], codes: readonly string[]): Pick<WriteContext, 'stored' | 'indicators'>[] {
  const left = new Set(codes);
  return versions
    .toReversed()
    .map((stored) => ({ stored, indicators: stored.definition.indicators.filter(({ code }) => left.delete(code)) }))
    .filter(({ indicators }) => indicators.length > 0);
}

async function sumAnew(ctx: WriteContext, places: Places): Promise<number> {
  const earlier = await readEarlier(ctx, places, null),
    all = ctx.indicators.map(() => true);
  return renewSums(ctx, places, sumsOf(places, all, null, earlier));
}

/** A sum that stands but no longer holds, the sum as it is now, and where. */
interface Stale {
  readonly old: StandingSum;
  readonly sum: Sum;
  readonly area: KnownArea;
}

/**
 * Sums that stand but are not `sums`, those of now, are replaced, and what was answered from them is corrected under the batch that made them. Answers how
 * many. Until all hold: a sum that becomes older, because its newest figure was taken back, lets one come to light that an import made before it.
 */
export async function renewSums(ctx: WriteContext, places: Places, sums: readonly Sum[]): Promise<number> {
  const now = new Map(sums.map((sum) => [`${places.areas[sum.area]!.placeId} ${ctx.indicators[sum.indicator]!.code}`, sum]));
  for (let renewed = 0; ;) {
    const more = await renewNewest(ctx, places, now);
    if (more === 0) return renewed;
    renewed += more;
  }
}

async function renewNewest(ctx: WriteContext, places: Places, now: ReadonlyMap<string, Sum>): Promise<number> {
  const { tx, instrument, country, level, indicators } = ctx;
  const byBatch = new Map<string, Stale[]>();
  for (const old of await findStandingSums(
    tx,
    instrument,
    country,
    level,
    indicators.map(({ code }) => code),
  )) {
    const sum = now.get(`${old.placeId} ${old.indicator}`);
    if (sum && differs(old, sum))
      byBatch.set(old.batchId, [...(byBatch.get(old.batchId) ?? []), { old, sum, area: places.areas[sum.area]! }]);
  }
  let renewed = 0;
  for (const [batchId, stale] of byBatch) {
    renewed += stale.length;
    const changed = { ...ctx, batchId };
    for (const { old } of stale) await deleteSum(tx, batchId, instrument, old.indicator, old.placeId);
    // Without answers: these are corrections, below.
    await insertLines(
      tx,
      {
        batchId,
        instrumentId: ctx.stored.instrumentId,
        origin: 'summed',
        indicators: indicators.map(({ code }) => code),
        recordedAt: ctx.now,
      },
      stale.map(({ sum, area }) => ({
        placeId: area.placeId,
        observedOn: sum.observedOn,
        observedAt: ctx.now.toISOString(),
        assessmentId: ctx.newId(),
        answers: null,
        figures: sumFigures(indicators, [sum]),
      })),
    );
    const corrections = await correctionsOf(changed, stale);
    for (let from = 0; from < corrections.length; from += atOnce)
      await recordAssessments(tx, corrections.slice(from, from + atOnce), ctx.now, { rescore: false, under: ctx.stored });
  }
  return renewed;
}

const atOnce = 5_000;

function differs(old: StandingSum, sum: Sum): boolean {
  return (
    old.part !== sum.part ||
    old.whole !== sum.whole ||
    old.placesWith !== sum.placesWith ||
    old.placesAll !== sum.placesAll ||
    old.observedOn !== sum.observedOn
  );
}

/** One correction for each assessment that holds answers from stale sums. */
async function correctionsOf(ctx: WriteContext, stale: readonly Stale[]): Promise<NewAssessment[]> {
  const { indicators, batchId } = ctx;
  const known = bordersIn(stale[0]?.old.report);
  const borders = indicators.map(({ code }) => known.get(code) ?? null);
  const byPlace = new Map<string, Stale[]>();
  for (const one of stale) byPlace.set(one.area.placeId, [...(byPlace.get(one.area.placeId) ?? []), one]);
  const corrections: NewAssessment[] = [];
  const done = new Set<Sum>();
  for (const there of await findSummedAssessments(ctx.tx, batchId, [...byPlace.keys()])) {
    const held = unpackAnswers(there.definition, there.answers);
    const here = (byPlace.get(there.placeId) ?? []).filter(
      ({ sum }) => !done.has(sum) && held[indicators[sum.indicator]!.code] !== undefined,
    );
    for (const { sum } of here) done.add(sum);
    for (const observedOn of new Set(here.map(({ sum }) => sum.observedOn))) {
      const group = here.map(({ sum }) => sum).filter((sum) => sum.observedOn === observedOn);
      const answers = answersOf(indicators, borders, sumFigures(indicators, group));
      if (Object.keys(answers).length)
        corrections.push({
          assessmentId: ctx.newId(),
          subjectKind: 'place',
          subjectId: there.placeId,
          regionId: here[0]!.area.regionId,
          instrument: ctx.instrument,
          answers,
          observedAt: momentOf(observedOn, ctx.timeZone),
          actorId: ctx.actorId,
          origin: 'summed',
          supersedes: there.assessmentId,
          batchId,
        });
    }
  }
  return corrections;
}

/** The borders a batch scored by, as its report keeps them. */
function bordersIn(report: unknown): Map<string, Borders> {
  const indicators = (report as { indicators?: { code: string; cuts: number[] | null }[] } | undefined)?.indicators ?? [];
  return new Map(indicators.map(({ code, cuts }) => [code, cuts?.length === 2 ? [cuts[0]!, cuts[1]!] : null]));
}
