// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageGroups } from '../../people/domain/age-group.ts';
import { perCent } from '../domain/arithmetic.ts';
import { wordsIn } from '../domain/drivers.ts';
import type { MapRow } from '../domain/map-data.ts';
import type { Driver, HistoryPoint, Profile, SexAgeCell } from '../domain/profile.ts';
import { areaBand, inFives, rankShares } from '../domain/ranking.ts';
import { bandCounts, exactPeople, publishedAnswers, publishedHistory, publishedPeople, type Filter, type PeopleFigure } from './map-people.ts';
import { readsExact, type Question } from './map-question.ts';
import { findExact, findMonths, type MapPlace } from './queries-map.ts';

type Parts = Pick<Profile, 'drivers' | 'history' | 'missing' | 'sources' | 'sexAge'>;

const sexes = [null, 0, 1, 2] as const;
const groups = [null, ...ageGroups.map(({ group }) => group)];

/** Exact counts of every combination of sex and age group, from one read. */
async function exactCells({ tx, instrument, today }: Question, place: MapPlace): Promise<(filter: Filter) => PeopleFigure> {
  const [row] = await findExact(tx, instrument.code, { ids: [place.placeId], month: null, sex: null, ageGroup: null, fine: true });
  return ({ sex, ageGroup }) => {
    const bands = [0, 0, 0, 0];
    row?.slots.forEach((slot, i) => {
      const age = Math.floor(slot / 4) % 7, its = Math.floor(slot / 28);
      if ((sex === null || sex === its) && (ageGroup === null || ageGroup === age)) bands[slot % 4]! += row.counts[i]!;
    });
    const n = bands.reduce((sum, count) => sum + count, 0);
    return { cover: n === 0 ? 'no-data' : 'shown', counts: bandCounts(n, bands), on: today, carriedFrom: null };
  };
}

async function sexAgeOf(question: Question, place: MapPlace, exact: boolean): Promise<SexAgeCell[]> {
  const { tx, instrument, today } = question;
  const published = exact ? null : await publishedPeople(tx, instrument.code, place.country, null, today);
  const of = exact ? await exactCells(question, place) : (filter: Filter) => published!.figure(place.placeId, filter);
  return sexes.flatMap((sex) => groups.map((ageGroup) => {
    const { cover, counts } = of({ sex, ageGroup });
    return { sex, ageGroup, cover, counts };
  }));
}

const pointOf = (date: string, { cover, counts, carriedFrom }: PeopleFigure): HistoryPoint =>
  ({ date, cover, counts, index: null, low: null, high: null, coverage: null, band: cover === 'shown' ? areaBand(counts) : 0, carriedFrom });

async function historyOf({ tx, instrument, today }: Question, place: MapPlace, exact: boolean): Promise<HistoryPoint[]> {
  const filter = { sex: null, ageGroup: null };
  if (!exact) return (await publishedHistory(tx, instrument.code, place.country)).map((month) => pointOf(month.asOf, month.figure(place.placeId, filter)));
  const points: HistoryPoint[] = [];
  for (const { monthEnd } of await findMonths(tx, instrument.code, place.country)) {
    const figure = (await exactPeople(tx, instrument.code, [place], monthEnd, today, filter)).get(place.placeId);
    if (figure) points.push(pointOf(monthEnd, figure));
  }
  return points;
}

async function driversOf({ tx, instrument, locale, today }: Question, place: MapPlace, exact: boolean): Promise<Pick<Parts, 'drivers' | 'missing'>> {
  const shares = (await publishedAnswers(tx, instrument, place.country)).shares(place.placeId, exact);
  const drivers = rankShares(instrument, shares).map(({ code, answered, worst }): Driver => {
    const indicator = instrument.indicators.find((i) => i.code === code)!, share = perCent(worst, answered);
    return {
      code, theme: indicator.theme, title: wordsIn(indicator.title, locale), text: wordsIn(indicator.reasons[3], locale), score: null,
      value: (exact ? share : inFives(share)) / 100, unit: 'share', per: null, n: exact ? answered : null, origin: null, from: null,
      placesWith: null, placesAll: null, batchId: null, source: null, observedOn: today, validUntil: null,
    };
  });
  const nobody = shares.filter(({ answered }) => answered === 0).map(({ code }) => code);
  const indicators = instrument.indicators.filter(({ code }) => nobody.includes(code)).map(({ code, title }) => ({ code, title: wordsIn(title, locale), why: 'never' as const, since: null }));
  return { drivers, missing: { indicators, peopleUnknown: null } };
}

function unknownShare({ cover, counts }: MapRow): number | null {
  if (cover !== 'shown' || !counts || counts.n === null || counts.unknown === null || counts.n === 0) return null;
  return perCent(counts.unknown, counts.n);
}

/** What a profile says of the people of an area: exact where the reader works with them. */
export async function peopleProfile(question: Question, place: MapPlace, own: MapRow): Promise<Parts> {
  const exact = readsExact(question.reader) && place.inside;
  const { drivers, missing } = await driversOf(question, place, exact);
  return {
    drivers: own.cover === 'shown' ? drivers : [],
    missing: { indicators: own.cover === 'shown' ? missing.indicators : [], peopleUnknown: unknownShare(own) },
    history: await historyOf(question, place, exact), sources: [], sexAge: await sexAgeOf(question, place, exact),
  };
}
