// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download } from 'lucide';
import { plural, t } from '@lingui/core/macro';
import { apiPath } from '../../../platform/web/api.ts';
import { inReadersWords } from '../../../platform/web/details.ts';
import { count, decimal, named, percent } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import type { ImportReport, RejectedRow } from '../../domain/import-report.ts';
import { inWords } from './instrument-words.ts';

type Level = ImportReport['levels'][number];
type IndicatorLine = ImportReport['indicators'][number];

function Verdict({ report, undone }: { readonly report: ImportReport; readonly undone: boolean }) {
  if (report.sameAs)
    return (
      <Notice
        kind="info"
        title={t`This very file was imported before with the same mapping`}
      >{t`Nothing needs to be done, and nothing was done.`}</Notice>
    );
  const took = report.dryRun
    ? plural(report.taken, { one: '# row can be taken', other: '# rows can be taken' })
    : plural(report.taken, { one: '# row was taken', other: '# rows were taken' });
  const refused = plural(report.rejected, { 0: 'no row is rejected', one: '# row is rejected', other: '# rows are rejected' });
  const words = t`Of ${count(report.rows)} rows in the file: ${took}, ${refused}.`;
  if (undone)
    return (
      <Notice title={t`This import was undone`}>
        {t`What it brought is taken out again; below stands what it had found.`} {words}
      </Notice>
    );
  if (report.rejected === 0) return <Notice kind="good" title={words} />;
  return (
    <Notice kind="warning" title={words}>
      {report.dryRun
        ? t`Look at the reasons below. You can correct the file and choose it again, or go on without these rows.`
        : t`The rejected rows changed nothing. Correct them and import the file again: rows already taken stay as they are.`}
    </Notice>
  );
}

const levelWord = ({ name, names = {} }: Level): string => named({ name, names });

/** Rounded down: "100%" is said of all alone, and "0%" of none. */
function coveredWords(matched: number, known: number): string {
  if (known === 0) return '–';
  const share = Math.floor((matched / known) * 100);
  return share === 0 && matched > 0 ? t`under ${percent(1)}` : percent(share);
}

function Levels({ levels }: { readonly levels: readonly Level[] }) {
  const columns: readonly Column<Level>[] = [
    { key: 'name', head: t`Level`, rowHead: true, cell: (row) => <bdi>{levelWord(row)}</bdi> },
    { key: 'matched', head: t`In the file`, number: true, cell: (row) => count(row.matched) },
    { key: 'known', head: t`Known here`, number: true, cell: (row) => count(row.known) },
    {
      key: 'share',
      head: t`Covered`,
      number: true,
      cell: (row) => coveredWords(row.matched, row.known),
    },
    ...(levels.some((each) => each.withBoundary !== undefined)
      ? [
          {
            key: 'boundary',
            head: t`With boundary`,
            number: true,
            cell: (row: Level) => (row.withBoundary === undefined ? '–' : count(row.withBoundary)),
          },
        ]
      : []),
  ];
  return <Table hideCaption={false} caption={t`Places`} columns={columns} rows={levels} rowKey={(row) => `${row.country} ${row.level}`} />;
}

/** By its label; the code beside it is what mappings and files call it. */
function IndicatorName({ line: { code, title } }: { readonly line: Pick<IndicatorLine, 'code' | 'title'> }) {
  if (!title) return <code>{code}</code>;
  return (
    <>
      <bdi>{inWords(title)}</bdi> <code class="soft small">{code}</code>
    </>
  );
}

type PrivateLine = NonNullable<ImportReport['privateQuestions']>[number];

/**
 * Of people: how many are new, and which answers were given; what is no score stands apart. Of private questions, only how many said anything.
 */
function PeopleFound({ report: { people, indicators: open, privateQuestions: hidden = [] } }: { readonly report: ImportReport }) {
  if (!people) return null;
  const lines: readonly (IndicatorLine | PrivateLine)[] = [...open, ...hidden];
  const countOr = (n: number | null): string => (n === null ? '–' : count(n));
  const columns: readonly Column<IndicatorLine | PrivateLine>[] = [
    { key: 'code', head: t`Question`, rowHead: true, cell: (row) => <IndicatorName line={row} /> },
    { key: 'values', head: t`Answered`, number: true, cell: (row) => countOr(row.values) },
    {
      key: 'scores',
      head: t`Answered 1 / 2 / 3`,
      number: true,
      cell: (row) => ('scores' in row ? row.scores.map(count).join(' / ') : t`private`),
    },
    { key: 'unknown', head: t`Not known`, number: true, cell: (row) => ('scores' in row ? count(row.unknown ?? 0) : t`private`) },
    { key: 'empty', head: t`Not asked`, number: true, cell: (row) => countOr(row.empty) },
  ];
  return (
    <>
      <p>{t`New people: ${count(people.new)}. New households: ${count(people.households)}. Known before: ${count(people.known)}.`}</p>
      {lines.length > 0 && <Table hideCaption={false} caption={t`Questions`} columns={columns} rows={lines} rowKey={(row) => row.code} />}
      {hidden.length > 0 && (
        <p class="soft">{t`Of private questions no report says what was answered. It says how many answered only where none or more than ten did, and none or more than ten did not.`}</p>
      )}
    </>
  );
}

