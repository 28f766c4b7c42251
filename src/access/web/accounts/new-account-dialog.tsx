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
import './accounts.css';
import { PasswordOnce } from './password-once.tsx';
import { isWhole, PostFields, type PostDraft } from './post-fields.tsx';

interface Props {
  readonly onClose: () => void;
  readonly onMade: (account: Account) => void;
}

/** Name, user name, post; then the password, once. */
export function NewAccountDialog({ onClose, onMade }: Props) {
  const [displayName, setDisplayName] = useState('');
  const [userName, setUserName] = useState('');
  const [post, setPost] = useState<PostDraft>({ role: undefined, place: null });
  const [checked, setChecked] = useState(false);
  const [made, setMade] = useState<AccountWithPassword | undefined>(undefined);
  const make = useAct(async () => {
    const account: NewAccount = {
      userName,
      displayName: displayName.trim(),
      locale: language().pseudo ? 'en' : language().code,
      ...(post.role ? { role: post.role, placeId: post.place?.placeId ?? null } : {}),
    };
    setMade(await api.post<AccountWithPassword>('/accounts', account));
  });
  if (made) {
    return (
      <Dialog title={t`Account made for ${made.account.displayName}`} onClose={onClose} sticky>
        <PasswordOnce userName={made.account.userName} password={made.password} onDone={() => onMade(made.account)} />
      </Dialog>
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    if (displayName.trim() && looksLikeUserName(userName) && isWhole(post)) void make.run();
  };
  return (
    <Dialog title={t`Make an account`} onClose={onClose}>
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
        <TextField
          label={t`User name`}
          hint={t`To sign in with: 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
          value={userName}
          exact
          autoComplete="off"
          maxLength={30}
          onInput={(text) => setUserName(text.toLowerCase())}
          error={
            checked && !looksLikeUserName(userName)
              ? t`Use 3 to 30 small letters, digits, dots or hyphens, beginning with a letter`
              : undefined
          }
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
    </Dialog>
  );
}
