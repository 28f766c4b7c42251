// SPDX-License-Identifier: AGPL-3.0-or-later
import { UserPlus } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { timeNow } from '../../../platform/web/clock.ts';
import { moment, named } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { useQuery } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import type { Slip, Volunteer } from '../../domain/invitation.ts';
import '../accounts/accounts.css';
import { InvitedUntil } from '../accounts/account-state.tsx';
import { CodeDialog } from '../accounts/code-dialog.tsx';
import { DisableDialog } from '../accounts/disable-dialog.tsx';
import { SlipDialog } from '../accounts/slip-dialog.tsx';
import { InviteDialog, type Unanswered } from './invite-dialog.tsx';
import { LetInButton } from './let-in-button.tsx';
import { findVolunteers, listVolunteers, volunteerPath } from './volunteers-data.ts';

const pageSize = 25;
type Asking = { readonly kind: 'code' | 'disable'; readonly volunteer: Volunteer };

function State({ volunteer: { disabled, code } }: { readonly volunteer: Volunteer }) {
  if (disabled) return <span class="strong">{t`Disabled`}</span>;
  if (code?.kind === 'invitation') return <InvitedUntil code={code} />;
  return code && new Date(code.expiresAt) > timeNow() ? (
    <span>{t`Active; a code is on its way, until ${moment(code.expiresAt)}`}</span>
  ) : (
    <span>{t`Active`}</span>
  );
}

interface ActProps {
  readonly ask: (asking: Asking) => void;
  readonly reload: () => void;
}

function columns({ ask, reload }: ActProps): readonly Column<Volunteer>[] {
  return [
    { key: 'name', head: t`Name`, rowHead: true, cell: (row) => <bdi>{row.displayName}</bdi> },
    { key: 'user', head: t`User name`, cell: (row) => <bdi>{row.userName}</bdi> },
    { key: 'places', head: t`Village`, cell: (row) => <bdi>{row.places.map((place) => named(place)).join(', ')}</bdi> },
    { key: 'state', head: t`State`, cell: (row) => <State volunteer={row} /> },
    {
      key: 'acts',
      head: t`Change`,
      cell: (row) =>
        row.disabled ? (
          <LetInButton volunteer={row} reload={reload} />
        ) : (
          <span class="row row-acts">
            <Button
              kind="quiet"
              label={t`New code for ${row.displayName}`}
              onClick={() => ask({ kind: 'code', volunteer: row })}
            >{t`New code`}</Button>
            <Button
              kind="quiet"
              label={t`Disable ${row.displayName}`}
              onClick={() => ask({ kind: 'disable', volunteer: row })}
            >{t`Disable`}</Button>
          </span>
        ),
    },
  ];
}

function VolunteerList({ all, ...acts }: ActProps & { readonly all: readonly Volunteer[] }) {
  const [shown, setShown] = useState(pageSize);
  const [text, setText] = useState('');
  const rows = findVolunteers(all, text);
  return (
    <div class="stack">
      <TextField
        label={t`Find somebody`}
        type="search"
        value={text}
        onInput={(value) => {
          setShown(pageSize);
          setText(value);
        }}
      />
      <p class="soft" role="status">
        {plural(rows.length, { one: '# volunteer', other: '# volunteers' })}
      </p>
      {rows.length === 0 ? (
        <EmptyState title={t`Nobody found`}>{t`No name, user name or village holds these words.`}</EmptyState>
      ) : (
        <Table caption={t`Volunteers of your area`} columns={columns(acts)} rows={rows.slice(0, shown)} rowKey={(row) => row.accountId} />
      )}
      {rows.length > shown && (
        <div class="row">
          <Button onClick={() => setShown(shown + pageSize)}>{t`Show more`}</Button>
        </div>
      )}
    </div>
  );
}

/** The officer's page: the watch volunteers of her own area, and nobody else. */
export default function VolunteersPage() {
  const volunteers = useResource(listVolunteers, ['volunteers']);
  const [query, setQuery] = useQuery();
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const [slip, setSlip] = useState<Slip | undefined>(undefined);
  const invite = <Button kind="primary" icon={UserPlus} onClick={() => setQuery({ new: 1 })}>{t`Invite a volunteer`}</Button>;
  const unanswered = useRef<Unanswered | null>(null);
  const close = () => setAsking(undefined);
  const noted = () => {
    setSlip(undefined);
    volunteers.reload();
  };
  return (
    <Page
      wide
      title={t`People I invite`}
      lead={t`The watch volunteers of your area: who can sign in, who is invited, and a new way in for those who lost theirs.`}
      actions={volunteers.data && volunteers.data.length > 0 ? invite : undefined}
    >
      <Loaded
        of={volunteers}
        isEmpty={(data) => data.length === 0}
        empty={
          <EmptyState title={t`No volunteers yet`} action={invite}>
            {t`Whoever you invite here visits the households of one village. You hand over a slip with a code; they choose their own password.`}
          </EmptyState>
        }
      >
        {(all) => <VolunteerList all={all} ask={setAsking} reload={volunteers.reload} />}
      </Loaded>
      {query.get('new') === '1' && (
        <InviteDialog
          unanswered={unanswered}
          onClose={() => setQuery({ new: null }, { replace: true })}
          onInvited={(made) => {
            setQuery({ new: null }, { replace: true });
            setSlip(made);
          }}
        />
      )}
      {asking?.kind === 'code' && (
        <CodeDialog account={asking.volunteer} invited={asking.volunteer.code?.kind === 'invitation'} onClose={close} onIssued={setSlip} />
      )}
      {asking?.kind === 'disable' && (
        <DisableDialog account={asking.volunteer} path={volunteerPath(asking.volunteer)} onClose={close} reload={volunteers.reload} />
      )}
      {slip && <SlipDialog slip={slip} onDone={noted} />}
    </Page>
  );
}
