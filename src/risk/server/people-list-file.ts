// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import type { FileAnswer } from '../../platform/server/endpoint.ts';
import { exportWords } from '../domain/export-words.ts';
import { ageGroupWords, listWords } from '../domain/list-words.ts';
import type { ListPage, ListQuery, ListRow } from '../domain/people-list.ts';
import { peopleList, type Asking } from './people-list.ts';

/** As many as a spreadsheet is still of use for; who needs more narrows the list. */
const mostRows = 20_000;
const pageSize = 2000;

function cellsOf(row: ListRow, locale: string): Cell[] {
  const words = listWords(locale),
    { bands } = exportWords(locale);
  return [
    row.personId,
    row.householdId,
    row.place.code,
    row.place.names[locale] ?? row.place.name,
    words.sexes[row.sex === 1 || row.sex === 2 ? row.sex : 0],
    ageGroupWords(words, row.ageGroup),
    bands[row.band as 0 | 1 | 2 | 3],
    row.index,
    row.low,
    row.high,
    row.coverage,
    row.observedOn,
    row.validUntil,
    row.warnings.join('; '),
    // Whoever may read protected answers on screen takes them nowhere: `drivers` has said "private reason" for her too.
    row.reasons.map(({ text }) => text).join('; '),
  ];
}

function headings(locale: string): string[] {
  const { headings: h } = listWords(locale),
    { headings: e } = exportWords(locale);
  return [
    h.person,
    h.household,
    h.placeCode,
    h.place,
    h.sex,
    h.age,
    e.band,
    h.openIndex,
    e.atLeast,
    e.atMost,
    e.coverage,
    h.seen,
    h.renewBy,
    h.warns,
    e.reasons,
  ];
}

/** The whole list as CSV, up to a bound: without names, and without protected answers whoever asks. */
export async function peopleListFile(asking: Asking, query: ListQuery): Promise<{ file: FileAnswer; page: ListPage; people: number }> {
  const locale = query.locale ?? asking.actor.locale;
  const rows: Cell[][] = [];
  let page = await peopleList(asking, { ...query, locale }, pageSize);
  rows.push(...page.rows.map((row) => cellsOf(row, locale)));
  while (page.after !== null && rows.length < mostRows) {
    page = await peopleList(asking, { ...query, locale, after: page.after }, Math.min(pageSize, mostRows - rows.length));
    rows.push(...page.rows.map((row) => cellsOf(row, locale)));
  }
  const file: FileAnswer = {
    kind: 'file',
    contentType: 'text/csv; charset=utf-8',
    fileName: `waymark-people-${page.instrument.code}-${page.asOf}.csv`,
    body: writeCsv([headings(locale), ...rows]),
  };
  return { file, page, people: rows.length };
}
