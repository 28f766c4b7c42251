// SPDX-License-Identifier: AGPL-3.0-or-later
import { KeyRound, Ticket } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account } from '../../domain/account.ts';
import { isOwnAccount } from '../../domain/codes.ts';
import type { Slip } from '../../domain/invitation.ts';
import { AccountState } from './account-state.tsx';
import './accounts.css';
import { accountPath } from './accounts-data.ts';
import { CodeDialog } from './code-dialog.tsx';
import { DisableDialog, useLettingIn } from './disable-dialog.tsx';
import { PasswordDialog } from './password-once.tsx';
import { SlipDialog } from './slip-dialog.tsx';

interface Props {
  readonly account: Account;
  readonly reload: () => void;
}

/** Whether this person can sign in, and what the administrator may do about it. */
export function SigningIn({ account, reload }: Props) {
  const [asking, setAsking] = useState<'password' | 'code' | 'disable' | undefined>(undefined);
  const [password, setPassword] = useState<string | undefined>(undefined);
  const [slip, setSlip] = useState<Slip | undefined>(undefined);
  const invited = account.code?.kind === 'invitation';
  const path = accountPath(account);
  const enable = useLettingIn({ account, path, reload });
  // The way to the own record of a person: only her case worker gives a code for it.
  const own = isOwnAccount(account.posts);
  const opener = useRef<HTMLElement | null>(null);
  const close = () => setAsking(undefined);
  const noted = () => {
    setPassword(undefined);
    setSlip(undefined);
    reload();
    // The dialog with the password or code was opened by one that is gone.
    setTimeout(() => opener.current?.focus());
  };
  const ask = (what: 'password' | 'code') => (event: MouseEvent) => {
    opener.current = event.currentTarget as HTMLElement;
    setAsking(what);
  };
  return (
    <section class="stack" aria-labelledby="access-title">
      <h2 id="access-title">{t`Signing in`}</h2>
      <p>
        <AccountState account={account} />
      </p>
      {own && (
        <p class="soft">{t`Through it a person reads the own record. Only the person’s case worker gives a new code; you can shut it in an emergency.`}</p>
      )}
      {enable.problem && <ProblemNotice problem={enable.problem} />}
      <div class="row">
        {!own && !account.disabled && me.value?.accountId !== account.accountId && (
          <Button icon={Ticket} onClick={ask('code')}>
            {invited ? t`Make a new invitation code` : t`Make a code for a new password`}
          </Button>
        )}
        {!own && <Button icon={KeyRound} onClick={ask('password')}>{t`Make a new password`}</Button>}
        {account.disabled ? (
          <Button busy={enable.busy} onClick={() => void enable.run()}>{t`Let this person in again`}</Button>
        ) : (
          <Button kind="danger" onClick={() => setAsking('disable')}>{t`Disable the account`}</Button>
        )}
      </div>
      {asking === 'password' && <NewPasswordDialog account={account} onClose={close} onMade={setPassword} />}
      {asking === 'code' && <CodeDialog account={account} invited={invited} onClose={close} onIssued={setSlip} />}
      {slip && <SlipDialog slip={slip} onDone={noted} />}
      {asking === 'disable' && <DisableDialog account={account} path={path} onClose={close} reload={reload} />}
      {password !== undefined && (
        <PasswordDialog title={t`New password for ${account.displayName}`} userName={account.userName} password={password} onDone={noted} />
      )}
    </section>
  );
}

interface NewPasswordProps {
  readonly account: Account;
  readonly onClose: () => void;
  readonly onMade: (password: string) => void;
}

function NewPasswordDialog({ account, onClose, onMade }: NewPasswordProps) {
  return (
    <ConfirmDialog
      kind="primary"
      title={t`Make a new password?`}
      action={t`Make a new password`}
      onClose={onClose}
      onConfirm={async () => onMade((await api.post<{ password: string }>(`${accountPath(account)}/password`)).password)}
    >
      <p>{t`The old password stops working and ${account.displayName} is signed out everywhere. A lock after failed attempts is lifted.`}</p>
    </ConfirmDialog>
  );
}
