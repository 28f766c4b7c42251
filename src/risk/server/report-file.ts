// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCsv, type Cell } from '../../platform/server/csv.ts';
import type { FileAnswer } from '../../platform/server/endpoint.ts';
import { writeSpreadsheet } from '../../platform/server/spreadsheet.ts';
import { exportWords } from '../domain/export-words.ts';
import { ageGroupWords, listWords } from '../domain/list-words.ts';
import type { Narrowed, Report, ReportRow } from '../domain/report.ts';
import type { WhereFirst } from '../domain/where-first.ts';

const nameIn = (of: { name: string; names: Readonly<Record<string, string>> }, locale: string): string => of.names[locale] ?? of.name;

/** Of whom a line is, in its own columns: a table that is cut up or joined with another still says so. */
function narrowedCells({ sex, ageGroup }: Narrowed, locale: string): Cell[] {
  const words = listWords(locale);
  return [
    sex === null ? words.everybody : words.sexes[sex === 1 || sex === 2 ? sex : 0],
    ageGroup === null ? words.allAges : ageGroupWords(words, ageGroup),
  ];
}

/** The same in the name of a file: in English letters, which every system keeps. */
function narrowedName({ sex, ageGroup }: Narrowed): string[] {
  return [
    ...(sex === null ? [] : [sex === 1 ? 'male' : sex === 2 ? 'female' : 'sex-not-known']),
    ...(ageGroup === null ? [] : [ageGroup === 0 ? 'age-not-known' : `age-${ageGroupWords(listWords('en'), ageGroup)}`]),
  ];
}

function groupOf({ by }: Report, { place, sex, ageGroup }: ReportRow, locale: string): string {
  const words = listWords(locale);
  if (by === 'place') return place ? nameIn(place, locale) : words.everybody;
  if (by === 'sex') return sex === null ? words.everybody : words.sexes[sex === 1 || sex === 2 ? sex : 0];
  return ageGroup === null ? words.everybody : ageGroupWords(words, ageGroup);
}

interface Sheet {
  readonly headings: string[];
  readonly rows: Cell[][];
}

function reportSheet(report: Report, locale: string): Sheet {
  const { headings: h } = listWords(locale),
    words = exportWords(locale),
    e = words.headings;
  const cells = (row: ReportRow): Cell[] => [
    row.place?.code ?? null,
    groupOf(report, row, locale),
    row.counts.n,
    row.counts.low,
    row.counts.medium,
    row.counts.high,
    row.counts.unknown,
    row.missing,
    words.covers[row.cover],
    // A figure that is carried along speaks of the month it was published for.
    row.carriedFrom ?? report.asOf,
    report.instrument.code,
    ...narrowedCells({ sex: row.sex ?? report.sex, ageGroup: row.ageGroup ?? report.ageGroup }, locale),
  ];
  return {
    headings: [
      e.code,
      h.group,
      e.people,
      e.low,
      e.medium,
      e.high,
      e.unknown,
      h.missing,
      e.notShown,
      e.date,
      words.facts.instrument,
      h.sex,
      h.age,
    ],
    rows: [...report.rows, report.total].map(cells),
  };
}

function rankingSheet({ rows, instrument, sex, ageGroup, reasonsOfToday }: WhereFirst, locale: string): Sheet {
  const { headings: h } = listWords(locale),
    words = exportWords(locale),
    e = words.headings,
    people = instrument.scores === 'person';
  return {
    headings: [
      h.rank,
      e.code,
      e.name,
      people ? e.share : e.index,
      h.shareLow,
      h.shareHigh,
      e.people,
      e.coverage,
      h.change,
      h.neighbours,
      reasonsOfToday ? h.reasonsToday : e.reasons,
      e.date,
      words.facts.instrument,
      ...(people ? [h.sex, h.age] : []),
    ],
    rows: rows.map((row) => [
      row.rank,
      row.code,
      nameIn(row, locale),
      row.value,
      row.low,
      row.high,
      row.counts?.n ?? null,
      row.coverage,
      row.change,
      row.neighbours,
      row.reasons.map(({ text }) => text).join('; '),
      row.figuresOf,
      instrument.code,
      ...(people ? narrowedCells({ sex, ageGroup }, locale) : []),
    ]),
  };
}

/** A name that says what is in the file. */
const fileName = (parts: readonly string[], ending: string): string =>
  `waymark-${parts.join('-')}.${ending}`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');

async function fileOf(
  { headings, rows }: Sheet,
  title: string,
  name: readonly string[],
  format: 'csv' | 'xlsx',
  now: Date,
): Promise<FileAnswer> {
  if (format === 'csv')
    return { kind: 'file', contentType: 'text/csv; charset=utf-8', fileName: fileName(name, 'csv'), body: writeCsv([headings, ...rows]) };
  return {
    kind: 'file',
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    fileName: fileName(name, 'xlsx'),
    body: await writeSpreadsheet([{ name: title, headings, rows }], now),
  };
}

export function reportFile(report: Report, format: 'csv' | 'xlsx', locale: string, now: Date): Promise<FileAnswer> {
  const { place, by, instrument, asOf } = report;
  return fileOf(
    reportSheet(report, locale),
    `${nameIn(place, locale)} ${listWords(locale).by[by]}`,
    [place.code, 'report', by, ...narrowedName(report), instrument.code, asOf],
    format,
    now,
  );
}

export function rankingFile(ranking: WhereFirst, locale: string, now: Date): Promise<FileAnswer> {
  const { place, instrument, asOf } = ranking;
  const name = [place.code, 'where-first', ...narrowedName(ranking), instrument.code, asOf];
  return fileOf(rankingSheet(ranking, locale), nameIn(place, locale), name, 'csv', now);
}
