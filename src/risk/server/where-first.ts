// SPDX-License-Identifier: AGPL-3.0-or-later
import { rankAreas, sixMonthsBefore, type WhereFirst, type WhereFirstQuery } from '../domain/where-first.ts';
import type { MapData } from '../domain/map-data.ts';
import type { FigureDb, Reader } from './map-question.ts';
import { mapData } from './map.ts';
import { findCentres } from './queries-where-first.ts';

/** Main reasons of areas as they stand today among everybody there; answers of people are kept for nothing else. */
async function reasonsToday(db: FigureDb, reader: Reader, { instrument, level, place }: MapData, locale?: string) {
  const query = { place: place.placeId, level, instrument: instrument.code, ...(locale === undefined ? {} : { locale }) };
  const { rows } = await mapData(db, reader, { ...query, measure: 'band' }, 'all');
  return new Map(rows.map(({ placeId, reasons }) => [placeId, reasons ?? []]));
}

/** Areas of one level by where help is worth most, from the map's own figures of the day asked for and of six months before. Problems as the map's. */
export async function whereFirst(db: FigureDb, reader: Reader, query: WhereFirstQuery): Promise<WhereFirst> {
  const now = await mapData(db, reader, { ...query, measure: 'band' }, 'all');
  const people = now.instrument.scores === 'person',
    { sex = null, ageGroup = null } = query;
  const reasonsOfToday = people && (query.date !== undefined || sex !== null || ageGroup !== null);
  const reasons = reasonsOfToday ? await reasonsToday(db, reader, now, query.locale) : null;
  const date = sixMonthsBefore(now.asOf.slice(0, 10));
  const before = await mapData(db, reader, { ...query, measure: 'band', instrument: now.instrument.code, level: now.level, date }, 'first');
  const known = before.rows.some(({ cover, index }) => cover === 'shown' || index !== null);
  const centres = await findCentres(
    db.tx,
    now.rows.map(({ placeId }) => placeId),
  );
  const { place, level, levelNames, instrument, asOf, threshold, exact } = now;
  const { rows, notRanked } = rankAreas(now, known ? before : null, new Map(centres.map((centre) => [centre.placeId, centre])));
  return {
    place,
    level,
    levelNames,
    sex,
    ageGroup,
    reasonsOfToday,
    instrument: { code: instrument.code, scores: instrument.scores, title: instrument.title },
    asOf,
    comparedWith: known ? before.asOf : null,
    threshold,
    exact,
    rows: reasons ? rows.map((row) => ({ ...row, reasons: reasons.get(row.placeId) ?? [] })) : rows,
    notRanked,
  };
}
