// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import { daysLeft, type ErasureRow, type QueuedRequest } from '../domain/request.ts';
import { HoldsPart } from './holds-part.tsx';
import './people.css';
import { todayHere } from './register/draft.ts';
import { DecideDialog, requestsPath } from './request-dialogs.tsx';
import { aboutWord, dueWords, kindWord, requestStateWord } from './requests-words.ts';
import { RetentionPart } from './retention-part.tsx';

function Number({ row }: { readonly row: { readonly number: string; readonly held: boolean } }) {
  return (
    <span>
      <span class="record-number">{row.number}</span>
      {row.held && <span class="soft small"> · {t`held`}</span>}
    </span>
  );
}

function columns(decide: (row: QueuedRequest) => void): readonly Column<QueuedRequest>[] {
  return [
    { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <Number row={row} /> },
    { key: 'kind', head: t`Asks for`, cell: (row) => (row.about ? `${kindWord(row.kind)}: ${aboutWord(row.about)}` : kindWord(row.kind)) },
    { key: 'district', head: t`District`, cell: (row) => <bdi>{row.district ? named(row.district) : ''}</bdi> },
    {
      key: 'due',
      head: t`Answer by`,
      cell: (row) => (
        <span class={daysLeft(row, todayHere()) < 0 ? 'strong' : ''}>
          {day(row.dueOn, 'medium')} · {dueWords(row, todayHere())}
        </span>
      ),
    },
    {
      key: 'act',
      head: t`Decide`,
      cell: (row) => <Button kind="quiet" label={t`Decide about ${row.number}`} onClick={() => decide(row)}>{t`Decide`}</Button>,
    },
  ];
}

const decidedColumns = (): readonly Column<QueuedRequest>[] => [
  { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <Number row={row} /> },
  { key: 'kind', head: t`Asked for`, cell: (row) => kindWord(row.kind) },
  { key: 'state', head: t`What became of it`, cell: (row) => requestStateWord(row.state) },
  { key: 'on', head: t`On`, cell: (row) => (row.decidedAt ? day(row.decidedAt, 'medium') : '') },
];

const erasedColumns = (): readonly Column<ErasureRow>[] => [
  { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <span class="record-number">{row.number}</span> },
  { key: 'on', head: t`Erased on`, cell: (row) => day(row.erasedAt, 'medium') },
  { key: 'why', head: t`Why`, cell: (row) => (row.byRule ? t`The time to keep it was over` : t`The person asked for it`) },
];

/** The data protection officer's queue: what people ask for, whose time is over, what must be kept. Numbers and districts, no names. */
export default function RequestsPage() {
  const open = useResource((signal) => api.get<QueuedRequest[]>(requestsPath, undefined, { signal }), ['requests']);
  const [deciding, setDeciding] = useState<QueuedRequest | undefined>(undefined);
  return (
    <Page
      wide
      title={t`Requests and retention`}
      lead={t`What people ask about their own records, how long records are kept, and which must not be erased. By record number; you see no names and no answers.`}
    >
      <div class="stack-wide">
        <section class="stack" aria-labelledby="open">
          <h2 id="open">{t`To be answered`}</h2>
          <Loaded
            of={open}
            isEmpty={(rows) => rows.length === 0}
            empty={
              <EmptyState
                title={t`Nothing to answer`}
              >{t`Whoever visits people writes down what they ask for on the person's page; it then stands here.`}</EmptyState>
            }
          >
            {(rows) => (
              <Table
                caption={t`Requests to be answered, the most urgent first`}
                columns={columns(setDeciding)}
                rows={rows}
                rowKey={(row) => row.requestId}
              />
            )}
          </Loaded>
        </section>
        <RetentionPart />
        <HoldsPart />
        <Past key={open.data?.length ?? 0} />
      </div>
      {deciding && <DecideDialog request={deciding} onClose={() => setDeciding(undefined)} onDecided={open.put} />}
    </Page>
  );
}

function Past() {
  const decided = useResource((signal) => api.get<QueuedRequest[]>(requestsPath, { decided: true }, { signal }), ['decided']);
  const erased = useResource((signal) => api.get<ErasureRow[]>('/data-protection/erasures', undefined, { signal }), ['erased']);
  return (
    <section class="stack" aria-labelledby="past">
      <h2 id="past">{t`Answered`}</h2>
      <Loaded of={decided} isEmpty={(rows) => rows.length === 0} empty={<p class="soft">{t`Nothing yet.`}</p>}>
        {(rows) => (
          <Table caption={t`Requests that were answered`} columns={decidedColumns()} rows={rows} rowKey={(row) => row.requestId} />
        )}
      </Loaded>
      <h3>{t`Erased`}</h3>
      <Loaded of={erased} isEmpty={(rows) => rows.length === 0} empty={<p class="soft">{t`Nobody yet.`}</p>}>
        {(rows) => (
          <Table caption={t`Erased records`} columns={erasedColumns()} rows={rows} rowKey={(row) => `${row.number} ${row.erasedAt}`} />
        )}
      </Loaded>
    </section>
  );
}
