// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice, Pattern } from '../../platform/domain/disclosure-lattice.ts';
import { publishSeries, type Series } from '../../platform/domain/disclosure-series.ts';
import { figureOf, protect, sumOf } from '../../platform/domain/disclosure.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { BandCounts, Cover } from '../domain/map-data.ts';
import { perCent } from '../domain/arithmetic.ts';
import { inFives, type AnswerShare } from '../domain/ranking.ts';
import { answerShape, Kept, layOut, loadTree, peopleShape, type Tree } from './map-lattice.ts';
import { findAnswers, findExact, findMonths, findPeople, type MapPlace } from './queries-map.ts';

/** People of one place under one filter, ready to be shown. */
export interface PeopleFigure {
  readonly cover: Cover;
  readonly counts: BandCounts;
  /** The day these figures speak of. */
  readonly on: string;
  readonly carriedFrom: string | null;
}

export interface Filter { readonly sex: number | null; readonly ageGroup: number | null }

/** What everybody may see: the same for every reader, whatever she asks. */
export interface Published {
  /** The month's end the figures speak of, or today while no month has been closed. */
  readonly asOf: string;
  figure(placeId: string, filter: Filter): PeopleFigure;
}

interface History { readonly tree: Tree; readonly series: Series; readonly months: readonly string[] }

const noCounts: BandCounts = { n: 0, unknown: 0, low: 0, medium: 0, high: 0 };
export const bandCounts = (n: number | null, bands: readonly (number | null)[]): BandCounts =>
  ({ n, unknown: bands[0] ?? null, low: bands[1] ?? null, medium: bands[2] ?? null, high: bands[3] ?? null });

interface Live { readonly tree: Tree; readonly lattice: Lattice; readonly pattern: Pattern }

/** Trees of this many places are read and protected anew for each reader; larger ones are kept for a moment. */
const smallTree = 3000, moment = 10_000;
const forAWhile = ({ tree }: { tree: Tree }): number => (tree.parent.length > smallTree ? moment : 0);
const histories = new Kept<History>(8, () => 24 * 3_600_000);
const live = new Kept<Live>(4, forAWhile);

async function loadHistory(tx: Tx, code: string, country: string, months: readonly string[]): Promise<History> {
  const tree = await loadTree(tx, country);
  const lattices: Lattice[] = [];
  for (const month of months) lattices.push(layOut(tree, peopleShape, await findPeople(tx, code, country, month)));
  return { tree, series: publishSeries(lattices), months };
}

async function loadLive(tx: Tx, code: string, country: string): Promise<Live> {
  return live.get(`${code} ${country}`, '', async () => {
    const tree = await loadTree(tx, country);
    const lattice = layOut(tree, peopleShape, await findPeople(tx, code, country, null));
    return { tree, lattice, pattern: protect(lattice) };
  });
}

function fromHistory({ tree, series, months }: History, at: number): Published {
  const asOf = months[at]!;
  return {
    asOf,
    figure(placeId, { sex, ageGroup }) {
      const place = tree.at.get(placeId);
      if (place === undefined) return { cover: 'no-data', counts: noCounts, on: asOf, carriedFrom: null };
      const { n, bands, cover, carriedFrom } = series.figure(at, place, sex, ageGroup);
      const earlier = carriedFrom === null ? null : months[carriedFrom]!;
      return { cover, counts: bandCounts(n, bands), on: earlier ?? asOf, carriedFrom: earlier };
    },
  };
}

async function historyOf(tx: Tx, code: string, country: string): Promise<History | null> {
  const months = await findMonths(tx, code, country);
  if (months.length === 0) return null;
  return histories.get(`${code} ${country}`, months.map(({ monthEnd, stamp }) => monthEnd + stamp).join(), () => loadHistory(tx, code, country, months.map((m) => m.monthEnd)));
}

/**
 * What everybody may see of the people of a country. Figures for all are those of months' ends: from one day to the next a
 * figure would tell of single persons. Until the first month is closed they are today's.
 */
export async function publishedPeople(tx: Tx, code: string, country: string, date: string | null, today: string): Promise<Published> {
  const history = await historyOf(tx, code, country);
  if (history) {
    const at = history.months.findLastIndex((month) => date === null || month <= date);
    if (at >= 0) return fromHistory(history, at);
    return { asOf: date!, figure: () => ({ cover: 'no-data', counts: noCounts, on: date!, carriedFrom: null }) };
  }
  if (date !== null && date < today) return { asOf: date, figure: () => ({ cover: 'no-data', counts: noCounts, on: date, carriedFrom: null }) };
  const { tree, lattice, pattern } = await loadLive(tx, code, country);
  return {
    asOf: today,
    figure(placeId, { sex, ageGroup }) {
      const place = tree.at.get(placeId);
      if (place === undefined) return { cover: 'no-data', counts: noCounts, on: today, carriedFrom: null };
      const { n, bands, cover } = figureOf(lattice, pattern, place, sex, ageGroup);
      return { cover, counts: bandCounts(n, bands), on: today, carriedFrom: null };
    },
  };
}

