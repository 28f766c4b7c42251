// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { count, day, named } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { Table, type Column, type Sort } from '../../platform/web/ui/table.tsx';
import type { MapRow } from '../domain/map-data.ts';
import { filterRows, pageOf, sortRows, type SortKey } from './rows.ts';
import { twinColumns, type TwinProps } from './twin-columns.tsx';
import { levelWord } from './words.ts';

const pageSize = 50;

/** A link may lead to a column: "where is most unknown?" */
function openingSort(columns: readonly Column<MapRow>[]): Sort {
  const wanted = new URLSearchParams(location.search).get('sort');
  const column = columns.find((each) => each.sortable && each.number && each.key === wanted);
  return column ? { key: column.key, down: true } : { key: 'name', down: false };
}

/** The rows that hold the text typed, in the order asked, a page at a time; another text or order begins at the first page. */
function useArranged(rows: readonly MapRow[], opening: () => Sort) {
  const [text, setText] = useState('');
  const [sort, setSort] = useState<Sort>(opening);
  const [page, setPage] = useState(0);
  const locale = language().format;
  const sorted = useMemo(
    () => sortRows(filterRows(rows, text), { key: sort.key as SortKey, down: sort.down }, named, locale),
    [rows, text, sort, locale],
  );
  return {
    text,
    sort,
    total: sorted.length,
    shown: pageOf(sorted, page, pageSize),
    find(next: string) {
      setText(next);
      setPage(0);
    },
    sortBy(next: Sort) {
      setSort(next);
      setPage(0);
    },
    turnTo: setPage,
  };
}

/** The map's twin for reading, sorting and searching: every place, the same figures, to the last digit. */
export function TwinTable(props: TwinProps) {
  const { data } = props;
  const columns = twinColumns(props);
  const { text, sort, total, shown, find, sortBy, turnTo } = useArranged(data.rows, () => openingSort(columns));
  useEffect(() => {
    if (location.hash === '#map-table') document.getElementById('map-table')?.scrollIntoView();
  }, []);
  const caption = t`${named(data.place)}: ${levelWord(data.levelNames)}, ${data.instrument.title}, as of ${day(data.asOf)}`;
  return (
    <section class="twin stack" aria-labelledby="twin-title">
      <div class="row-end">
        <div class="stack-tight">
          <h2 id="twin-title">{t`The same in a table`}</h2>
          <p class="soft">{caption}</p>
        </div>
        <div class="push twin-filter">
          <TextField label={t`Filter by name or code`} value={text} onInput={find} type="search" />
        </div>
      </div>
      <Table
        caption={caption}
        columns={columns}
        rows={shown.rows}
        rowKey={(row) => row.placeId}
        sort={sort}
        onSort={sortBy}
        narrow="scroll"
      />
      <Pager total={total} shown={shown} onTurn={turnTo} />
      {data.sources.length > 0 && <p class="small soft">{t`Source: ${data.sources.join('; ')}`}</p>}
    </section>
  );
}

interface PagerProps {
  readonly total: number;
  readonly shown: ReturnType<typeof pageOf<MapRow>>;
  readonly onTurn: (page: number) => void;
}

/** Which of how many are seen, and the way to the others. */
function Pager({ total, shown, onTurn }: PagerProps) {
  const last = shown.from + shown.rows.length - 1;
  return (
    <div class="row">
      <p class="soft number" role="status">
        {total === 0
          ? t`No place has this name or code.`
          : t`${count(shown.from)} to ${count(last)} of ${plural(total, { one: '# place', other: '# places' })}`}
      </p>
      {shown.pages > 1 && (
        <div class="row push">
          <Button disabled={shown.page === 0} onClick={() => onTurn(shown.page - 1)}>{t`Previous page`}</Button>
          <Button disabled={shown.page === shown.pages - 1} onClick={() => onTurn(shown.page + 1)}>{t`Next page`}</Button>
        </div>
      )}
    </div>
  );
}
