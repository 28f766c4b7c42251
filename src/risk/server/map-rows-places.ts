// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MapRow } from '../domain/map-data.ts';
import { frameOf, mayRead, momentOf, type Question, type Rows } from './map-question.ts';
import { measuredFor, standingRow, statisticsOf, wordedIn, type Around, type Statistics } from './map-places.ts';
import { findAreas, findStandings, findStandingsAt, type MapPlace, type PlaceStanding } from './queries-map.ts';

/** Per cent with one decimal for shares, rates as they are with one decimal; rounded half up. */
function measuredValue(question: Question, value: number): number {
  const measure = question.instrument.indicators.find((i) => i.code === question.indicator)?.measure;
  return Math.floor((measure?.kind === 'share' ? value * 100 : value) * 10 + 0.5) / 10;
}

function valueOf(question: Question, place: MapPlace, row: MapRow, standing: PlaceStanding | undefined, statistics: Statistics, around: Around): number | null {
  if (question.measure === 'index') return row.index;
  if (question.measure === 'band') return row.band === 0 ? null : row.band;
  const position = question.instrument.indicators.findIndex((i) => i.code === question.indicator);
  const measured = standing && measuredFor(place, standing, position, question.indicator!, statistics, around);
  return measured ? measuredValue(question, measured.value) : null;
}

/** Which area of a level a place lies in. */
export async function aroundOf(question: Question, places: readonly MapPlace[]): Promise<Around> {
  const lowest = Math.max(...places.map((place) => place.level));
  const byPath = new Map((await findAreas(question.tx, places[0]!.country, lowest)).map(({ path, placeId }) => [path, placeId]));
  // Neighbours share the areas around them, so the text of a path is taken apart once an area and level.
  const known = new Map<string, string | undefined>();
  return (place, level) => {
    const key = `${place.parentId ?? ''}${level}`;
    if (!known.has(key)) known.set(key, byPath.get(place.path.split('.').slice(0, level + 1).join('.')));
    return known.get(key);
  };
}

/** Rows of an instrument that scores places: they speak of areas, not of people, and are as exact as the statistics they come from. */
export async function placeRows(question: Question, places: readonly MapPlace[]): Promise<Rows> {
  const { tx, instrument, date, today, locale, zone } = question;
  const at = momentOf(question), country = places[0]!.country, worded = wordedIn(instrument, locale);
  const ids = places.filter(mayRead).map((place) => place.placeId);
  const found = date === null ? await findStandings(tx, instrument.code, ids, at, zone) : await findStandingsAt(tx, instrument.code, ids, at, zone);
  const standings = new Map(found.map((standing) => [standing.placeId, standing]));
  const statistics = await statisticsOf(tx, instrument.code, country, date ?? today), around = await aroundOf(question, places);
  const rows = places.map((place) => {
    if (!mayRead(place)) return frameOf(place, 'outside');
    const standing = standings.get(place.placeId);
    const row: MapRow = { ...frameOf(place, 'no-data'), ...standingRow(worded, place, standing, statistics, around) };
    return { ...row, value: valueOf(question, place, row, standing, statistics, around) };
  });
  return { rows, asOf: date ?? today, exact: true, sources: [...new Set(statistics.sources.map(({ text, fileName }) => text ?? fileName))] };
}
