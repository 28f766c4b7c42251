// SPDX-License-Identifier: AGPL-3.0-or-later
import { Building2, Download, FileUp, UserPlus } from 'lucide';
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Link, useLocation, useQuery } from '../../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { Table, type Column, type Sort } from '../../../platform/web/ui/table.tsx';
import type { Account } from '../../domain/account.ts';
import { AccountState } from './account-state.tsx';
import { arrange, listAccounts, postWords } from './accounts-data.ts';
import { takeFile } from './accounts-file.ts';
import { CodeTimes } from './code-times.tsx';
import { RolePolicy } from './role-policy.tsx';
import { emptyDraft, NewAccountDialog } from './new-account-dialog.tsx';

const pageSize = 25;

function columns(): readonly Column<Account>[] {
  return [
    {
      key: 'name',
      head: t`Name`,
      rowHead: true,
      sortable: true,
      cell: (row) => (
        <Link href={`/accounts/${encodeURIComponent(row.accountId)}`}>
          <bdi>{row.displayName}</bdi>
        </Link>
      ),
    },
    { key: 'user', head: t`User name`, sortable: true, cell: (row) => <bdi>{row.userName}</bdi> },
    {
      key: 'posts',
      head: t`Posts`,
      sortable: true,
      cell: (row) =>
        row.posts.length === 0 ? (
          <span class="soft">{t`none`}</span>
        ) : (
          postWords(row, t`everywhere`).map((each) => (
            <div key={each}>
              <bdi>{each}</bdi>
            </div>
          ))
        ),
    },
    { key: 'state', head: t`State`, sortable: true, cell: (row) => <AccountState account={row} /> },
    { key: 'created', head: t`Made on`, sortable: true, cell: (row) => <span class="nowrap">{day(row.createdAt, 'medium')}</span> },
  ];
}

const sortOf = (query: URLSearchParams): Sort => ({ key: query.get('sort') ?? 'name', down: query.get('down') === '1' });

/** The accounts that hold the words looked for, a page at a time. */
function AccountList({ rows }: { readonly rows: readonly Account[] }) {
  const [query, setQuery] = useQuery();
  const [shown, setShown] = useState(pageSize);
  const text = query.get('find') ?? '';
  const sort = sortOf(query);
  const find = (value: string) => {
    setShown(pageSize);
    setQuery({ find: value }, { replace: true });
  };
  return (
    <div class="stack">
      <TextField label={t`Find an account`} type="search" value={text} onInput={find} />
      <p class="soft" role="status">
        {plural(rows.length, { one: '# account', other: '# accounts' })}
      </p>
      {rows.length === 0 && (
        <EmptyState
          title={t`Nobody found`}
          action={<Button onClick={() => setQuery({ find: null }, { replace: true })}>{t`Show all accounts`}</Button>}
        >{t`No name, user name, role, place or state holds these words.`}</EmptyState>
      )}
      {rows.length > 0 && (
        <Table
          caption={t`Accounts`}
          columns={columns()}
          rows={rows.slice(0, shown)}
          rowKey={(row) => row.accountId}
          sort={sort}
          onSort={(next) => setQuery({ sort: next.key, down: next.down ? 1 : null }, { replace: true })}
        />
      )}
      {rows.length > shown && (
        <div class="row">
          <Button onClick={() => setShown(shown + pageSize)}>{t`Show more`}</Button>
        </div>
      )}
    </div>
  );
}

export default function AccountsPage() {
  const accounts = useResource(listAccounts, ['accounts']);
  const [query, setQuery] = useQuery();
  const [, go] = useLocation();
  const [draft, setDraft] = useState(emptyDraft);
  const rows = arrange(accounts.data ?? [], query.get('find') ?? '', sortOf(query));
  const take = useAct(() => takeFile(rows));
  const open = <Button kind="primary" icon={UserPlus} onClick={() => setQuery({ new: 1 })}>{t`Make an account`}</Button>;
  return (
    <Page
      wide
      title={t`Accounts`}
      lead={t`Who can sign in, in which role and for which area.`}
      actions={
        <>
          {accounts.data && <Button icon={Download} busy={take.busy} onClick={() => void take.run()}>{t`Take as CSV`}</Button>}
          <ButtonLink icon={Building2} href="/organisations">{t`Organisations`}</ButtonLink>
          <ButtonLink icon={FileUp} href="/accounts/import">{t`Bring in a file`}</ButtonLink>
          {open}
        </>
      }
    >
      {take.problem && <ProblemNotice problem={take.problem} />}
      <Loaded of={accounts} isEmpty={(data) => data.length === 0} empty={<EmptyState title={t`No accounts yet`} action={open} />}>
        {() => <AccountList rows={rows} />}
      </Loaded>
      <RolePolicy />
      <CodeTimes />
      {query.get('new') === '1' && (
        <NewAccountDialog
          draft={draft}
          onDraft={setDraft}
          onClose={() => setQuery({ new: null }, { replace: true })}
          // In place of the dialog's address: going back must not open it once more.
          onMade={(account) => go(`/accounts/${encodeURIComponent(account.accountId)}`, { replace: true })}
        />
      )}
    </Page>
  );
}
