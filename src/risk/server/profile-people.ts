// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageGroups } from '../../people/domain/age-group.ts';
import { perCent } from '../domain/arithmetic.ts';
import { wordsIn } from '../domain/drivers.ts';
import type { MapRow } from '../domain/map-data.ts';
import type { Driver, HistoryPoint, Profile, SexAgeCell } from '../domain/profile.ts';
import { areaBand, inFives, rankShares } from '../domain/ranking.ts';
import { exactAnswers, exactCells, exactHistory } from './map-exact.ts';
import type { PeopleFigure } from './map-people.ts';
import { readsExact, type Question } from './map-question.ts';
import type { MapPlace } from './queries-map.ts';

type Parts = Pick<Profile, 'drivers' | 'history' | 'missing' | 'sources' | 'sexAge'>;

const sexes = [null, 0, 1, 2] as const;
const groups = [null, ...ageGroups.map(({ group }) => group)];

async function sexAgeOf({ tx, instrument, today, people }: Question, place: MapPlace, exact: boolean): Promise<SexAgeCell[]> {
  const of = exact
    ? await exactCells(tx, instrument.code, place.placeId, null, today)
    : await people(place.country).cells(place.placeId, null);
  return sexes.flatMap((sex) =>
    groups.map((ageGroup) => {
      const { cover, counts } = of({ sex, ageGroup });
      return { sex, ageGroup, cover, counts };
    }),
  );
}

const pointOf = (date: string, { cover, counts, carriedFrom }: PeopleFigure): HistoryPoint => ({
  date,
  cover,
  counts,
  index: null,
  low: null,
  high: null,
  coverage: null,
  band: cover === 'shown' ? areaBand(counts) : 0,
  carriedFrom,
});

async function historyOf({ tx, instrument, people }: Question, place: MapPlace, exact: boolean): Promise<HistoryPoint[]> {
  const source = people(place.country),
    months = await source.months();
  const figures = exact ? await exactHistory(tx, instrument.code, place.placeId, months) : await source.history(place.placeId);
  return figures.map((figure, at) => pointOf(months[at]!, figure));
}

async function driversOf(
  { tx, instrument, locale, today, people }: Question,
  place: MapPlace,
  exact: boolean,
): Promise<Pick<Parts, 'drivers' | 'missing'>> {
  const published = exact ? null : await people(place.country).answers([place.placeId]),
    on = published?.on ?? today;
  const shares = published?.of(place.placeId) ?? (await exactAnswers(tx, instrument, [place.placeId], null)).get(place.placeId) ?? [];
  const drivers = rankShares(instrument, shares).map(({ code, answered, worst }): Driver => {
    const indicator = instrument.indicators.find((i) => i.code === code)!,
      share = perCent(worst, answered);
    return {
      code,
      theme: indicator.theme,
      title: wordsIn(indicator.title, locale),
      text: wordsIn(indicator.reasons[3], locale),
      score: null,
      value: (exact ? share : inFives(share)) / 100,
      unit: 'share',
      per: null,
      n: exact ? answered : null,
      origin: null,
      from: null,
      placesWith: null,
      placesAll: null,
      batchId: null,
      source: null,
      observedOn: on,
      validUntil: null,
    };
  });
  const nobody = shares.filter(({ answered }) => answered === 0).map(({ code }) => code);
  const indicators = instrument.indicators
    .filter(({ code }) => nobody.includes(code))
    .map(({ code, title }) => ({ code, title: wordsIn(title, locale), why: 'never' as const, since: null }));
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
    history: await historyOf(question, place, exact),
    sources: [],
    sexAge: await sexAgeOf(question, place, exact),
  };
}