/** The ends of all closed months, and each as published. */
export async function publishedHistory(tx: Tx, code: string, country: string): Promise<readonly Published[]> {
  const history = await historyOf(tx, code, country);
  return history ? history.months.map((_, at) => fromHistory(history, at)) : [];
}

/** The last closed month not after `date`; undefined where there is none. */
export async function monthFor(tx: Tx, code: string, country: string, date: string): Promise<string | undefined> {
  return (await findMonths(tx, code, country)).findLast(({ monthEnd }) => monthEnd <= date)?.monthEnd;
}

/** Exact figures of places in the reader's own area, by place id; `month` null: now. */
export async function exactPeople(tx: Tx, code: string, places: readonly MapPlace[], month: string | null, today: string, { sex, ageGroup }: Filter): Promise<Map<string, PeopleFigure>> {
  const ids = places.filter((place) => place.inside).map((place) => place.placeId);
  if (ids.length === 0) return new Map();
  const rows = new Map((await findExact(tx, code, { ids, month, sex, ageGroup, fine: false })).map((row) => [row.placeId, row]));
  return new Map(ids.map((id) => {
    const bands = [0, 0, 0, 0];
    const row = rows.get(id);
    row?.slots.forEach((slot, i) => { bands[slot]! += row.counts[i]!; });
    const n = bands.reduce((sum, count) => sum + count, 0);
    return [id, { cover: n === 0 ? 'no-data' : 'shown', counts: bandCounts(n, bands), on: month ?? today, carriedFrom: null }];
  }));
}

/** Answers of people by indicator, with the same small-number rule: nobody's answer can be worked out from its neighbours. */
export interface AnswerFigures {
  /** Scored answers at a place, as far as they may be shown; `exact` for readers who work with these people, for others of a hundred, in fives. */
  shares(placeId: string, exact: boolean): AnswerShare[];
}

/** In steps of five per cent before anything is made of it: an order of exact shares would turn with a single answer. */
function coarse({ code, answered, worst }: AnswerShare): AnswerShare {
  return answered === 0 ? { code, answered, worst } : { code, answered: 100, worst: inFives(perCent(worst, answered)) };
}

const answersKept = new Kept<AnswerFigures & { tree: Tree }>(4, (value) => 3 * forAWhile(value));

export async function publishedAnswers(tx: Tx, instrument: Instrument, country: string): Promise<AnswerFigures> {
  return answersKept.get(`${instrument.code} ${country}`, String(instrument.version), async () => {
    const { tree, lattice: people } = await loadLive(tx, instrument.code, country);
    const rows = await findAnswers(tx, instrument.code, country);
    const byIndicator = new Map<string, { lattice: Lattice; pattern: Pattern }>();
    for (const { code } of instrument.indicators.filter((i) => !i.protected)) {
      const scored = rows.map((row) => {
        const wanted = row.indicators.flatMap((indicator, i) => (indicator === code ? [i] : []));
        return { placeId: row.placeId, slots: wanted.map((i) => row.scores[i]!), counts: wanted.map((i) => row.counts[i]!) };
      });
      const lattice = layOut(tree, answerShape, scored);
      for (let place = 0; place < tree.parent.length; place++) {
        const answered = sumOf(lattice, place, null, null).n;
        lattice.counts[place * 4] = Math.max(0, sumOf(people, place, null, null).n - answered);
      }
      byIndicator.set(code, { lattice, pattern: protect(lattice) });
    }
    return {
      tree,
      shares(placeId, exact) {
        const place = tree.at.get(placeId);
        if (place === undefined) return [];
        const shares: AnswerShare[] = [];
        for (const [code, { lattice, pattern }] of byIndicator) {
          const { n, bands } = sumOf(lattice, place, null, null);
          const share = { code, answered: n - bands[0]!, worst: bands[3]! };
          if (exact) shares.push(share);
          else if (figureOf(lattice, pattern, place, null, null).cover === 'shown') shares.push(coarse(share));
        }
        return shares;
      },
    };
  });
}
