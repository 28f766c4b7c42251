// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import type { FileAnswer } from '../../platform/server/endpoint.ts';
import { exportWords } from '../domain/export-words.ts';
import { ageGroupWords, listWords } from '../domain/list-words.ts';
import { notVisited, type HouseholdListQuery, type HouseholdPage, type HouseholdRow } from '../domain/household-list.ts';
import type { ListPage, ListQuery, ListRow } from '../domain/people-list.ts';
import { householdList } from './household-list.ts';
import { peopleList, type Asking } from './people-list.ts';

/** As many as a spreadsheet is still of use for; who needs more narrows the list. */
const mostRows = 20_000;
const pageSize = 2000;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly after: string | null;
}

/** The rows of a list page by page, up to a bound; the last page read, and the cells of all. */
async function gather<Row, P extends Page<Row>>(
  pageAfter: (after: { after?: string }, size: number) => Promise<P>,
  cellsOf: (row: Row) => Cell[],
): Promise<{ page: P; cells: Cell[][] }> {
  let page = await pageAfter({}, pageSize);
  const cells = page.rows.map(cellsOf);
  while (page.after !== null && cells.length < mostRows) {
    page = await pageAfter({ after: page.after }, Math.min(pageSize, mostRows - cells.length));
    cells.push(...page.rows.map(cellsOf));
  }
  return { page, cells };
}

const csv = (fileName: string, headings: readonly string[], cells: readonly Cell[][]): FileAnswer => ({
  kind: 'file',
  contentType: 'text/csv; charset=utf-8',
  fileName,
  body: writeCsv([headings, ...cells]),
});

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
    row.restricted && words.noVisit[row.restricted],
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
    h.noVisit,
    e.reasons,
  ];
}

/** The whole list as CSV, up to a bound: without names, and without protected answers whoever asks. */
export async function peopleListFile(asking: Asking, query: ListQuery): Promise<{ file: FileAnswer; page: ListPage; people: number }> {
  const locale = query.locale ?? asking.actor.locale;
  const { page, cells } = await gather<ListRow, ListPage>(
    (after, size) => peopleList(asking, { ...query, ...after, locale }, size),
    (row) => cellsOf(row, locale),
  );
  const file = csv(`waymark-people-${page.instrument.code}-${page.asOf}.csv`, headings(locale), cells);
  return { file, page, people: cells.length };
}

function householdCells(row: HouseholdRow, locale: string): Cell[] {
  const words = listWords(locale),
    { bands } = exportWords(locale);
  return [
    row.householdId,
    row.place.code,
    row.place.names[locale] ?? row.place.name,
    row.members.length,
    row.high,
    bands[row.band as 0 | 1 | 2 | 3],
    row.index,
    row.observedOn,
    row.validUntil,
    row.warnings.join('; '),
    notVisited(row)
      .map(({ restricted, n }) => `${words.noVisit[restricted]} (${n})`)
      .join('; '),
    row.reasons.map(({ text }) => text).join('; '),
  ];
}

/** The list of households as CSV, with the same bound and the same silence. */
export async function householdListFile(
  asking: Asking,
  query: HouseholdListQuery,
): Promise<{ file: FileAnswer; page: HouseholdPage; households: number }> {
  const locale = query.locale ?? asking.actor.locale,
    { headings: h } = listWords(locale),
    { headings: e } = exportWords(locale);
  const { page, cells } = await gather<HouseholdRow, HouseholdPage>(
    (after, size) => householdList(asking, { ...query, ...after, locale }, size),
    (row) => householdCells(row, locale),
  );
  const heads = [
    h.household,
    h.placeCode,
    h.place,
    h.livingThere,
    h.atHighRisk,
    e.band,
    h.openIndex,
    h.seen,
    h.renewBy,
    h.warns,
    h.noVisit,
    e.reasons,
  ];
  return { file: csv(`waymark-households-${page.instrument.code}-${page.asOf}.csv`, heads, cells), page, households: cells.length };
}