function Indicators({ report: { indicators: lines, levels } }: { readonly report: ImportReport }) {
  const wordOf = (level: number): string => {
    const known = levels.find((each) => each.level === level);
    return known ? levelWord(known) : t`level ${level}`;
  };
  const columns: readonly Column<IndicatorLine>[] = [
    { key: 'code', head: t`Indicator`, rowHead: true, cell: (row) => <IndicatorName line={row} /> },
    { key: 'values', head: t`Rows with a value`, number: true, cell: (row) => count(row.values) },
    { key: 'empty', head: t`Empty`, number: true, cell: (row) => count(row.empty) },
    {
      key: 'cuts',
      head: t`Cuts`,
      number: true,
      cell: (row) =>
        row.cuts ? (
          row.cuts.map((cut) => decimal(cut, 3)).join(' / ')
        ) : row.values === 0 ? (
          '–'
        ) : (
          <span class="soft">{t`none: values too alike`}</span>
        ),
    },
    { key: 'scores', head: t`Answered 1 / 2 / 3`, number: true, cell: (row) => row.scores.map(count).join(' / ') },
    {
      key: 'summed',
      head: t`Also summed for`,
      number: true,
      cell: (row) =>
        row.summedTo.length > 0 ? row.summedTo.map((each) => `${wordOf(each.level)}: ${count(each.places)}`).join(', ') : '–',
    },
  ];
  return <Table hideCaption={false} caption={t`Indicators`} columns={columns} rows={lines} rowKey={(row) => row.code} />;
}

function Rejected({ report }: { readonly report: ImportReport }) {
  const columns: readonly Column<RejectedRow>[] = [
    { key: 'row', head: t`Row`, number: true, cell: (row) => row.row ?? '–' },
    { key: 'column', head: t`Column`, cell: (row) => <bdi>{row.column ?? '–'}</bdi> },
    { key: 'code', head: t`Code`, cell: (row) => <bdi>{row.code ?? '–'}</bdi> },
    { key: 'reason', head: t`Why`, cell: (row) => <bdi>{inReadersWords(row.reason)}</bdi> },
    { key: 'file', head: t`File`, cell: (row) => <bdi>{row.file}</bdi> },
  ];
  return (
    <section class="stack">
      <Table
        hideCaption={false}
        caption={t`Rejected rows`}
        columns={columns}
        rows={report.rejectedRows}
        rowKey={(row) => `${row.file} ${row.row} ${row.column} ${row.reason}`}
      />
      {report.rejected > report.rejectedRows.length && (
        <p class="soft">{t`The first ${count(report.rejectedRows.length)} of ${count(report.rejected)}.`}</p>
      )}
    </section>
  );
}

/** A list of a hundred places inside a remark is there for whoever opens it. */
function Remark({ text }: { readonly text: string }) {
  if (text.length <= 240) return <bdi>{text}</bdi>;
  return (
    <details>
      <summary>
        <bdi>{text.slice(0, 160)}…</bdi>
      </summary>
      <bdi>{text}</bdi>
    </details>
  );
}

/** What an import found or did, with everything in the file accounted for. */
export function Report({
  report,
  batchId,
  undone = false,
}: {
  readonly report: ImportReport;
  readonly batchId?: string | undefined;
  readonly undone?: boolean;
}) {
  return (
    <div class="stack-wide">
      <Verdict report={report} undone={undone} />
      {report.notes.length > 0 && (
        <ul class="stack-tight">
          {report.notes.map((note) => (
            <li key={note}>
              <Remark text={inReadersWords(note)} />
            </li>
          ))}
        </ul>
      )}
      {report.levels.length > 0 && <Levels levels={report.levels} />}
      {report.people ? <PeopleFound report={report} /> : report.indicators.length > 0 && <Indicators report={report} />}
      {report.rejectedRows.length > 0 && <Rejected report={report} />}
      {report.rejected > 0 && !report.sameAs && batchId && (
        <div class="row">
          <ButtonLink
            icon={Download}
            href={apiPath(`/imports/${batchId}/rejected.csv`, { language: language().code })}
            download
          >{t`All rejected rows as a file`}</ButtonLink>
        </div>
      )}
    </div>
  );
}
