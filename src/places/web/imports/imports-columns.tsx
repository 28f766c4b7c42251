// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { count, moment } from '../../../platform/web/format.ts';
import { Link } from '../../../platform/web/router.tsx';
import { me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import type { Column } from '../../../platform/web/ui/table.tsx';
import { canBeUndone, type Batch } from './imports-data.ts';
import { kindWord, stateWord } from './state-words.ts';

/** Names of accounts are the administrator's to see; everybody recognises her own. */
function Who({ batch }: { readonly batch: Batch }) {
  if (batch.startedBy === me.value?.accountId) return <>{t`you`}</>;
  return <>{batch.startedBy.startsWith('command-line') ? t`the command line` : t`somebody else`}</>;
}

export function columns(onUndo: (row: Batch) => void): readonly Column<Batch>[] {
  return [
    {
      key: 'file',
      head: t`File`,
      rowHead: true,
      cell: (row) => (
        <Link href={`/imports/${row.batchId}`}>
          <bdi>{row.fileName}</bdi>
        </Link>
      ),
    },
    { key: 'kind', head: t`What`, cell: (row) => kindWord(row.kind) },
    { key: 'state', head: t`State`, cell: (row) => (row.dryRun && row.state !== 'done' ? t`${stateWord(row)} (dry run)` : stateWord(row)) },
    {
      key: 'rows',
      head: t`Rows taken`,
      number: true,
      cell: (row) => (row.report ? <span class="nowrap">{t`${count(row.report.taken)} of ${count(row.report.rows)}`}</span> : '–'),
    },
    {
      key: 'who',
      head: t`Who`,
      cell: (row) => <Who batch={row} />,
    },
    {
      key: 'when',
      head: t`When`,
      cell: (row) => <time dateTime={row.startedAt}>{moment(row.startedAt)}</time>,
    },
    {
      key: 'undo',
      head: '',
      cell: (row) =>
        canBeUndone(row) && (
          <span class="import-undo nowrap">
            <Button kind="quiet" label={t`Undo ${row.fileName}`} onClick={() => onUndo(row)}>{t`Undo`}</Button>
          </span>
        ),
    },
  ];
}
