// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MapRow } from '../domain/map-data.ts';
import { frameOf, mayRead, momentOf, withReasons, type Question, type Rows } from './map-question.ts';
import { holderOf, measuredFor, reasonsOf, standingRow, statisticsOf, wordedIn, type Around, type Statistics } from './map-places.ts';
import { findAreas, findStandings, findStandingsAt, findStatisticsSources, type MapPlace, type PlaceStanding } from './queries-map.ts';

/** Per cent with one decimal for shares, rates as they are with one decimal; rounded half up. */
function measuredValue(question: Question, value: number): number {
  const measure = question.instrument.indicators.find((i) => i.code === question.indicator)?.measure;
  return Math.floor((measure?.kind === 'share' ? value * 100 : value) * 10 + 0.5) / 10;
}

function valueOf(
  question: Question,
  place: MapPlace,
  row: MapRow,
  standing: PlaceStanding | undefined,
  statistics: Statistics,
  around: Around,
): number | null {
  if (question.measure === 'index') return row.index;
  if (question.measure === 'band') return row.band === 0 ? null : row.band;
  const position = question.instrument.indicators.findIndex((i) => i.code === question.indicator);
  const measured = standing && measuredFor(place, standing, position, question.indicator!, statistics, around);
  return measured ? measuredValue(question, measured.value) : null;
}

/** Which area of a level a place lies in. */
export async function aroundOf(question: Question, places: readonly MapPlace[]): Promise<Around> {
  const lowest = places.reduce((level, place) => Math.max(level, place.level), 0);
  if (lowest === 0) return () => undefined;
  const byPath = new Map((await findAreas(question.tx, places[0]!.country, lowest)).map(({ path, placeId }) => [path, placeId]));
  // Neighbours share the areas around them, so the text of a path is taken apart once an area and level.
  const known = new Map<string, string | undefined>();
  return (place, level) => {
    const key = `${place.parentId ?? ''}${level}`;
    if (!known.has(key))
      known.set(
        key,
        byPath.get(
          place.path
            .split('.')
            .slice(0, level + 1)
            .join('.'),
        ),
      );
    return known.get(key);
  };
}

/** What was measured for the places whose answers are told: everything for reasons, one indicator for colours. */
async function measuredAt(
  question: Question,
  detailed: readonly MapPlace[],
  told: ReadonlySet<MapPlace>,
  standings: ReadonlyMap<string, PlaceStanding>,
  around: Around,
): Promise<Statistics> {
  const { tx, instrument, date, today, indicator } = question;
  const measured = (places: readonly MapPlace[], wanted: string | null) =>
    statisticsOf(
      tx,
      instrument.code,
      [
        ...new Set(
          places.flatMap((place) => {
            const standing = standings.get(place.placeId);
            return standing ? instrument.indicators.flatMap((_, position) => holderOf(place, standing, position, around) ?? []) : [];
          }),
        ),
      ],
      date ?? today,
      wanted,
    );
  const whole = await measured(
    detailed.filter((place) => told.has(place)),
    null,
  );
  return indicator === null || question.told === 'all' ? whole : new Map([...(await measured(detailed, indicator)), ...whole]);
}

/** Rows of an instrument that scores places: they speak of areas, not of people, and are as exact as the statistics they come from. */
export async function placeRows(question: Question, places: readonly MapPlace[]): Promise<Rows> {
  const { tx, instrument, measure, date, today, locale, zone } = question;
  const at = momentOf(question),
    country = places[0]!.country,
    worded = wordedIn(instrument, locale);
  const readable = places.filter(mayRead),
    told = new Set(withReasons(question, places));
  const detailed = measure === 'indicator' ? readable : readable.filter((place) => told.has(place));
  const ids = readable.map((place) => place.placeId),
    answered = detailed.length === readable.length ? null : detailed.map((place) => place.placeId);
  const found =
    date === null
      ? await findStandings(tx, instrument.code, ids, at, zone, answered)
      : await findStandingsAt(tx, instrument.code, ids, at, zone, answered);
  const standings = new Map(found.map((standing) => [standing.placeId, standing]));
  const around = await aroundOf(question, detailed),
    statistics = await measuredAt(question, detailed, told, standings, around);
  const sources = await findStatisticsSources(tx, instrument.code, country);
  const rows = places.map((place) => {
    if (!mayRead(place)) return { ...frameOf(place, 'outside'), ...(told.has(place) ? { reasons: [] } : {}) };
    const standing = standings.get(place.placeId);
    // Written into one object, since there may be ten thousand of them.
    const row: MapRow = Object.assign(frameOf(place, 'no-data'), standingRow(standing));
    if (told.has(place)) row.reasons = standing && standing.known > 0 ? reasonsOf(worded, place, standing, statistics, around) : [];
    row.value = valueOf(question, place, row, standing, statistics, around);
    return row;
  });
  return { rows, asOf: date ?? today, exact: true, sources: [...new Set(sources.map(({ text, fileName }) => text ?? fileName))] };
}
