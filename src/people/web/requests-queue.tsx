// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Printer } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { useQuery } from '../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column, type Sort } from '../../platform/web/ui/table.tsx';
import { daysLeft, requestKinds, requestStates, type QueuedRequest, type RequestPage } from '../domain/request.ts';
import './people.css';
import { todayHere } from './register/draft.ts';
import { aboutWord, dueWords, kindWord, requestStateWord } from './requests-words.ts';

const pageSize = 50;
const asks = ['kind', 'state'] as const;

export type RequestsPath = '/data-protection/requests' | '/people/requests';

/** What the address asks for, as the server takes it. */
export function useAsked(): { asked: Record<string, string>; filtered: boolean; clear: () => void } {
  const [query, setQuery] = useQuery();
  const asked: Record<string, string> = {};
  for (const key of [...asks, 'latestFirst']) if (query.get(key)) asked[key] = query.get(key) ?? '';
  return {
    asked,
    filtered: asks.some((key) => asked[key] !== undefined),
    clear: () => setQuery({ kind: null, state: null }, { replace: true }),
  };
}

/** What stands at the head of either page: on paper, and as a file. */
export function QueueActions({ path }: { readonly path: RequestsPath }) {
  const { asked } = useAsked();
  return (
    <span class="row not-in-print">
      <Button kind="quiet" icon={Printer} onClick={() => print()}>{t`Print`}</Button>
      <ButtonLink kind="quiet" icon={Download} href={apiPath(`${path}.csv`, asked)} download>{t`Take as CSV`}</ButtonLink>
    </span>
  );
}

function Filters() {
  const [query, setQuery] = useQuery();
  const set = (key: string) => (value: string) => setQuery({ [key]: value || null }, { replace: true });
  return (
    <div class="row-end not-in-print">
      <Select
        label={t`Asks for`}
        value={query.get('kind') ?? ''}
        options={[{ value: '', label: t`Everything` }, ...requestKinds.map((value) => ({ value, label: kindWord(value) }))]}
        onChange={set('kind')}
      />
      <Select
        label={t`State`}
        value={query.get('state') ?? ''}
        options={[
          { value: '', label: t`To be answered` },
          { value: 'answered', label: t`Answered` },
          ...requestStates.filter((state) => state !== 'open').map((value) => ({ value, label: requestStateWord(value) })),
          { value: 'all', label: t`All of them` },
        ]}
        onChange={set('state')}
      />
    </div>
  );
}

interface QueueProps {
  readonly path: RequestsPath;
  readonly record: (row: QueuedRequest) => ComponentChildren;
  /** What can be done about an open one. */
  readonly act?: (row: QueuedRequest) => ComponentChildren;
  readonly empty: ComponentChildren;
}

function Due({ row }: { readonly row: QueuedRequest }) {
  const late = daysLeft(row, todayHere()) < 0;
  if (row.state !== 'open') return <span class="soft">{day(row.dueOn, 'medium')}</span>;
  return (
    <span>
      {day(row.dueOn, 'medium')} · <span class={late ? 'strong' : ''}>{dueWords(row, todayHere())}</span>
    </span>
  );
}

const columns = ({ record, act }: Pick<QueueProps, 'record' | 'act'>, open: boolean): readonly Column<QueuedRequest>[] => [
  {
    key: 'number',
    head: t`Record`,
    rowHead: true,
    cell: (row) => (
      <span>
        {record(row)}
        {row.held && <span class="soft small"> · {t`legal hold`}</span>}
      </span>
    ),
  },
  { key: 'kind', head: t`Asks for`, cell: (row) => (row.about ? `${kindWord(row.kind)}: ${aboutWord(row.about)}` : kindWord(row.kind)) },
  { key: 'district', head: t`District`, cell: (row) => <bdi>{row.district ? named(row.district) : ''}</bdi> },
  { key: 'due', head: t`Answer by`, sortable: true, cell: (row) => <Due row={row} /> },
  ...(open
    ? []
    : [
        {
          key: 'state',
          head: t`What became of it`,
          cell: (row: QueuedRequest) =>
            row.decidedAt ? `${requestStateWord(row.state)}, ${day(row.decidedAt, 'medium')}` : requestStateWord(row.state),
        },
      ]),
  ...(act
    ? [{ key: 'act', head: '', cell: (row: QueuedRequest) => row.state === 'open' && <span class="not-in-print">{act(row)}</span> }]
    : []),
];

/** Who asked for what about the own record, by the day an answer is due. */
export function RequestsQueue(props: QueueProps) {
  const { asked, filtered, clear } = useAsked();
  return (
    <div class="stack">
      <Filters />
      <Rows key={JSON.stringify(asked)} {...props} asked={asked} filtered={filtered} onClear={clear} />
    </div>
  );
}

interface RowsProps extends QueueProps {
  readonly asked: Record<string, string>;
  readonly filtered: boolean;
  readonly onClear: () => void;
}

function Rows({ path, asked, filtered, onClear, empty, ...cells }: RowsProps) {
  const [, setQuery] = useQuery();
  const [more, setMore] = useState<RequestPage | undefined>(undefined);
  const first = useResource(
    (signal) => api.get<RequestPage>(path, { ...asked, limit: pageSize }, { signal }),
    [path, JSON.stringify(asked)],
  );
  const next = (more ?? first.data)?.next ?? null;
  const show = useAct(async () => {
    const page = await api.get<RequestPage>(path, { ...asked, limit: pageSize, after: next });
    setMore({ rows: [...(more?.rows ?? []), ...page.rows], next: page.next });
  });
  const none = (
    <EmptyState title={t`Nothing like that`} action={<Button onClick={onClear}>{t`Show what is to be answered`}</Button>}>
      {t`Nobody asked for what is chosen above.`}
    </EmptyState>
  );
  const sort: Sort = { key: 'due', down: asked['latestFirst'] === 'true' };
  return (
    <Loaded of={first} isEmpty={({ rows }) => rows.length === 0} empty={filtered ? none : empty}>
      {({ rows }) => (
        <div class="stack">
          <Table
            caption={t`What people ask about their records`}
            columns={columns(cells, asked['state'] === undefined)}
            rows={[...rows, ...(more?.rows ?? [])]}
            rowKey={(row) => row.requestId}
            sort={sort}
            onSort={({ down }) => setQuery({ latestFirst: down ? 'true' : null }, { replace: true })}
          />
          {show.problem && <ProblemNotice problem={show.problem} />}
          {next && (
            <div class="row not-in-print">
              <Button busy={show.busy} onClick={() => void show.run()}>{t`Show more`}</Button>
            </div>
          )}
        </div>
      )}
    </Loaded>
  );
}
