// SPDX-License-Identifier: AGPL-3.0-or-later
import { perCent } from '../domain/arithmetic.ts';
import type { MapRow } from '../domain/map-data.ts';
import { areaBand, inFives, reasonsOf, shareHigh, type AnswerShare } from '../domain/ranking.ts';
import { exactAnswers, exactPeople } from './map-exact.ts';
import type { PeopleFigure } from './map-people.ts';
import { frameOf, mayRead, readsExact, withReasons, type Question, type Rows } from './map-question.ts';
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

type Shares = (placeId: string) => readonly AnswerShare[];
const none: Shares = () => [];

/** Answers of the places whose row needs them: for its reasons, or for its colour. */
async function answersFor(question: Question, places: readonly MapPlace[], exact: ReadonlyMap<string, PeopleFigure>): Promise<Shares> {
  const { tx, instrument, measure, indicator, date, sex, ageGroup } = question;
  // Answers are kept for the present and for everybody only: under a filter or for a past day there are no reasons to give.
  if (date !== null || sex !== null || ageGroup !== null) return none;
  const coloured = measure === 'indicator' ? places : withReasons(question, places);
  const own = coloured.filter(({ placeId }) => exact.has(placeId)).map(({ placeId }) => placeId);
  const others = coloured.filter(({ placeId }) => !exact.has(placeId)).map(({ placeId }) => placeId);
  const reasonsFor = new Set(withReasons(question, places).map(({ placeId }) => placeId));
  const wide = new Map([
    ...(await exactAnswers(
      tx,
      instrument,
      own.filter((id) => reasonsFor.has(id)),
      null,
    )),
    ...(await exactAnswers(
      tx,
      instrument,
      own.filter((id) => !reasonsFor.has(id)),
      indicator,
    )),
  ]);
  const published = others.length > 0 ? await question.people(places[0]!.country).answers(others) : null;
  return (placeId) => wide.get(placeId) ?? published?.of(placeId) ?? [];
}

function rowOf(
  question: Question,
  place: MapPlace,
  figure: PeopleFigure,
  shares: readonly AnswerShare[],
  exact: boolean,
  told: boolean,
): MapRow {
  const row: MapRow = {
    ...frameOf(place, figure.cover),
    counts: figure.counts,
    band: figure.cover === 'shown' ? areaBand(figure.counts) : 0,
    observedOn: figure.cover === 'no-data' ? null : figure.on,
    carriedFrom: figure.carriedFrom,
    ...(told ? { reasons: figure.cover === 'shown' ? reasonsOf(question.instrument, shares, question.locale) : [] } : {}),
  };
  return { ...row, value: valueOf(question, row, shares, exact) };
}

/** Rows of an instrument that scores people: exact for those who work with these people, otherwise as published for everybody. */
export async function peopleRows(question: Question, places: readonly MapPlace[]): Promise<Rows> {
  const { tx, reader, instrument, date, today, sex, ageGroup } = question;
  const filter = { sex, ageGroup },
    people = question.people(places[0]!.country);
  const readable = places.filter(mayRead);
  const month = date === null ? null : (await people.months()).findLast((end) => end <= date);
  const exact =
    readsExact(reader) && month !== undefined
      ? await exactPeople(tx, instrument.code, readable, month, today, filter)
      : new Map<string, PeopleFigure>();
  const others = readable.filter(({ placeId }) => !exact.has(placeId)),
    allExact = readable.length > 0 && others.length === 0;
  const published = allExact
    ? null
    : await people.figures(
        others.map(({ placeId }) => placeId),
        filter,
        date,
      );
  const shares = await answersFor(question, readable, exact),
    told = new Set(withReasons(question, places));
  const rows = places.map((place) => {
    if (!mayRead(place)) return { ...frameOf(place, 'outside'), ...(told.has(place) ? { reasons: [] } : {}) };
    const own = exact.get(place.placeId);
    return rowOf(question, place, own ?? published!.of(place.placeId), shares(place.placeId), own !== undefined, told.has(place));
  });
  // The first place is the one asked about: the day is that of its figures, also where its neighbours are shown as last published.
  const asOf = exact.has(places[0]!.placeId) ? (month ?? today) : published!.asOf;
  return { rows, asOf, exact: allExact, sources: [] };
}
