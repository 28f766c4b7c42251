// SPDX-License-Identifier: AGPL-3.0-or-later
import { threshold } from '../../platform/domain/disclosure.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { wordsIn } from '../domain/drivers.ts';
import type { MapData, MapQuery } from '../domain/map-data.ts';
import { classesOf } from '../domain/ranking.ts';
import { ask, mayRead, type FigureDb, type Question, type Reader, type Rows, type Told } from './map-question.ts';
import { peopleRows } from './map-rows-people.ts';
import { placeRows } from './map-rows-places.ts';
import { findLevelNames, findParts, findPlace, type MapPlace } from './queries-map.ts';

export function rowsFor(question: Question, places: readonly MapPlace[]): Promise<Rows> {
  return question.instrument.scores === 'person' ? peopleRows(question, places) : placeRows(question, places);
}

/**
 * The map of an area: its parts at one level, and the whole. Every part appears, whatever is known of it. `told`: whether the parts tell
 * their reasons, or the whole alone. Throws Problem not-found, bad-input, not-allowed.
 */
export async function mapData(db: FigureDb, reader: Reader, query: MapQuery, told: Told): Promise<MapData> {
  const { tx } = db;
  const place = await findPlace(tx, query.place);
  if (!place) throw new Problem('not-found', 'There is no such place.');
  if (!mayRead(place)) throw new Problem('outside-your-area');
  const question = await ask(db, reader, query, told);
  const level = query.level ?? place.level + 1;
  if (level < place.level) throw new Problem('bad-input', 'level: must lie below the place.');
  const parts = level === place.level ? [place] : await findParts(tx, place, level);
  const {
    rows: [total, ...rows],
    asOf,
    exact,
    sources,
  } = await rowsFor(question, [place, ...parts]);
  const levelNames = (await findLevelNames(tx, place.country)).get(level) ?? {};
  const { instrument, measure, indicator, locale } = question;
  return {
    place: { placeId: place.placeId, code: place.code, name: place.name, names: place.names, level: place.level },
    level,
    levelNames,
    instrument: {
      code: instrument.code,
      version: instrument.version,
      scores: instrument.scores,
      title: wordsIn(instrument.title, locale),
      description: wordsIn(instrument.description, locale),
    },
    measure,
    indicator,
    asOf,
    total: total!,
    rows,
    classes: classesOf(
      measure,
      rows.map((row) => row.value),
    ),
    threshold,
    exact,
    sources: [...sources],
  };
}
