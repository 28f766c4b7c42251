// SPDX-License-Identifier: AGPL-3.0-or-later
import { Plus } from 'lucide';
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { count, named } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Link, useQuery } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Checkbox, TextField } from '../../../platform/web/ui/field.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import type { Organisation } from '../../domain/organisation.ts';
import './accounts.css';
import { EndOrganisationDialog, OrganisationDialog } from './organisation-dialogs.tsx';
import { findOrganisations, kindWord, listOrganisations } from './organisations-data.ts';

type Asking = { readonly kind: 'new' } | { readonly kind: 'rename' | 'end'; readonly organisation: Organisation };

function columns(ask: (asking: Asking) => void): readonly Column<Organisation>[] {
  return [
    { key: 'name', head: t`Name`, rowHead: true, cell: (row) => <bdi>{row.name}</bdi> },
    { key: 'kind', head: t`Kind`, cell: (row) => kindWord(row.kind) },
    { key: 'place', head: t`Seat`, cell: (row) => (row.place ? <bdi>{named(row.place)}</bdi> : <span class="soft">{t`not stated`}</span>) },
    {
      key: 'accounts',
      head: t`Accounts`,
      number: true,
      cell: (row) =>
        row.accounts > 0 ? <Link href={`/accounts?find=${encodeURIComponent(row.name)}`}>{count(row.accounts)}</Link> : count(0),
    },
    {
      key: 'acts',
      head: t`Change`,
      cell: (row) =>
        row.ended ? (
          <span class="soft">{t`ended`}</span>
        ) : (
          <span class="row row-acts">
            <Button
              kind="quiet"
              label={t`Rename ${row.name}`}
              onClick={() => ask({ kind: 'rename', organisation: row })}
            >{t`Rename`}</Button>
            <Button kind="quiet" label={t`End ${row.name}`} onClick={() => ask({ kind: 'end', organisation: row })}>{t`End`}</Button>
          </span>
        ),
    },
  ];
}

interface ListProps {
  readonly all: readonly Organisation[];
  readonly ask: (asking: Asking) => void;
}

function OrganisationList({ all, ask }: ListProps) {
  const [query, setQuery] = useQuery();
  const withEnded = query.get('ended') === '1';
  const rows = findOrganisations(all, query.get('find') ?? '').filter(({ ended }) => withEnded || !ended);
  return (
    <div class="stack">
      <TextField
        label={t`Find an organisation`}
        type="search"
        value={query.get('find') ?? ''}
        onInput={(find) => setQuery({ find }, { replace: true })}
      />
      {all.some(({ ended }) => ended) && (
        <Checkbox
          label={t`Also those that have ended`}
          checked={withEnded}
          onChange={(on) => setQuery({ ended: on ? 1 : null }, { replace: true })}
        />
      )}
      <p class="soft" role="status">
        {plural(rows.length, { one: '# organisation', other: '# organisations' })}
      </p>
      {rows.length === 0 ? (
        <EmptyState title={t`None found`}>{t`No name, kind or place holds these words.`}</EmptyState>
      ) : (
        <Table caption={t`Organisations`} columns={columns(ask)} rows={rows} rowKey={(row) => row.organisationId} />
      )}
    </div>
  );
}

/** Whom people work for. */
export default function OrganisationsPage() {
  const organisations = useResource(listOrganisations, ['organisations']);
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const add = <Button kind="primary" icon={Plus} onClick={() => setAsking({ kind: 'new' })}>{t`Add an organisation`}</Button>;
  const close = () => setAsking(undefined);
  const done = () => {
    close();
    organisations.reload();
  };
  return (
    <Page
      wide
      title={t`Organisations`}
      lead={t`Whom case workers and partners work for. People are referred to an organisation, and those who work there accompany them.`}
      actions={
        <>
          <Link href="/accounts">{t`All accounts`}</Link>
          {organisations.data && organisations.data.length > 0 && add}
        </>
      }
    >
      <Loaded
        of={organisations}
        isEmpty={(data) => data.length === 0}
        empty={
          <EmptyState title={t`No organisations yet`} action={add}>
            {t`Add the ones your case workers and partners belong to; then their accounts can be given posts in them.`}
          </EmptyState>
        }
      >
        {(all) => <OrganisationList all={all} ask={setAsking} />}
      </Loaded>
      {asking?.kind === 'new' && <OrganisationDialog onClose={close} onDone={done} />}
      {asking?.kind === 'rename' && <OrganisationDialog organisation={asking.organisation} onClose={close} onDone={done} />}
      {asking?.kind === 'end' && <EndOrganisationDialog organisation={asking.organisation} onClose={close} onDone={done} />}
    </Page>
  );
}
