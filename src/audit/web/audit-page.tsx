// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Eye } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../platform/web/api.ts';
import { moment } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Link, useQuery } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select, TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { isRecordNumber, RecordNumber, saidNumber } from '../../platform/web/ui/record-number.tsx';
import { Segmented } from '../../platform/web/ui/segmented.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import { detailNumbers, isAboutRecord } from '../domain/about-record.ts';
import type { AuditPage as Answer, AuditRow } from '../domain/audit-entry.ts';
import { actionWords, knownActions } from './action-words.ts';
import { Id, loadNames, nameOptions, type Names } from './names.tsx';
import { SealLine } from './seal-line.tsx';

const pageSize = 50;

function detailText(row: AuditRow): string {
  return Object.entries(detailNumbers(row.detail))
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' · ');
}

const RecordLink = ({ id }: { readonly id: string }) => (
  <Link href={`/audit?subject=${id}`}>
    <RecordNumber id={id} />
  </Link>
);

function columns(names: Names): readonly Column<AuditRow>[] {
  const about = (row: AuditRow) => [row.subject, row.placeId].filter((id): id is string => id !== null && id !== row.actorId);
  return [
    {
      key: 'at',
      head: t`When`,
      cell: (row) => (
        <time class="nowrap" dateTime={row.at}>
          {moment(row.at)}
        </time>
      ),
    },
    { key: 'action', head: t`What`, rowHead: true, cell: (row) => <span title={row.action}>{actionWords(row.action)}</span> },
    { key: 'actor', head: t`Who`, cell: (row) => <Id id={row.actorId} names={names} /> },
    {
      key: 'subject',
      head: t`On what`,
      cell: (row) =>
        about(row).map((id) => (
          <div key={id}>{id === row.subject && isAboutRecord(row) ? <RecordLink id={id} /> : <Id id={id} names={names} />}</div>
        )),
    },
    {
      key: 'detail',
      head: t`Details`,
      cell: (row) =>
        detailText(row) && (
          <span class="small">
            <bdi>{detailText(row)}</bdi>
          </span>
        ),
    },
  ];
}

const dayMs = 86_400_000;

/** What the address asks for, as the server takes it: whole days of this reader's clock. */
function askedOf(query: URLSearchParams): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const key of ['actor', 'action', 'subject']) if (query.get(key)) asked[key] = query.get(key) ?? '';
  const midnight = (day: string | null) => (day && !Number.isNaN(Date.parse(day)) ? new Date(`${day}T00:00:00`).getTime() : undefined);
  const [from, to] = [midnight(query.get('from')), midnight(query.get('to'))];
  if (from !== undefined) asked['from'] = new Date(from).toISOString();
  // A day and a half on is always within the next day, also where clocks change.
  if (to !== undefined) asked['until'] = new Date(new Date(to + dayMs * 1.5).setHours(0, 0, 0, 0)).toISOString();
  return asked;
}

function Filters({ names }: { readonly names: Names }) {
  const [query, setQuery] = useQuery();
  const set = (key: string) => (value: string) => setQuery({ [key]: value || null }, { replace: true });
  const people = nameOptions(names);
  const action = query.get('action') ?? '';
  return (
    <div class="row-end">
      {people.length > 0 && (
        <Select
          label={t`Who`}
          value={query.get('actor') ?? ''}
          options={[{ value: '', label: t`Everybody` }, ...people]}
          onChange={set('actor')}
        />
      )}
      <Select
        label={t`What`}
        value={action.endsWith('*') ? '' : action}
        options={[{ value: '', label: t`Everything` }, ...knownActions()]}
        onChange={set('action')}
      />
      <TextField label={t`First day`} type="date" value={query.get('from') ?? ''} onInput={set('from')} />
      <TextField label={t`Last day`} type="date" value={query.get('to') ?? ''} onInput={set('to')} />
    </div>
  );
}

