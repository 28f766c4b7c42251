// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { inReadersWords } from '../../../platform/web/details.ts';
import { count } from '../../../platform/web/format.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import type { ImportColumn, RowVerdict } from '../../domain/user-import.ts';

const pageSize = 50;

const columnWords: Readonly<Record<ImportColumn, () => string>> = {
  userName: () => t`User name`,
  displayName: () => t`Name`,
  role: () => t`Role`,
  place: () => t`Area`,
  organisation: () => t`Organisation`,
  language: () => t`Language`,
};

function Verdict({ row: { verdict, column, reason } }: { readonly row: RowVerdict }) {
  if (verdict === 'make') return <span>{t`will be made`}</span>;
  if (verdict === 'there') return <span class="soft">{t`is there already`}</span>;
  return (
    <span>
      <span class="strong">{column ? columnWords[column]() : t`Cannot be read`}</span>
      {': '}
      {inReadersWords(reason ?? '')}
    </span>
  );
}

const columns = (): readonly Column<RowVerdict>[] => [
  { key: 'row', head: t`Row`, number: true, cell: (row) => count(row.row) },
  { key: 'name', head: t`Name`, rowHead: true, cell: (row) => <bdi>{row.displayName}</bdi> },
  { key: 'user', head: t`User name`, cell: (row) => <bdi>{row.userName}</bdi> },
  { key: 'verdict', head: t`What becomes of it`, cell: (row) => <Verdict row={row} /> },
];

/** Those that cannot be taken come first, in the file's order. */
export function VerdictTable({ rows }: { readonly rows: readonly RowVerdict[] }) {
  const [shown, setShown] = useState(pageSize);
  const ordered = [...rows.filter(({ verdict }) => verdict === 'refused'), ...rows.filter(({ verdict }) => verdict !== 'refused')];
  return (
    <>
      <Table caption={t`Rows of the file`} columns={columns()} rows={ordered.slice(0, shown)} rowKey={(row) => String(row.row)} />
      {ordered.length > shown && (
        <div class="row">
          <Button onClick={() => setShown(shown + pageSize)}>{t`Show more`}</Button>
        </div>
      )}
    </>
  );
}
