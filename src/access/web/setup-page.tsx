// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct } from '../../platform/web/resource.ts';
import { useTitle } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { FrontDoor } from './front-door.tsx';
import { looksLikeUserName } from './checks.ts';
import { signIn } from './session.ts';
import { UserNameField } from './user-name-field.tsx';

/** The very first page of an installation without demo data: makes the account that makes all others. */
export default function SetupPage() {
  useTitle(t`Set up Waymark`);
  return (
    <FrontDoor>
      <div class="door-narrow stack-wide">
        <div class="stack">
          <h1>{t`Set up Waymark`}</h1>
          <p class="lead">{t`You are the first here. Make your own account: it will be the administrator's, and from it you make everybody else's.`}</p>
        </div>
        <FirstAccountForm />
      </div>
    </FrontDoor>
  );
}

interface Draft {
  readonly code: string;
  readonly displayName: string;
  readonly userName: string;
  readonly password: string;
}

/** The terminal gives an address that carries the code behind the #, which no server or log ever sees. */
const emptyDraft = (): Draft => ({ code: decodeURIComponent(location.hash.slice(1)), displayName: '', userName: '', password: '' });

const isWhole = ({ code, displayName, userName, password }: Draft): boolean =>
  code.trim() !== '' && displayName.trim() !== '' && looksLikeUserName(userName) && password !== '';

function FirstAccountForm() {
  const [draft, setDraft] = useState(emptyDraft);
  const [checked, setChecked] = useState(false);
  const make = useAct(async () => {
    await api.post('/setup', { ...draft, displayName: draft.displayName.trim() });
    await signIn(draft.userName, draft.password);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isWhole(draft)) void make.run();
  };
  return (
    <form onSubmit={submit} noValidate>
      {make.problem && <ProblemNotice problem={make.problem} />}
      <FirstAccountFields draft={draft} set={(changes) => setDraft((before) => ({ ...before, ...changes }))} checked={checked} />
      <p class="soft small">{t`Keep it safe: until there is a second administrator, nobody can give you a new one from here.`}</p>
      <Button kind="primary" type="submit" busy={make.busy}>{t`Make my account`}</Button>
    </form>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly set: (changes: Partial<Draft>) => void;
  readonly checked: boolean;
}

function FirstAccountFields({ draft: { code, displayName, userName, password }, set, checked }: FieldsProps) {
  return (
    <>
      <TextField
        label={t`Set-up code`}
        hint={t`Twelve letters and digits. They stand in the window, or in the log, where Waymark was started.`}
        value={code}
        onInput={(text) => set({ code: text })}
        exact
        maxLength={60}
        autoComplete="off"
        error={checked && !code.trim() ? t`Enter the code` : undefined}
      />
      <TextField
        label={t`Your name`}
        hint={t`As your colleagues know you.`}
        value={displayName}
        onInput={(text) => set({ displayName: text })}
        autoComplete="name"
        maxLength={80}
        error={checked && !displayName.trim() ? t`Enter your name` : undefined}
      />
      <UserNameField
        hint={t`What you type to sign in: 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
        value={userName}
        onInput={(text) => set({ userName: text })}
        autoComplete="username"
        checked={checked}
      />
      <PasswordField
        label={t`Password`}
        hint={t`At least 10 characters. Three or four unrelated words are strong and easy to remember.`}
        value={password}
        onInput={(text) => set({ password: text })}
        autoComplete="new-password"
        error={checked && !password ? t`Enter a password` : undefined}
      />
    </>
  );
}
