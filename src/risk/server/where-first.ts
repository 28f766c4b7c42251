// SPDX-License-Identifier: AGPL-3.0-or-later
import { rankAreas, sixMonthsBefore, type WhereFirst, type WhereFirstQuery } from '../domain/where-first.ts';
import type { FigureDb, Reader } from './map-question.ts';
import { mapData } from './map.ts';
import { findCentres } from './queries-where-first.ts';

/** Areas of one level by where help is worth most, from the map's own figures of now and of six months ago. Problems as the map's. */
export async function whereFirst(db: FigureDb, reader: Reader, query: WhereFirstQuery): Promise<WhereFirst> {
  const now = await mapData(db, reader, { ...query, measure: 'band' }, 'all');
  const date = sixMonthsBefore(now.asOf.slice(0, 10));
  const before = await mapData(db, reader, { ...query, measure: 'band', instrument: now.instrument.code, level: now.level, date }, 'first');
  const known = before.rows.some(({ cover, index }) => cover === 'shown' || index !== null);
  const centres = await findCentres(
    db.tx,
    now.rows.map(({ placeId }) => placeId),
  );
  const { place, level, levelNames, instrument, asOf, threshold, exact } = now;
  return {
    place,
    level,
    levelNames,
    instrument: { code: instrument.code, scores: instrument.scores, title: instrument.title },
    asOf,
    comparedWith: known ? before.asOf : null,
    threshold,
    exact,
    ...rankAreas(now, known ? before : null, new Map(centres.map((centre) => [centre.placeId, centre]))),
  };
}
