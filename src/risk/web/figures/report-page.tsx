// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { FileSpreadsheet, Printer, Sheet } from 'lucide';
import type { PlaceDetail } from '../../../places/domain/place.ts';
import { api, apiPath } from '../../../platform/web/api.ts';
import { count, day, named, percent } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { useQuery, type SetQuery } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { DistributionBar } from '../../../platform/web/ui/distribution-bar.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { EmptyState, Loaded, Loading } from '../../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import type { Report, ReportRow } from '../../domain/report.ts';
import { UseThePrintButton } from '../print-sheet.tsx';
import { loadInstruments } from '../view-data.ts';
import { ageWords, coverWords, levelWord, sexWords } from '../words.ts';
import { readAsked } from './asked.ts';
import { Choices, FiguresHeading, narrowedWords } from './choices.tsx';
import { AreaChoice, useArea } from './place-choice.tsx';
import { usePaper } from './use-paper.ts';
import '../people/people.css';

const keyOf = ({ place, sex, ageGroup }: ReportRow): string => `${place?.placeId ?? ''} ${sex} ${ageGroup}`;

function groupWords({ by }: Pick<Report, 'by'>, row: ReportRow): string {
  if (by === 'place') return row.place ? named(row.place) : t`The whole area`;
  if (by === 'sex') return row.sex === null ? t`Everybody` : sexWords(row.sex);
  return row.ageGroup === null ? t`Everybody` : ageWords(row.ageGroup);
}

function headOf({ by, levelNames }: Report): string {
  if (by === 'place') return levelWord(levelNames ?? {}) || t`Place`;
  return by === 'sex' ? t`Sex` : t`Age`;
}

/** How the people are divided, as the choice above has it. */
function byWords({ by, levelNames }: Report): string {
  if (by === 'place') return t`By place: ${levelWord(levelNames ?? {})}`;
  return by === 'sex' ? t`By sex` : t`By age`;
}

function Group({ report, row }: { readonly report: Report; readonly row: ReportRow }) {
  return (
    <>
      <bdi>{groupWords(report, row)}</bdi>
      {row.carriedFrom && (
        <span class="small soft"> {t`Figures of ${day(row.carriedFrom, 'medium')}: the change since is too small to show.`}</span>
      )}
    </>
  );
}

function columnsOf(report: Report): Column<ReportRow>[] {
  const blank = (row: ReportRow) => (
    <span class="soft small">{coverWords(row.cover === 'shown' ? 'held-back' : row.cover, report.threshold)}</span>
  );
  const counted = (key: 'n' | 'high' | 'medium' | 'low' | 'unknown', head: string): Column<ReportRow> => ({
    key,
    head,
    number: true,
    // Of whom nothing is shown, that is said once.
    cell: (row) => (row.counts[key] !== null ? count(row.counts[key]) : key === 'n' || row.counts.n !== null ? blank(row) : ''),
  });
  return [
    { key: 'group', head: headOf(report), rowHead: true, cell: (row) => <Group report={report} row={row} /> },
    counted('n', t`People`),
    { key: 'bar', head: t`Distribution`, cell: (row) => (row.counts.n === null ? '' : <DistributionBar counts={row.counts} />) },
    counted('high', t`High`),
    counted('medium', t`Medium`),
    counted('low', t`Low`),
    counted('unknown', t`Unknown`),
    { key: 'missing', head: t`Share unknown`, number: true, cell: (row) => (row.missing === null ? '' : percent(row.missing, 1)) },
  ];
}

