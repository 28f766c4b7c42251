// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern } from '../../platform/domain/disclosure-lattice.ts';
import { publishNext, type PublishedState } from '../../platform/domain/disclosure-series.ts';
import { figureOf, protect, sumOf } from '../../platform/domain/disclosure.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { perCent } from '../domain/arithmetic.ts';
import type { Instrument } from '../domain/instrument.ts';
import { inFives, type AnswerShare } from '../domain/ranking.ts';
import { answerShape, layOut, loadTree, peopleShape, type Tree } from './map-lattice.ts';
import { findLiveInstruments } from './queries-instruments.ts';
import {
  countAnswers,
  countPeople,
  findState,
  findUnpublished,
  insertState,
  lockPublishing,
  replaceAnswers,
  type AnswerRow,
  type Unpublished,
} from './queries-published.ts';

/*
 * What everybody may see of people, worked out over a whole country. Everything here counts people and so runs as waymark_jobs (or the
 * owner), never as the login that answers requests; what leaves this file has passed the disclosure function.
 */

export interface LivePeople {
  readonly tree: Tree;
  readonly lattice: Lattice;
  readonly pattern: Pattern;
}

/** Today's figures of a country, protected by themselves: what is shown until the first month is closed. */
export async function protectToday(counting: Tx, code: string, country: string): Promise<LivePeople> {
  const tree = await loadTree(counting, country);
  const lattice = layOut(tree, peopleShape, await countPeople(counting, code, country, null));
  return { tree, lattice, pattern: protect(lattice) };
}

/** In steps of five per cent before anything is made of it: an order of exact shares would turn with a single answer. */
function coarse(code: string, answered: number, worst: number): AnswerShare {
  return answered === 0 ? { code, answered, worst: 0 } : { code, answered: 100, worst: inFives(perCent(worst, answered)) };
}

/** Shares of worst answers by place id, as far as they may be shown: each indicator in a lattice of its own (answered 1, 2, 3, or not). */
export async function protectAnswers(
  counting: Tx,
  instrument: Instrument,
  country: string,
  { tree, lattice: people }: Pick<LivePeople, 'tree' | 'lattice'>,
): Promise<Map<string, AnswerShare[]>> {
  const rows = await countAnswers(counting, instrument.code, country),
    shares = new Map<string, AnswerShare[]>([...tree.at.keys()].map((id) => [id, []]));
  for (const { code } of instrument.indicators.filter((indicator) => !indicator.protected)) {
    const lattice = layOut(
      tree,
      answerShape,
      rows.map(({ placeId, indicators, scores, counts }) => {
        const wanted = indicators.flatMap((indicator, i) => (indicator === code ? [i] : []));
        return { placeId, slots: wanted.map((i) => scores[i]!), counts: wanted.map((i) => counts[i]!) };
      }),
    );
    for (let place = 0; place < tree.parent.length; place++) {
      lattice.counts[place * 4] = Math.max(0, sumOf(people, place, null, null).n - sumOf(lattice, place, null, null).n);
    }
    const pattern = protect(lattice);
    for (const [placeId, place] of tree.at) {
      if (figureOf(lattice, pattern, place, null, null).cover !== 'shown') continue;
      const { n, bands } = sumOf(lattice, place, null, null);
      shares.get(placeId)!.push(coarse(code, n - bands[0]!, bands[3]!));
    }
  }
  return shares;
}

const answerRow = ([placeId, shares]: [string, readonly AnswerShare[]]): AnswerRow => ({
  placeId,
  indicators: shares.map(({ code }) => code),
  fives: shares.map(({ answered, worst }) => (answered === 0 ? null : worst)),
});

async function publishCountry(tx: Tx, { code, country, months, last }: Unpublished): Promise<void> {
  const tree = await loadTree(tx, country),
    ids = [...tree.at.keys()];
  let state: PublishedState | null = last === null ? null : await findState(tx, code, last, peopleShape, tree.at);
  for (const month of months) {
    const lattice = layOut(tree, peopleShape, await countPeople(tx, code, country, month));
    state = publishNext(state, lattice).state;
    await insertState(
      tx,
      code,
      country,
      month,
      state,
      ids,
      ids.flatMap((_, place) => (sumOf(lattice, place, null, null).n > 0 ? [place] : [])),
    );
  }
}

/**
 * Works out what everybody may see of every month that was closed since the last published one, and of the answers as they stand now, and keeps it.
 * In the caller's transaction, as waymark_jobs or the owner. Twice is once; a published month stays as it is. Returns how many months were published.
 */
export async function publishMonths(tx: Tx): Promise<number> {
  await lockPublishing(tx);
  const unpublished = await findUnpublished(tx);
  if (unpublished.length === 0) return 0;
  const live = new Map((await findLiveInstruments(tx, 'person')).map(({ code, definition }) => [code, definition]));
  for (const each of unpublished) {
    await publishCountry(tx, each);
    const instrument = live.get(each.code);
    if (!instrument) continue;
    const tree = await loadTree(tx, each.country),
      lattice = layOut(tree, peopleShape, await countPeople(tx, each.code, each.country, null));
    const shares = await protectAnswers(tx, instrument, each.country, { tree, lattice });
    await replaceAnswers(tx, each.code, each.country, [...shares].filter(([, row]) => row.length > 0).map(answerRow));
  }
  return unpublished.reduce((sum, { months }) => sum + months.length, 0);
}
