// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { AnswerShare } from '../domain/ranking.ts';
import { bandCounts, type Filter, type PeopleFigure } from './map-people.ts';
import type { MapPlace } from './queries-map.ts';
import { findExact, findExactAnswers, findExactMonths } from './queries-map-people.ts';

/** Exact figures for readers who work with these people. The database gives them for the reader's own area alone. */

function exactFigure(bands: readonly number[], on: string): PeopleFigure {
  const n = bands.reduce((sum, count) => sum + count, 0);
  return { cover: n === 0 ? 'no-data' : 'shown', counts: bandCounts(n, bands), on, carriedFrom: null };
}

/** Of places in the reader's own area, by place id; `month` null: now. */
export async function exactPeople(
  tx: Tx,
  code: string,
  places: readonly MapPlace[],
  month: string | null,
  today: string,
  { sex, ageGroup }: Filter,
): Promise<Map<string, PeopleFigure>> {
  const ids = places.filter((place) => place.inside).map((place) => place.placeId);
  if (ids.length === 0) return new Map();
  const rows = new Map((await findExact(tx, code, { ids, month, sex, ageGroup, fine: false })).map((row) => [row.placeId, row]));
  return new Map(
    ids.map((id) => {
      const bands = [0, 0, 0, 0],
        row = rows.get(id);
      row?.slots.forEach((slot, i) => {
        bands[slot]! += row.counts[i]!;
      });
      return [id, exactFigure(bands, month ?? today)];
    }),
  );
}

/** Every combination of sex and age group at one place, from one read; `month` null: now. */
export async function exactCells(
  tx: Tx,
  code: string,
  placeId: string,
  month: string | null,
  today: string,
): Promise<(filter: Filter) => PeopleFigure> {
  const [row] = await findExact(tx, code, { ids: [placeId], month, sex: null, ageGroup: null, fine: true });
  return ({ sex, ageGroup }) => {
    const bands = [0, 0, 0, 0];
    row?.slots.forEach((slot, i) => {
      const age = Math.floor(slot / 4) % 7,
        its = Math.floor(slot / 28);
      if ((sex === null || sex === its) && (ageGroup === null || ageGroup === age)) bands[slot % 4]! += row.counts[i]!;
    });
    return exactFigure(bands, month ?? today);
  };
}

/** One place at the ends of `months`. */
export async function exactHistory(tx: Tx, code: string, placeId: string, months: readonly string[]): Promise<PeopleFigure[]> {
  const rows = new Map(
    (await findExactMonths(tx, code, placeId)).map(({ monthEnd, counts }) => [monthEnd, counts.map((count) => count ?? 0)]),
  );
  return months.map((month) => exactFigure(rows.get(month) ?? [0, 0, 0, 0], month));
}

/** Scored answers to every indicator that may be counted, or to one, by place id; also those that nobody gave. */
export async function exactAnswers(
  tx: Tx,
  instrument: Instrument,
  ids: readonly string[],
  indicator: string | null,
): Promise<Map<string, AnswerShare[]>> {
  if (ids.length === 0) return new Map();
  const codes = instrument.indicators
    .filter((each) => !each.protected && (indicator === null || each.code === indicator))
    .map(({ code }) => code);
  const rows = new Map((await findExactAnswers(tx, instrument.code, ids, indicator)).map((row) => [row.placeId, row]));
  return new Map(
    ids.map((id) => {
      const row = rows.get(id);
      return [
        id,
        codes.map((code): AnswerShare => {
          const at = row?.indicators.indexOf(code) ?? -1;
          return { code, answered: row?.answered[at] ?? 0, worst: row?.worst[at] ?? 0 };
        }),
      ];
    }),
  );
}