function Figures({
  screen,
  load,
  query,
}: {
  readonly screen: Report;
  readonly load: () => Promise<Report>;
  readonly query: Record<string, string | number | null>;
}) {
  const { shown, guarded, fetching, print } = usePaper(screen, may('figures.exact'), load);
  return (
    <div class="stack">
      <div class="row not-in-print">
        {may('export') && (
          <>
            <ButtonLink icon={Sheet} download href={apiPath('/people/report.csv', query)}>
              CSV
            </ButtonLink>
            <ButtonLink icon={FileSpreadsheet} download href={apiPath('/people/report.xlsx', query)}>
              Excel (XLSX)
            </ButtonLink>
          </>
        )}
        <Button icon={Printer} busy={fetching.busy} onClick={print}>{t`Print`}</Button>
      </div>
      {fetching.problem && <ProblemNotice problem={fetching.problem} />}
      {guarded && (
        <div class="print-only">
          <UseThePrintButton threshold={shown.threshold} />
        </div>
      )}
      <div class={guarded ? 'not-in-print stack-tight' : 'stack-tight'}>
        <FiguresHeading
          place={shown.place}
          whom={narrowedWords(shown) || t`Everybody`}
          facts={[byWords(shown), t`Figures of ${day(shown.asOf)}`, shown.instrument.title]}
        />
        {shown.total.cover === 'no-data' && (
          <p class="strong">{t`Nobody fits: there are no such people here, or nothing was recorded by then.`}</p>
        )}
        <Table caption={t`People by band`} columns={columnsOf(shown)} rows={[...shown.rows, shown.total]} rowKey={keyOf} />
      </div>
      <p class="soft small">
        {t`Who answered too little has no known band and is counted under unknown.`}{' '}
        {(!shown.exact || may('export')) && t`Figures of fewer than ${count(shown.threshold)} people are left out of files and paper.`}
      </p>
    </div>
  );
}

function OfArea({ area, query, set }: { readonly area: PlaceDetail; readonly query: URLSearchParams; readonly set: SetQuery }) {
  const locale = language().code;
  const wanted = query.get('by'),
    by = wanted === 'sex' || (wanted === 'place' && area.below.length > 0) ? wanted : 'age';
  const level = Number(query.get('level') ?? area.below[0]?.level ?? area.level);
  const asked = readAsked(query);
  const question = {
    place: area.placeId,
    by,
    locale,
    level: by === 'place' ? level : null,
    instrument: asked.instrument,
    date: asked.date,
    sex: by === 'sex' ? null : asked.sex,
    ageGroup: by === 'age' ? null : asked.ageGroup,
  };
  const report = useResource((signal) => api.get<Report>('/people/report', question, { signal }), [JSON.stringify(question)]);
  const instruments = useResource(loadInstruments, ['instruments']).data?.filter(({ scores }) => scores === 'person') ?? [];
  return (
    <>
      <div class="people-filters not-in-print">
        <Segmented
          label={t`People by`}
          value={by}
          options={[
            { value: 'age', label: t`Age` },
            { value: 'sex', label: t`Sex` },
            ...(area.below.length > 0 ? [{ value: 'place', label: t`Place` }] : []),
          ]}
          onChange={(value) => set({ by: value })}
        />
        {by === 'place' && <AreaChoice area={area} level={level} set={set} />}
        <Choices
          asked={asked}
          set={set}
          instruments={instruments}
          instrument={report.data?.instrument.code}
          sexes={by !== 'sex'}
          ages={by !== 'age'}
        />
      </div>
      <Loaded of={report}>
        {(data) => (
          <Figures screen={data} load={() => api.get<Report>('/people/report', { ...question, protect: true })} query={question} />
        )}
      </Loaded>
    </>
  );
}

/** `/people/report`: how people are distributed over the bands, by age, sex and home. */
export default function ReportPage() {
  const [query, set] = useQuery();
  const area = useArea(query.get('place'), '/people/report');
  return (
    <Page
      title={t`Report on people`}
      wide
      lead={area ? t`${named(area)}: how many people stand where, of how many, and for how many it is not known.` : undefined}
    >
      {area === undefined && <Loading />}
      {area === null && <EmptyState title={t`No places yet`} />}
      {area && <OfArea area={area} query={query} set={set} />}
    </Page>
  );
}
