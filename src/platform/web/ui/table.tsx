// SPDX-License-Identifier: AGPL-3.0-or-later
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

export interface Column<R> {
  readonly key: string;
  /** Empty above buttons that name their row themselves. */
  readonly head: string;
  readonly cell: (row: R) => ComponentChildren;
  /** Figures stand to the end of the column, under one another. */
  readonly number?: boolean;
  /** The cell that names the row. */
  readonly rowHead?: boolean;
  readonly sortable?: boolean;
}

export interface Sort {
  readonly key: string;
  readonly down: boolean;
}

interface Props<R> {
  readonly caption: string;
  readonly hideCaption?: boolean;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** On a phone each row becomes a small card with the heads as labels; `scroll` keeps the table and lets it move sideways. */
  readonly narrow?: 'cards' | 'scroll';
  readonly rowClass?: (row: R) => string | undefined;
}

export function Table<R>({ caption, hideCaption = true, columns, rows, rowKey, sort, onSort, narrow = 'cards', rowClass }: Props<R>) {
  const headOf = (column: Column<R>) => {
    if (!column.sortable || !onSort) return column.head;
    const active = sort?.key === column.key;
    return (
      <button type="button" class="sort" onClick={() => onSort({ key: column.key, down: active ? !sort.down : (column.number ?? false) })}>
        {column.head}
        <Icon of={!active ? ArrowUpDown : sort.down ? ArrowDown : ArrowUp} size={14} />
      </button>
    );
  };
  const sorted = (column: Column<R>) =>
    sort?.key === column.key ? ({ 'aria-sort': sort.down ? 'descending' : 'ascending' } as const) : {};
  return (
    <div class={`table-wrap table-${narrow}`} {...(narrow === 'scroll' ? { tabIndex: 0, role: 'region', 'aria-label': caption } : {})}>
      <table class="table">
        <caption class={hideCaption ? 'for-ears' : ''}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) =>
              column.head === '' ? (
                <td key={column.key} />
              ) : (
                <th key={column.key} scope="col" class={column.number ? 'to-end' : ''} {...sorted(column)}>
                  {headOf(column)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} class={rowClass?.(row)}>
              {columns.map((column) =>
                column.rowHead ? (
                  <th key={column.key} scope="row" data-head={column.head}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} class={column.number ? 'to-end' : ''} data-head={column.head}>
                    <div class="cell">{column.cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
