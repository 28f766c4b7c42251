// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account, AccountWithPassword, NewAccount } from '../../domain/account.ts';
import { looksLikeUserName } from '../checks.ts';
import { UserNameField } from '../user-name-field.tsx';
import './accounts.css';
import { PasswordOnce } from './password-once.tsx';
import { isWhole, PostFields, type PostDraft } from './post-fields.tsx';

interface Props {
  readonly onClose: () => void;
  readonly onMade: (account: Account) => void;
}

/** Name, user name, post; then the password, once. */
export function NewAccountDialog({ onClose, onMade }: Props) {
  const [made, setMade] = useState<AccountWithPassword | undefined>(undefined);
  if (made) {
    return (
      <Dialog title={t`Account made for ${made.account.displayName}`} onClose={onClose} sticky>
        <PasswordOnce userName={made.account.userName} password={made.password} onDone={() => onMade(made.account)} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t`Make an account`} onClose={onClose}>
      <NewAccountForm onClose={onClose} onMade={setMade} />
    </Dialog>
  );
}

/** The account asked for, in the language of whoever makes it until its owner chooses another. */
function newAccount(displayName: string, userName: string, post: PostDraft): NewAccount {
  return {
    userName,
    displayName: displayName.trim(),
    locale: language().pseudo ? 'en' : language().code,
    ...(post.role ? { role: post.role, placeId: post.place?.placeId ?? null } : {}),
  };
}

interface FormProps {
  readonly onClose: () => void;
  readonly onMade: (made: AccountWithPassword) => void;
}

function NewAccountForm({ onClose, onMade }: FormProps) {
  const [displayName, setDisplayName] = useState('');
  const [userName, setUserName] = useState('');
  const [post, setPost] = useState<PostDraft>({ role: undefined, place: null });
  const [checked, setChecked] = useState(false);
  const make = useAct(async () => onMade(await api.post<AccountWithPassword>('/accounts', newAccount(displayName, userName, post))));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    if (displayName.trim() && looksLikeUserName(userName) && isWhole(post)) void make.run();
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      {make.problem && <ProblemNotice problem={make.problem} />}
      <TextField
        label={t`Name`}
        hint={t`As colleagues know them.`}
        value={displayName}
        onInput={setDisplayName}
        maxLength={80}
        autoComplete="off"
        error={checked && !displayName.trim() ? t`Enter a name` : undefined}
      />
      <UserNameField
        hint={t`To sign in with: 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
        value={userName}
        onInput={setUserName}
        autoComplete="off"
        checked={checked}
      />
      <PostFields value={post} onChange={setPost} />
      {checked && !isWhole(post) && (
        <p class="field-error" role="alert">
          {post.role ? t`Choose an area` : t`Choose a role`}
        </p>
      )}
      <div class="row">
        <Button kind="primary" type="submit" busy={make.busy}>{t`Make the account`}</Button>
        <Button onClick={onClose}>{t`Cancel`}</Button>
      </div>
    </form>
  );
}
