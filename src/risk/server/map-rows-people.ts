// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MapRow } from '../domain/map-data.ts';
import { perCent } from '../domain/arithmetic.ts';
import { areaBand, inFives, reasonsOf, shareHigh, type AnswerShare } from '../domain/ranking.ts';
import { frameOf, mayRead, readsExact, type Question, type Rows } from './map-question.ts';
import { exactPeople, monthFor, publishedAnswers, publishedPeople, type AnswerFigures, type PeopleFigure } from './map-people.ts';
import type { MapPlace } from './queries-map.ts';

function valueOf({ measure, indicator }: Question, row: MapRow, shares: readonly AnswerShare[], exact: boolean): number | null {
  if (row.cover !== 'shown' || !row.counts) return measure === 'indicator' ? shareOf(shares, indicator, exact) : null;
  if (measure === 'band') return row.band === 0 ? null : row.band;
  if (measure === 'share-high') return shareHigh(row.counts);
  if (measure === 'number-high') return row.counts.high;
  return shareOf(shares, indicator, exact);
}

function shareOf(shares: readonly AnswerShare[], indicator: string | null, exact: boolean): number | null {
  const share = shares.find(({ code }) => code === indicator);
  if (!share || share.answered === 0) return null;
  const value = perCent(share.worst, share.answered);
  return exact ? value : inFives(value);
}

function rowOf(question: Question, place: MapPlace, figure: PeopleFigure, answers: AnswerFigures | null, exact: boolean): MapRow {
  const shares = answers?.shares(place.placeId, exact) ?? [];
  const row: MapRow = {
    ...frameOf(place, figure.cover), counts: figure.counts, band: figure.cover === 'shown' ? areaBand(figure.counts) : 0,
    reasons: figure.cover === 'shown' ? reasonsOf(question.instrument, shares, question.locale) : [],
    observedOn: figure.cover === 'no-data' ? null : figure.on, carriedFrom: figure.carriedFrom,
  };
  return { ...row, value: valueOf(question, row, shares, exact) };
}

/** Rows of an instrument that scores people: exact for those who work with these people, otherwise as published for everybody. */
export async function peopleRows(question: Question, places: readonly MapPlace[]): Promise<Rows> {
  const { tx, reader, instrument, date, today, sex, ageGroup } = question;
  const filter = { sex, ageGroup }, code = instrument.code, country = places[0]!.country;
  const wantsExact = readsExact(reader), readable = places.filter(mayRead);
  const month = date === null ? null : await monthFor(tx, code, country, date);
  const exact = wantsExact && month !== undefined ? await exactPeople(tx, code, readable, month, today, filter) : new Map<string, PeopleFigure>();
  const allExact = readable.length > 0 && readable.every((place) => exact.has(place.placeId));
  const published = allExact ? null : await publishedPeople(tx, code, country, date, today);
  // Answers are kept for today and for everybody only: under a filter or for a past day there are no reasons to give.
  const answers = date === null && sex === null && ageGroup === null ? await publishedAnswers(tx, instrument, country) : null;
  const rows = places.map((place) => {
    if (!mayRead(place)) return frameOf(place, 'outside');
    const own = exact.get(place.placeId);
    return rowOf(question, place, own ?? published!.figure(place.placeId, filter), answers, own !== undefined);
  });
  // The first place is the one asked about: the day is that of its figures, also where its neighbours are shown as last published.
  const asOf = exact.has(places[0]!.placeId) ? month ?? today : published!.asOf;
  return { rows, asOf, exact: allExact, sources: [] };
}
