// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageGroups } from '../../people/domain/age-group.ts';
import { threshold } from '../../platform/domain/disclosure.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { wordsIn } from '../domain/drivers.ts';
import type { MapRow } from '../domain/map-data.ts';
import { missingShare, type Report, type ReportQuery, type ReportRow } from '../domain/report.ts';
import { exactCells } from './map-exact.ts';
import { bandCounts, type PeopleFigure } from './map-people.ts';
import { ask, mayRead, readsExact, type FigureDb, type Question, type Reader } from './map-question.ts';
import { mapData } from './map.ts';
import { findPlace, type MapPlace } from './queries-map.ts';

const noCounts = bandCounts(null, []);

function rowOf(group: Pick<ReportRow, 'place' | 'sex' | 'ageGroup'>, { cover, counts, carriedFrom }: PeopleFigure): ReportRow {
  return { ...group, cover, counts, missing: missingShare(counts), carriedFrom };
}

function ofPlace({ placeId, code, level, name, names, cover, counts, carriedFrom }: MapRow, country: string, self: boolean): ReportRow {
  const its = counts ?? noCounts;
  return {
    place: self ? null : { placeId, country, code, level, name, names },
    sex: null,
    ageGroup: null,
    cover,
    counts: its,
    missing: missingShare(its),
    carriedFrom: carriedFrom ?? null,
  };
}

function frameOf({ instrument, locale }: Question, { placeId, country, code, level, name, names }: MapPlace) {
  return {
    place: { placeId, country, code, level, name, names },
    instrument: { code: instrument.code, version: instrument.version, title: wordsIn(instrument.title, locale) },
    threshold,
  };
}

/** By sex or by age, at one place: exact figures where the reader works with these people, else as published for everybody. */
async function byKind(question: Question, place: MapPlace, { by, sex, ageGroup }: ReportQuery): Promise<Report> {
  const people = question.people(place.country),
    { date } = question;
  const month = date === null ? null : (await people.months()).findLast((end) => end <= date);
  const exact = readsExact(question.reader) && place.inside && month !== undefined;
  const of = exact
    ? await exactCells(question.tx, question.instrument.code, place.placeId, month, question.today)
    : await people.cells(place.placeId, date);
  const fixed = { sex: by === 'sex' ? null : (sex ?? null), ageGroup: by === 'age' ? null : (ageGroup ?? null) };
  const groups =
    by === 'sex'
      ? [2, 1, 0].map((each) => ({ ...fixed, sex: each }))
      : [...ageGroups.slice(1), ageGroups[0]].map(({ group }) => ({ ...fixed, ageGroup: group }));
  const total = of(fixed);
  return {
    ...frameOf(question, place),
    ...fixed,
    by,
    levelNames: null,
    asOf: total.on,
    exact,
    rows: groups.map((group) => rowOf({ place: null, ...group }, of(group))),
    total: rowOf({ place: null, ...fixed }, total),
  };
}

/**
 * How people are distributed over the bands by age, sex or place of any level. Every count has passed the disclosure function for readers
 * without exact figures, as the map's. Throws Problem not-found, outside-your-area, bad-input.
 */
export async function report(db: FigureDb, reader: Reader, query: ReportQuery): Promise<Report> {
  const place = await findPlace(db.tx, query.place);
  if (!place) throw new Problem('not-found', 'There is no such place.');
  if (!mayRead(place)) throw new Problem('outside-your-area');
  const { by: _by, ...asked } = query;
  const question = await ask(db, reader, asked, 'first');
  if (question.instrument.scores !== 'person')
    throw new Problem('bad-input', `instrument: ${question.instrument.code} describes places, not people.`);
  if (query.by !== 'place') return byKind(question, place, query);
  const map = await mapData(db, reader, asked, 'first');
  return {
    ...frameOf(question, place),
    sex: question.sex,
    ageGroup: question.ageGroup,
    by: 'place',
    levelNames: map.levelNames,
    asOf: map.asOf,
    exact: map.exact,
    rows: map.rows.map((row) => ofPlace(row, place.country, false)),
    total: ofPlace(map.total, place.country, true),
  };
}
