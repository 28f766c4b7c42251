// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Link } from 'wouter';
import { count, day, decimal, named, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { Table, type Column, type Sort } from '../../platform/web/ui/table.tsx';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { filterRows, pageOf, sortRows, type SortKey } from './rows.ts';
import { blankWords, coverWords, levelWord, measureWords, valueWords } from './words.ts';

const pageSize = 50;

interface Props {
  readonly data: MapData;
  readonly indicator: Indicator | undefined;
  readonly indicatorTitle: string | null;
  /** Where a row's name leads: one level down, or to its profile at the lowest level. */
  readonly hrefOf: (row: MapRow) => string;
  readonly profileOf: (row: MapRow) => string;
}

/** A count, or the words for one that is not there. */
function figure(value: number | null | undefined, row: MapRow, threshold: number) {
  if (typeof value === 'number') return count(value);
  return <span class="soft small">{coverWords(row.cover === 'shown' ? 'held-back' : row.cover, threshold)}</span>;
}

function columnsOf({ data, indicator, indicatorTitle, hrefOf, profileOf }: Props): Column<MapRow>[] {
  const people = data.instrument.scores === 'person';
  const counted = (key: 'n' | 'high' | 'medium' | 'low' | 'unknown', head: string): Column<MapRow> => ({
    key,
    head,
    number: true,
    sortable: true,
    cell: (row) => figure(row.counts?.[key], row, data.threshold),
  });
  const blank = (row: MapRow) => <span class="soft small">{blankWords(row, data.threshold)}</span>;
  const columns: Column<MapRow>[] = [
    {
      key: 'name',
      head: levelWord(data.levelNames),
      rowHead: true,
      sortable: true,
      cell: (row) => (
        <Link href={hrefOf(row)}>
          <bdi>{named(row)}</bdi>
        </Link>
      ),
    },
    { key: 'code', head: t`Code`, sortable: true, cell: (row) => <span class="number soft small">{row.code}</span> },
    {
      key: 'band',
      head: t`Risk`,
      sortable: true,
      cell: (row) => (row.band === 0 && row.cover !== 'shown' ? blank(row) : <BandChip band={row.band} />),
    },
  ];
  if (data.measure !== 'band' && data.measure !== 'index') {
    columns.push({
      key: 'value',
      head: measureWords(data.measure, indicatorTitle),
      number: true,
      sortable: true,
      cell: (row) => (row.value === null ? blank(row) : valueWords(row.value, data.measure, indicator)),
    });
  }
  if (people)
    columns.push(
      counted('n', t`People`),
      counted('high', t`High`),
      counted('medium', t`Medium`),
      counted('low', t`Low`),
      counted('unknown', t`Unknown`),
    );
  else {
    columns.push(
      {
        key: 'index',
        head: t`Index`,
        number: true,
        sortable: true,
        cell: (row) =>
          row.index === null ? (
            blank(row)
          ) : (
            <>
              {decimal(row.index)}
              {row.low !== null && row.high !== null && (
                <span class="soft small">
                  {' '}
                  ({decimal(row.low)}–{decimal(row.high)})
                </span>
              )}
            </>
          ),
      },
      {
        key: 'coverage',
        head: t`Known`,
        number: true,
        sortable: true,
        cell: (row) => (row.coverage === null ? blank(row) : percent(row.coverage)),
      },
    );
  }
  columns.push(
    {
      key: 'observedOn',
      head: people ? t`As of` : t`Newest answer`,
      sortable: true,
      cell: (row) => (row.observedOn ? <span class="nowrap">{day(row.observedOn, 'medium')}</span> : ''),
    },
    {
      key: 'profile',
      head: '',
      cell: (row) => (
        <Link href={profileOf(row)}>
          {t`Profile`}
          <span class="for-ears"> {named(row)}</span>
        </Link>
      ),
    },
  );
  return columns;
}

/** The map's twin for reading, sorting and searching: every place, the same figures, to the last digit. */
export function TwinTable(props: Props) {
  const { data } = props;
  const [text, setText] = useState('');
  const columns = columnsOf(props);
  // A link may lead to a column: "where is most unknown?"
  const [wanted] = useState(() => new URLSearchParams(location.search).get('sort'));
  const [sort, setSort] = useState<Sort>(
    columns.some((each) => each.sortable && each.number && each.key === wanted)
      ? { key: wanted!, down: true }
      : { key: 'name', down: false },
  );
  const [page, setPage] = useState(0);
  const locale = language().format;
  useEffect(() => {
    if (location.hash === '#map-table') document.getElementById('map-table')?.scrollIntoView();
  }, []);
  const sorted = useMemo(
    () => sortRows(filterRows(data.rows, text), { key: sort.key as SortKey, down: sort.down }, named, locale),
    [data.rows, text, sort, locale],
  );
  const shown = pageOf(sorted, page, pageSize);
  const last = shown.from + shown.rows.length - 1;
  const caption = t`${named(data.place)}: ${levelWord(data.levelNames)}, ${data.instrument.title}, as of ${day(data.asOf)}`;
  return (
    <section class="twin stack" aria-labelledby="twin-title">
      <div class="row-end">
        <div class="stack-tight">
          <h2 id="twin-title">{t`The same in a table`}</h2>
          <p class="soft">{caption}</p>
        </div>
        <div class="push twin-filter">
          <TextField
            label={t`Filter by name or code`}
            value={text}
            onInput={(value) => {
              setText(value);
              setPage(0);
            }}
            type="search"
          />
        </div>
      </div>
      <Table
        caption={caption}
        columns={columns}
        rows={shown.rows}
        rowKey={(row) => row.placeId}
        sort={sort}
        onSort={(next) => {
          setSort(next);
          setPage(0);
        }}
        narrow="scroll"
      />
      <div class="row">
        <p class="soft number" role="status">
          {sorted.length === 0
            ? t`No place has this name or code.`
            : t`${count(shown.from)} to ${count(last)} of ${plural(sorted.length, { one: '# place', other: '# places' })}`}
        </p>
        {shown.pages > 1 && (
          <div class="row push">
            <Button disabled={shown.page === 0} onClick={() => setPage(shown.page - 1)}>{t`Previous page`}</Button>
            <Button disabled={shown.page === shown.pages - 1} onClick={() => setPage(shown.page + 1)}>{t`Next page`}</Button>
          </div>
        )}
      </div>
      {data.sources.length > 0 && <p class="small soft">{t`Source: ${data.sources.join('; ')}`}</p>}
    </section>
  );
}
