// SPDX-License-Identifier: AGPL-3.0-or-later
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { shown } from '../domain/arithmetic.ts';
import { foldPlace, type PastAssessment } from '../domain/fold.ts';
import type { HistoryPoint } from '../domain/profile.ts';
import { standingOf } from '../domain/standing.ts';
import { definitionsOf, momentOf, type Question } from './map-question.ts';
import type { MapPlace } from './queries-map.ts';
import { findDeepest, findPast } from './queries-profile.ts';

/** How many days a history goes back at most. */
const historyPoints = 24;

async function pastOf({ tx, instrument }: Question, place: MapPlace): Promise<PastAssessment[]> {
  const rows = await findPast(tx, instrument.code, place.placeId);
  const ids = [...new Set(rows.map((row) => row.instrumentId))],
    definitions = await definitionsOf(tx, ids);
  const byId = new Map(ids.map((id, i) => [id, definitions[i]!]));
  return rows.map(({ instrumentId, ...row }) => ({ ...row, subjectKind: 'place', instrument: byId.get(instrumentId)!, undone: false }));
}

/**
 * How a place stood at the end of each day on which something was measured of it or of the areas around it, the newest of them, oldest first:
 * everything answered is read once, and worked out here for each day.
 */
export async function placeHistory(question: Question, place: MapPlace): Promise<HistoryPoint[]> {
  const { tx, instrument, zone } = question,
    past = await pastOf(question, place);
  const days = [...new Set(past.map(({ observedAt }) => dateAt(observedAt, zone)))].sort().slice(-historyPoints);
  const moments = days.map((date) => momentOf({ ...question, date }).getTime());
  const deepest = await findDeepest(tx, instrument.code, place.country, moments);
  return days.map((date, i) => {
    const at = moments[i]!;
    const levels = new Map(
      deepest.flatMap(({ moment, position, level }) => (moment === at ? [[instrument.indicators[position]!.code, level] as const] : [])),
    );
    const standing = standingOf(foldPlace(past, instrument, place.level, levels, at), instrument),
      known = standing.known > 0;
    return {
      date,
      cover: known ? 'shown' : 'no-data',
      counts: null,
      carriedFrom: null,
      band: known ? standing.band : 0,
      ...(known ? shown(standing) : { index: null, low: null, high: null, coverage: 0 }),
    };
  });
}