/** What a data protection officer looks for most, one touch away. */
function Kinds() {
  const [query, setQuery] = useQuery();
  const action = query.get('action') ?? '';
  return (
    <Segmented
      label={t`Kind of act`}
      hideLabel
      value={action.endsWith('*') ? action : ''}
      options={[
        { value: '', label: t`Everything` },
        { value: 'consent.*', label: t`Consents` },
        { value: 'erasure.*', label: t`Erasures` },
        { value: 'identity.*', label: t`Identities` },
      ]}
      onChange={(value) => setQuery({ action: value || null }, { replace: true })}
    />
  );
}

function OfOne({ subject }: { readonly subject: string }) {
  const number = saidNumber(subject);
  return (
    <p>
      {t`Only what was done on record ${number}.`}{' '}
      {isRecordNumber(subject) && (
        <Link href={`/audit/reads?${new URLSearchParams({ person: subject }).toString()}`}>{t`Who looked at it`}</Link>
      )}
    </p>
  );
}

export default function AuditPage() {
  const [query, setQuery] = useQuery();
  const asked = askedOf(query);
  const names = useResource(loadNames, ['names']);
  const known = names.data ?? new Map<string, string>();
  const whole = may('audit.read-whole');
  const filtered = Object.keys(asked).length > 0;
  return (
    <Page
      wide
      title={t`Record of use`}
      lead={t`What was done, when and from which account, newest first. It holds no names of people and cannot be changed.`}
      actions={
        <>
          {whole && <ButtonLink kind="quiet" icon={Eye} href="/audit/reads">{t`Who looked at whom`}</ButtonLink>}
          <ButtonLink icon={Download} href={apiPath('/audit.csv', asked)}>{t`Take as CSV`}</ButtonLink>
        </>
      }
    >
      <SealLine />
      {whole && <Kinds />}
      <Filters names={known} />
      {asked['subject'] && <OfOne subject={asked['subject']} />}
      {asked['action'] === 'consent.*' && may('consent.read') && (
        <p>
          {t`Here stand consents that were written down one by one. Those said at registration, or brought by an import, are with all others:`}{' '}
          <Link href="/data-protection/consents">{t`All consents`}</Link>
        </p>
      )}
      {filtered && (
        <div class="row">
          <Button
            kind="quiet"
            onClick={() => setQuery({ actor: null, action: null, subject: null, from: null, to: null }, { replace: true })}
          >{t`Show everything`}</Button>
        </div>
      )}
      <Lines key={JSON.stringify(asked)} asked={asked} names={known} filtered={filtered} />
    </Page>
  );
}

function Lines({ asked, names, filtered }: { readonly asked: Record<string, string>; readonly names: Names; readonly filtered: boolean }) {
  const [older, setOlder] = useState<readonly AuditRow[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const first = useResource(
    (signal) => api.get<Answer>('/audit', { ...asked, limit: pageSize }, { signal }),
    ['audit', JSON.stringify(asked)],
  );
  const after = next === undefined ? (first.data?.next ?? null) : next;
  const more = useAct(async () => {
    const answer = await api.get<Answer>('/audit', { ...asked, limit: pageSize, after });
    setOlder([...older, ...answer.rows]);
    setNext(answer.next);
  });
  const empty = filtered ? (
    <EmptyState title={t`Nothing of this kind`}>{t`No line fits what is chosen above.`}</EmptyState>
  ) : (
    <EmptyState title={t`Nothing has been done yet`}>{t`Every sign-in, change and export will stand here.`}</EmptyState>
  );
  return (
    <Loaded of={first} isEmpty={(data) => data.rows.length === 0} empty={empty}>
      {(data) => (
        <div class="stack">
          <Table caption={t`Record of use`} columns={columns(names)} rows={[...data.rows, ...older]} rowKey={(row) => row.entryId} />
          {more.problem && <ProblemNotice problem={more.problem} />}
          {after && (
            <div class="row">
              <Button busy={more.busy} onClick={() => void more.run()}>{t`Show older lines`}</Button>
            </div>
          )}
        </div>
      )}
    </Loaded>
  );
}
