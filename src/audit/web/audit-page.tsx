// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { moment } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { useQuery } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import type { AuditPage as Answer, AuditRow } from '../domain/audit-entry.ts';
import { actionWords } from './action-words.ts';

const pageSize = 50;

/** Names of accounts, for those who may see them; the record itself holds ids only. */
type Names = ReadonlyMap<string, string>;

async function loadNames(signal: AbortSignal): Promise<Names> {
  if (!may('accounts.manage')) return new Map();
  const { rows } = await api.get<{ rows: { accountId: string; displayName: string }[] }>('/accounts', undefined, { signal });
  return new Map(rows.map((each) => [each.accountId, each.displayName]));
}

function detailText(row: AuditRow): string {
  return Object.entries(row.detail).filter(([, value]) => value !== null).map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`).join(' · ');
}

/** A name where one is known; else the end of the id, which is what tells two apart. The whole stands in the tooltip. */
function Id({ id, names }: { readonly id: string; readonly names: Names }) {
  const name = names.get(id);
  if (name) return <span title={id}><bdi>{name}</bdi></span>;
  return <code class="small" title={id}>{id.length > 20 ? `…${id.slice(-8)}` : id}</code>;
}

function columns(names: Names): readonly Column<AuditRow>[] {
  const about = (row: AuditRow) => [row.subject, row.placeId].filter((id): id is string => id !== null && id !== row.actorId);
  return [
    { key: 'at', head: t`When`, cell: (row) => <time class="nowrap" dateTime={row.at}>{moment(row.at)}</time> },
    { key: 'action', head: t`What`, rowHead: true, cell: (row) => <span title={row.action}>{actionWords(row.action)}</span> },
    { key: 'actor', head: t`Who`, cell: (row) => <Id id={row.actorId} names={names} /> },
    { key: 'subject', head: t`On what`, cell: (row) => about(row).length > 0 ? about(row).map((id) => <div key={id}><Id id={id} names={names} /></div>) : <span class="soft">–</span> },
    { key: 'detail', head: t`Details`, cell: (row) => <span class="small"><bdi>{detailText(row) || '–'}</bdi></span> },
  ];
}

function matches(row: AuditRow, names: Names, text: string): boolean {
  const all = [row.action, actionWords(row.action), row.actorId, names.get(row.actorId), row.subject, names.get(row.subject ?? ''), row.placeId, detailText(row)];
  return all.some((each) => each?.toLowerCase().includes(text.toLowerCase()));
}

export default function AuditPage() {
  const [query, setQuery] = useQuery();
  const [older, setOlder] = useState<readonly AuditRow[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const first = useResource((signal) => api.get<Answer>('/audit', { limit: pageSize }, { signal }), ['audit']);
  const names = useResource(loadNames, ['names']);
  const known = names.data ?? new Map<string, string>();
  const after = next === undefined ? first.data?.next ?? null : next;
  const more = useAct(async () => {
    const answer = await api.get<Answer>('/audit', { limit: pageSize, after });
    setOlder([...older, ...answer.rows]);
    setNext(answer.next);
  });
  const text = query.get('find') ?? '';
  return (
    <Page wide title={t`Record of use`} lead={t`What was done, when and from which account, newest first. It holds no names of people and cannot be changed.`}>
      <TextField label={t`Show only lines with`} hint={t`Searches the lines loaded below.`} type="search" value={text} onInput={(value) => setQuery({ find: value }, { replace: true })} />
      <Loaded of={first} isEmpty={(data) => data.rows.length === 0} empty={<EmptyState title={t`Nothing has been done yet`}>{t`Every sign-in, change and export will stand here.`}</EmptyState>}>
        {(data) => {
          const rows = [...data.rows, ...older].filter((row) => !text || matches(row, known, text));
          return (
            <div class="stack">
              {rows.length > 0 ? <Table caption={t`Record of use`} columns={columns(known)} rows={rows} rowKey={(row) => row.entryId} /> : <p>{t`No line loaded so far holds this.`}</p>}
              {more.problem && <ProblemNotice problem={more.problem} />}
              {after && <div class="row"><Button busy={more.busy} onClick={() => void more.run()}>{t`Show older lines`}</Button></div>}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
