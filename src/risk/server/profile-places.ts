// SPDX-License-Identifier: AGPL-3.0-or-later
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { wordsIn } from '../domain/drivers.ts';
import type { Driver, Missing, Profile, Source } from '../domain/profile.ts';
import { measuredFor, originAt, statisticsOf, type Around, type Statistics } from './map-places.ts';
import { momentOf, type Question } from './map-question.ts';
import { placeHistory } from './profile-past.ts';
import { findEverAnswered } from './queries-profile.ts';
import { findStandings, findStatisticsSources, type MapPlace, type PlaceStanding, type StatisticsSource } from './queries-map.ts';

type Parts = Pick<Profile, 'drivers' | 'history' | 'missing' | 'sources'>;

interface Measurements {
  readonly statistics: Statistics;
  readonly around: Around;
  readonly sources: readonly StatisticsSource[];
}

function driverOf(
  question: Question,
  place: MapPlace,
  standing: PlaceStanding,
  position: number,
  { statistics, around, sources }: Measurements,
  lineage: readonly MapPlace[],
): Driver {
  const indicator = question.instrument.indicators[position]!,
    { locale } = question;
  const from = originAt(standing, position),
    answer = standing.answers?.[position] ?? 0;
  const measured = measuredFor(place, standing, position, indicator.code, statistics, around);
  const source = measured && sources.find(({ batchId }) => batchId === measured.batchId);
  const holder = from?.level === null || !from ? null : (lineage.find(({ level }) => level === from.level) ?? null);
  return {
    code: indicator.code,
    theme: indicator.theme,
    title: wordsIn(indicator.title, locale),
    score: answer,
    text: wordsIn(answer === 1 ? indicator.answers[0] : indicator.reasons[answer === 3 ? 3 : 2], locale),
    value: measured?.value ?? null,
    unit: measured ? (indicator.measure?.kind ?? null) : null,
    per: indicator.measure?.kind === 'rate' ? indicator.measure.per : null,
    n: null,
    origin: from?.origin ?? null,
    from: holder && {
      placeId: holder.placeId,
      country: holder.country,
      code: holder.code,
      level: holder.level,
      name: holder.name,
      names: holder.names,
    },
    placesWith: measured?.placesWith ?? null,
    placesAll: measured?.placesAll ?? null,
    batchId: measured?.batchId ?? null,
    source: source ? (source.text ?? source.fileName) : null,
    observedOn: measured?.observedOn ?? standing.observedOn,
    validUntil: standing.validUntil,
  };
}

async function missingOf(
  { tx, instrument, locale, reader, zone }: Question,
  place: MapPlace,
  standing: PlaceStanding | undefined,
): Promise<Missing[]> {
  const ever = new Map((await findEverAnswered(tx, instrument.code, place.placeId)).map((row) => [row.code, row.endedOn]));
  return instrument.indicators.flatMap(({ code, title }, position): Missing[] => {
    const answer = standing?.answers?.[position] ?? 0;
    if ((answer >= 1 && answer <= 3) || answer === 6) return [];
    const ended = ever.get(code),
      expired = answer === 0 && ended !== undefined && ended <= reader.now;
    return [
      {
        code,
        title: wordsIn(title, locale),
        why: answer === 0 ? (expired ? 'expired' : 'never') : 'unknown',
        since: expired ? dateAt(ended.getTime(), zone) : null,
      },
    ];
  });
}

function sourcesOf(drivers: readonly Driver[], sources: readonly StatisticsSource[], zone: string): Source[] {
  return sources.flatMap((source) => {
    const from = drivers.filter(({ batchId }) => batchId === source.batchId);
    if (from.length === 0) return [];
    return [
      {
        batchId: source.batchId,
        fileName: source.fileName,
        text: source.text,
        importedOn: dateAt(source.importedOn.getTime(), zone),
        observedOn:
          from
            .map(({ observedOn }) => observedOn)
            .filter((on) => on !== null)
            .toSorted()
            .at(-1) ?? null,
        indicators: from.map(({ code }) => code),
      },
    ];
  });
}

/** What a profile says of an area under an instrument that scores places. `lineage`: from the country down to the place. */
export async function placeProfile(question: Question, place: MapPlace, lineage: readonly MapPlace[]): Promise<Parts> {
  const { tx, instrument, today, zone } = question;
  const statistics = await statisticsOf(
    tx,
    instrument.code,
    lineage.map(({ placeId }) => placeId),
    today,
    null,
  );
  const around: Around = (_place, level) => lineage.find((each) => each.level === level)?.placeId;
  const sources = await findStatisticsSources(tx, instrument.code, place.country);
  const [standing] = await findStandings(tx, instrument.code, [place.placeId], momentOf(question), zone, null);
  const answers = standing?.answers ?? new Uint8Array();
  const answered = instrument.indicators.map((_, position) => position).filter((position) => [1, 2, 3].includes(answers[position] ?? 0));
  const drivers = answered
    .toSorted((a, b) => answers[b]! - answers[a]! || instrument.indicators[b]!.weight - instrument.indicators[a]!.weight || a - b)
    .map((position) => driverOf(question, place, standing!, position, { statistics, around, sources }, lineage));
  return {
    drivers,
    history: await placeHistory(question, place),
    sources: sourcesOf(drivers, sources, zone),
    missing: { indicators: await missingOf(question, place, standing), peopleUnknown: null },
  };
}
