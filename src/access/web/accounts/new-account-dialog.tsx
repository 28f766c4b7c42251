// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account, AccountWithPassword, NewAccount } from '../../domain/account.ts';
import type { AccountWithSlip } from '../../domain/invitation.ts';
import { looksLikeUserName } from '../checks.ts';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { UserNameField } from '../user-name-field.tsx';
import './accounts.css';
import { PasswordDialog } from './password-once.tsx';
import { isWhole, noPost, postOf, PostFields, type PostDraft } from './post-fields.tsx';
import { SlipDialog } from './slip-dialog.tsx';

/** What has been entered so far. */
export interface AccountDraft {
  readonly displayName: string;
  readonly userName: string;
  readonly post: PostDraft;
  /** How its owner comes in: by a code with which she chooses her password, or with one that is made for her. */
  readonly by: 'invitation' | 'password';
}

export const emptyDraft: AccountDraft = { displayName: '', userName: '', post: noPost, by: 'invitation' };

interface Props {
  /** Held outside: a stray Escape or click beside the dialog closes it and loses nothing. */
  readonly draft: AccountDraft;
  readonly onDraft: (draft: AccountDraft) => void;
  readonly onClose: () => void;
  readonly onMade: (account: Account) => void;
}

type Made = AccountWithPassword | AccountWithSlip;

/** Name, user name, post; then the slip or the password, once. */
export function NewAccountDialog({ draft, onDraft, onClose, onMade }: Props) {
  const [made, setMade] = useState<Made | undefined>(undefined);
  if (made && 'slip' in made) return <SlipDialog key="made" slip={made.slip} onDone={() => onMade(made.account)} />;
  if (made) {
    return (
      <PasswordDialog
        key="made"
        title={t`Account made for ${made.account.displayName}`}
        userName={made.account.userName}
        password={made.password}
        onDone={() => onMade(made.account)}
      />
    );
  }
  const cancel = () => {
    onDraft(emptyDraft);
    onClose();
  };
  return (
    <Dialog key="making" title={t`Make an account`} onClose={onClose}>
      <NewAccountForm
        draft={draft}
        onDraft={onDraft}
        onCancel={cancel}
        onMade={(account) => {
          onDraft(emptyDraft);
          setMade(account);
        }}
      />
    </Dialog>
  );
}

/** The account asked for, in the language of whoever makes it until its owner chooses another. */
function newAccount({ displayName, userName, post }: AccountDraft): NewAccount {
  return {
    userName,
    displayName: displayName.trim(),
    locale: language().pseudo ? 'en' : language().code,
    ...postOf(post),
  };
}

interface FormProps extends Pick<Props, 'draft' | 'onDraft'> {
  readonly onCancel: () => void;
  readonly onMade: (made: Made) => void;
}

function NewAccountForm({ draft, onDraft, onCancel, onMade }: FormProps) {
  const { displayName, userName, post, by } = draft;
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const make = useAct(async () =>
    onMade(await api.post<Made>(by === 'invitation' ? '/accounts/invitations' : '/accounts', newAccount(draft))),
  );
  const isTaken = make.problem?.code === 'already-there';
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const whole = displayName.trim() !== '' && looksLikeUserName(userName) && isWhole(post);
    if (!whole || !(await make.run())) setTries((before) => before + 1);
  };
  return (
    <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label={t`Name`}
        hint={t`As colleagues know them.`}
        value={displayName}
        onInput={(text) => onDraft({ ...draft, displayName: text })}
        maxLength={80}
        autoComplete="off"
        error={tries > 0 && !displayName.trim() ? t`Enter a name` : undefined}
      />
      <UserNameField
        hint={t`To sign in with: 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
        value={userName}
        onInput={(text) => {
          if (isTaken) make.forget();
          onDraft({ ...draft, userName: text });
        }}
        autoComplete="off"
        checked={tries > 0}
        taken={isTaken}
      />
      <PostFields value={post} onChange={(changed) => onDraft({ ...draft, post: changed })} checked={tries > 0} />
      <WayIn value={by} onChange={(changed) => onDraft({ ...draft, by: changed })} />
      {make.problem && !isTaken && <ProblemNotice problem={make.problem} />}
      <div class="row">
        <Button kind="primary" type="submit" busy={make.busy}>{t`Make the account`}</Button>
        <Button onClick={onCancel}>{t`Cancel`}</Button>
      </div>
    </form>
  );
}

/** An invitation is safer: nobody but its owner ever knows the password. */
function WayIn({ value, onChange }: { readonly value: AccountDraft['by']; readonly onChange: (value: AccountDraft['by']) => void }) {
  const name = useId();
  const ways = [
    { by: 'invitation', title: t`By an invitation code`, says: t`They choose their own password with it.` },
    { by: 'password', title: t`With a password made here`, says: t`For somebody who stands beside you.` },
  ] as const;
  return (
    <fieldset class="role-choice">
      <legend class="field-label">{t`How they come in`}</legend>
      {ways.map(({ by, title, says }) => (
        <label key={by}>
          <input type="radio" name={name} checked={value === by} onChange={() => onChange(by)} />
          <span>
            {title}
            <br />
            <span class="soft small">{says}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
