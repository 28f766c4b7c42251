// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { cellOf, cellsOf, figureGiven, type Given } from '../../platform/domain/disclosure-series.ts';
import { figureOf } from '../../platform/domain/disclosure.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { BandCounts, Cover } from '../domain/map-data.ts';
import type { AnswerShare } from '../domain/ranking.ts';
import { Kept, peopleShape } from './map-lattice.ts';
import { protectAnswers, protectToday, publishMonths, type LivePeople } from './map-publish.ts';
import { findMonths, findPublished, findPublishedAnswers, findPublishedPlace, type PublishedPlace } from './queries-map-people.ts';

/** People of one place under one filter, ready to be shown. */
export interface PeopleFigure {
  readonly cover: Cover;
  readonly counts: BandCounts;
  /** The day these figures speak of. */
  readonly on: string;
  readonly carriedFrom: string | null;
}

export interface Filter {
  readonly sex: number | null;
  readonly ageGroup: number | null;
}
export interface Figures {
  readonly asOf: string;
  of(placeId: string): PeopleFigure;
}

/** What everybody may see of the people of a country under one instrument: the same for every reader, whatever she asks. */
export interface PublishedPeople {
  /** Ends of the closed months, oldest first. */
  months(): Promise<readonly string[]>;
  /** Figures of the last month closed by `date`; null: the last one, or today's while none is closed. */
  figures(ids: readonly string[], filter: Filter, date: string | null): Promise<Figures>;
  /** One place under every filter, of the last month closed by `date`; null: as last published. */
  cells(placeId: string, date: string | null): Promise<(filter: Filter) => PeopleFigure>;
  history(placeId: string): Promise<readonly PeopleFigure[]>;
  /** Scored answers as far as they may be shown, of a hundred, in fives; and the day they speak of. */
  answers(ids: readonly string[]): Promise<{ readonly on: string; of(placeId: string): readonly AnswerShare[] }>;
}

export interface PeopleQuestion {
  readonly tx: Tx;
  readonly counting: Kysely<unknown>;
  readonly instrument: Instrument;
  readonly country: string;
  readonly today: string;
}

const noCounts: BandCounts = { n: 0, unknown: 0, low: 0, medium: 0, high: 0 };
const nobody = (on: string): PeopleFigure => ({ cover: 'no-data', counts: noCounts, on, carriedFrom: null });
export const bandCounts = (n: number | null, bands: readonly (number | null)[]): BandCounts => ({
  n,
  unknown: bands[0] ?? null,
  low: bands[1] ?? null,
  medium: bands[2] ?? null,
  high: bands[3] ?? null,
});

/** Trees of this many places are read and protected anew for each reader; larger ones are kept for a moment. */
const smallTree = 3000,
  moment = 10_000;
const live = new Kept<LivePeople>(4, ({ tree }) => (tree.parent.length > smallTree ? moment : 0));
const liveAnswers = new Kept<ReadonlyMap<string, readonly AnswerShare[]>>(4, (shares) => (shares.size > smallTree ? 3 * moment : 0));

/** A cell of the month at position `at`, as it is shown. */
function figureAt(months: readonly string[], at: number, whole: Given | null, alone: Given | null): PeopleFigure {
  const { n, bands, cover, carriedFrom } = figureGiven(peopleShape.bands, whole, alone);
  const earlier = carriedFrom === null ? null : (months[at - carriedFrom] ?? null);
  return { cover, counts: bandCounts(n, bands), on: earlier ?? months[at]!, carriedFrom: earlier };
}

const width = peopleShape.bands + 1;

function figureOfRow(months: readonly string[], { monthEnd, ago, lines }: PublishedPlace, { sex, ageGroup }: Filter): PeopleFigure {
  const given = (cell: number): Given | null =>
    ago[cell] === null || ago[cell] === undefined ? null : { ago: ago[cell], line: lines.slice(cell * width, (cell + 1) * width) };
  return figureAt(
    months,
    months.indexOf(monthEnd),
    given(cellOf(peopleShape, sex, ageGroup)),
    sex === null && ageGroup === null ? given(cellsOf(peopleShape) - 1) : null,
  );
}

