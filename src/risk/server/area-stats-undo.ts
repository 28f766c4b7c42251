// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../platform/domain/actor.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Borders } from '../domain/area-stats.ts';
import type { Sum } from '../domain/area-sums.ts';
import type { Indicator } from '../domain/instrument.ts';
import { unpackAnswers } from '../domain/pack.ts';
import { Places } from './area-stats-places.ts';
import { momentOf, rescoreCountry, sumAnswers, sumRow, sumsOf, step, type WriteContext } from './area-stats-write.ts';
import {
  deleteStatistics, deleteSum, findMeasuredBy, findStandingSums, findSummedAssessments, insertStatistics, markBatchUndone, type StandingSum,
} from './queries-area-stats.ts';
import { findTimeZone, liveInstrument } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';
import { recordAssessments, type NewAssessment } from './record.ts';

/**
 * Takes an import of area statistics back: its figures go, its assessments count no more, sums of later imports that had its figures in
 * them are made anew, and every standing follows. Answers with counts.
 */
export async function undoAreaStats(args: { readonly tx: Tx; readonly actor: Actor; readonly batchId: string; readonly now: Date; readonly newId: () => string }): Promise<Record<string, number>> {
  const { tx, batchId, actor, now, newId } = args;
  const measured = await findMeasuredBy(tx, batchId);
  for (const instrument of [...new Set(measured.map((m) => m.instrument))].sort()) await lockInstrument(tx, instrument);
  await markBatchUndone(tx, batchId, actor.accountId);
  const figures = await deleteStatistics(tx, batchId);
  const timeZone = await findTimeZone(tx);
  let sums = 0, rescored = 0;
  for (const { instrument, country, level, indicators } of measured) {
    const stored = await liveInstrument(tx, instrument);
    const ctx: WriteContext = { tx, batchId, actorId: actor.accountId, instrument, stored, country, level, timeZone, now, newId, signal: new AbortController().signal, onProgress: () => {} };
    sums += await renewSums(ctx, indicators, new Map(stored.definition.indicators.map((i) => [i.code, i])), stored.definition);
    rescored += await rescoreCountry(ctx);
  }
  return { figures, sums, standings: rescored };
}

/** Sums that stand but no longer hold are replaced, and what was answered from them is corrected under the batch that made them. */
async function renewSums(ctx: WriteContext, codes: readonly string[], indicators: ReadonlyMap<string, Indicator>, definition: Parameters<typeof unpackAnswers>[0]): Promise<number> {
  const now = new Map((await sumsOf(ctx, await Places.load(ctx.tx, ctx.country, ctx.level), codes, null)).map((sum) => [`${sum.placeId} ${sum.indicator}`, sum]));
  const stale = (await findStandingSums(ctx.tx, ctx.instrument, ctx.country, ctx.level, codes)).flatMap((old) => {
    const sum = now.get(`${old.placeId} ${old.indicator}`);
    return sum && differs(old, sum) ? [{ old, sum }] : [];
  });
  const byBatch = new Map<string, { old: StandingSum; sum: Sum }[]>();
  for (const one of stale) byBatch.set(one.old.batchId, [...(byBatch.get(one.old.batchId) ?? []), one]);
  for (const [batchId, changes] of byBatch) {
    for (const { old } of changes) await deleteSum(ctx.tx, batchId, ctx.instrument, old.indicator, old.placeId);
    await insertStatistics(ctx.tx, batchId, ctx.instrument, 'summed', changes.map(({ sum }) => sumRow(sum, indicators.get(sum.indicator)!)));
    const corrections = await correctionsOf({ ...ctx, batchId }, changes, indicators, definition);
    for (let from = 0; from < corrections.length; from += step) await recordAssessments(ctx.tx, corrections.slice(from, from + step), ctx.now, { rescore: false });
  }
  return stale.length;
}

function differs(old: StandingSum, sum: Sum): boolean {
  return old.part !== sum.part || old.whole !== sum.whole || old.placesWith !== sum.placesWith || old.placesAll !== sum.placesAll || old.observedOn !== sum.observedOn;
}

/** One correction for each assessment that holds answers from stale sums. */
async function correctionsOf(ctx: WriteContext, changes: readonly { old: StandingSum; sum: Sum }[], indicators: ReadonlyMap<string, Indicator>, definition: Parameters<typeof unpackAnswers>[0]): Promise<NewAssessment[]> {
  const borders = bordersIn(changes[0]?.old.report);
  const held = await findSummedAssessments(ctx.tx, ctx.batchId, [...new Set(changes.map(({ sum }) => sum.placeId))]);
  const corrections: NewAssessment[] = [];
  const done = new Set<string>();
  for (const there of held) {
    const here = changes.filter(({ sum }) => sum.placeId === there.placeId && !done.has(`${sum.placeId} ${sum.indicator}`)
      && unpackAnswers(definition, there.answers)[sum.indicator] !== undefined);
    for (const { sum } of here) done.add(`${sum.placeId} ${sum.indicator}`);
    for (const observedOn of new Set(here.map(({ sum }) => sum.observedOn))) {
      const group = here.map(({ sum }) => sum).filter((sum) => sum.observedOn === observedOn);
      const answers = sumAnswers(group, indicators, borders);
      if (Object.keys(answers).length) corrections.push({
        assessmentId: ctx.newId(), subjectKind: 'place', subjectId: there.placeId, regionId: group[0]!.regionId, instrument: ctx.instrument, answers,
        observedAt: momentOf(observedOn, ctx.timeZone), actorId: ctx.actorId, origin: 'summed', supersedes: there.assessmentId, batchId: ctx.batchId,
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
