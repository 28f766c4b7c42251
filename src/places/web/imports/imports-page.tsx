// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileDown } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { count, moment } from '../../../platform/web/format.ts';
import { me } from '../../../platform/web/session.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import { canBeUndone, type Batch } from './imports-data.ts';
import { kindWord, stateWord } from './state-words.ts';
import { UndoDialog } from './undo-dialog.tsx';

/** Names of accounts are the administrator's to see; everybody recognises her own. */
function Who({ batch }: { readonly batch: Batch }) {
  if (batch.startedBy === me.value?.accountId) return <>{t`you`}</>;
  return <>{batch.startedBy.startsWith('command-line') ? t`the command line` : t`somebody else`}</>;
}

interface Answer {
  readonly rows: readonly Batch[];
  readonly next: string | null;
}

function columns(onUndo: (row: Batch) => void): readonly Column<Batch>[] {
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
    { key: 'kind', head: t`What`, cell: (row) => <span class="nowrap">{kindWord(row.kind)}</span> },
    { key: 'state', head: t`State`, cell: (row) => (row.dryRun ? t`${stateWord(row.state)} (dry run)` : stateWord(row.state)) },
    {
      key: 'rows',
      head: t`Rows taken`,
      number: true,
      cell: (row) => (row.report ? t`${count(row.report.taken)} of ${count(row.report.rows)}` : '–'),
    },
    {
      key: 'who',
      head: t`Who`,
      cell: (row) => (
        <span class="nowrap">
          <Who batch={row} />
        </span>
      ),
    },
    {
      key: 'when',
      head: t`When`,
      cell: (row) => (
        <time class="nowrap" dateTime={row.startedAt}>
          {moment(row.startedAt)}
        </time>
      ),
    },
    {
      key: 'undo',
      head: '',
      cell: (row) =>
        canBeUndone(row) ? <Button kind="quiet" label={t`Undo ${row.fileName}`} onClick={() => onUndo(row)}>{t`Undo`}</Button> : null,
    },
  ];
}

export default function ImportsPage() {
  const first = useResource((signal) => api.get<Answer>('/imports', undefined, { signal }), ['imports']);
  const [older, setOlder] = useState<Answer | undefined>(undefined);
  const [undoing, setUndoing] = useState<Batch | undefined>(undefined);
  const next = older ? older.next : first.data?.next;
  const more = useAct(async () => {
    const answer = await api.get<Answer>('/imports', { after: next });
    setOlder({ rows: [...(older?.rows ?? []), ...answer.rows], next: answer.next });
  });
  const load = <ButtonLink kind="primary" icon={FileDown} href="/imports/new">{t`Load a file`}</ButtonLink>;
  const again = () => {
    setOlder(undefined);
    first.reload();
  };
  return (
    <Page
      wide
      title={t`Imports`}
      lead={t`What was loaded from files: places, boundaries, statistics. Each can be undone.`}
      actions={first.data?.rows.length === 0 ? undefined : load}
    >
      <Loaded
        of={first}
        isEmpty={(data) => data.rows.length === 0}
        empty={
          <EmptyState
            title={t`Nothing has been loaded yet`}
            action={load}
          >{t`Load your places first, then statistics about them: the map appears at once. Nothing is changed before you have seen a report.`}</EmptyState>
        }
      >
        {(data) => (
          <div class="stack">
            <Table
              caption={t`Imports`}
              columns={columns(setUndoing)}
              rows={[...data.rows, ...(older?.rows ?? [])]}
              rowKey={(row) => row.batchId}
            />
            {more.problem && <ProblemNotice problem={more.problem} />}
            {next && (
              <div class="row">
                <Button busy={more.busy} onClick={() => void more.run()}>{t`Show older imports`}</Button>
              </div>
            )}
          </div>
        )}
      </Loaded>
      {undoing && <UndoDialog batch={undoing} onClose={() => setUndoing(undefined)} onDone={again} />}
    </Page>
  );
}