/** Closed months, read from what was published when they were closed. */
function fromMonths({ tx, instrument: { code, indicators } }: PeopleQuestion, months: readonly string[]): Omit<PublishedPeople, 'months'> {
  const rows = new Map<string, Promise<readonly PublishedPlace[]>>();
  const rowsOf = (placeId: string): Promise<readonly PublishedPlace[]> => {
    const found = rows.get(placeId) ?? findPublishedPlace(tx, code, placeId);
    rows.set(placeId, found);
    return found;
  };
  return {
    async figures(ids, { sex, ageGroup }, date) {
      const at = months.findLastIndex((month) => date === null || month <= date);
      if (at < 0) return { asOf: date!, of: () => nobody(date!) };
      const filtered = sex !== null || ageGroup !== null;
      const found = new Map(
        (await findPublished(tx, code, months[at]!, ids, cellOf(peopleShape, sex, ageGroup))).map(({ placeId, ago, line, aloneAgo, n }) => [
          placeId,
          figureAt(
            months,
            at,
            ago === null ? null : { ago, line },
            filtered || aloneAgo === null ? null : { ago: aloneAgo, line: [0, 0, 0, 0, n] },
          ),
        ]),
      );
      return { asOf: months[at]!, of: (placeId) => found.get(placeId) ?? nobody(months[at]!) };
    },
    async cells(placeId, date) {
      const last = months.findLast((month) => date === null || month <= date);
      if (last === undefined) return () => nobody(date!);
      const row = (await rowsOf(placeId)).find(({ monthEnd }) => monthEnd === last);
      return (filter) => (row ? figureOfRow(months, row, filter) : nobody(last));
    },
    async history(placeId) {
      const byMonth = new Map((await rowsOf(placeId)).map((row) => [row.monthEnd, row]));
      return months.map((month) => {
        const row = byMonth.get(month);
        return row ? figureOfRow(months, row, { sex: null, ageGroup: null }) : nobody(month);
      });
    },
    async answers(ids) {
      const open = new Set(indicators.filter((indicator) => !indicator.protected).map((indicator) => indicator.code));
      const found = await findPublishedAnswers(tx, code, ids);
      const shares = new Map(
        found.map(({ placeId, indicators: codes, fives }) => [
          placeId,
          codes.flatMap((each, i): AnswerShare[] =>
            open.has(each) ? [{ code: each, answered: fives[i] === null ? 0 : 100, worst: fives[i] ?? 0 }] : [],
          ),
        ]),
      );
      return { on: found[0]?.answeredOn ?? months.at(-1)!, of: (placeId) => shares.get(placeId) ?? [] };
    },
  };
}

/** No month is closed yet: today's figures, counted and protected for this question. */
function fromToday({ counting, instrument, country, today }: PeopleQuestion): Omit<PublishedPeople, 'months'> {
  const key = `${instrument.code} ${country}`;
  let found: Promise<LivePeople> | null = null;
  const people = () => (found ??= live.get(key, '', () => protectToday(counting, instrument.code, country)));
  const figures = async () => {
    const { tree, lattice, pattern } = await people();
    return (placeId: string, { sex, ageGroup }: Filter): PeopleFigure => {
      const place = tree.at.get(placeId);
      if (place === undefined) return nobody(today);
      const { n, bands, cover } = figureOf(lattice, pattern, place, sex, ageGroup);
      return { cover, counts: bandCounts(n, bands), on: today, carriedFrom: null };
    };
  };
  return {
    async figures(_ids, filter, date) {
      if (date !== null && date < today) return { asOf: date, of: () => nobody(date) };
      const figure = await figures();
      return { asOf: today, of: (placeId) => figure(placeId, filter) };
    },
    async cells(placeId, date) {
      if (date !== null && date < today) return () => nobody(date);
      const figure = await figures();
      return (filter) => figure(placeId, filter);
    },
    history: async () => [],
    async answers() {
      const shares = await liveAnswers.get(key, String(instrument.version), async () =>
        protectAnswers(counting, instrument, country, await people()),
      );
      return { on: today, of: (placeId) => shares.get(placeId) ?? [] };
    },
  };
}

/**
 * Figures for all are those of months' ends: from one day to the next a figure would tell of single persons. Until the first month is
 * closed they are today's. A month that was closed and not published yet is published here, by `counting`.
 */
export function publishedPeople(question: PeopleQuestion): PublishedPeople {
  const { tx, counting, instrument, country } = question;
  const load = async () => {
    let months = await findMonths(tx, instrument.code, country);
    if (months.some(({ published }) => !published)) {
      await counting.transaction().execute(publishMonths);
      months = await findMonths(tx, instrument.code, country);
    }
    const ends = months.map(({ monthEnd }) => monthEnd);
    return { ends, from: ends.length > 0 ? fromMonths(question, ends) : fromToday(question) };
  };
  let loaded: ReturnType<typeof load> | null = null;
  const once = () => (loaded ??= load());
  return {
    months: async () => (await once()).ends,
    figures: async (...asked) => (await once()).from.figures(...asked),
    cells: async (...asked) => (await once()).from.cells(...asked),
    history: async (...asked) => (await once()).from.history(...asked),
    answers: async (...asked) => (await once()).from.answers(...asked),
  };
}
