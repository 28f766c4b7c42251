// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { signIn } from './session.ts';

interface Props {
  /** Somebody whose session has ended: only the password is asked. */
  readonly userName?: string;
  readonly onDone?: () => void;
}

export function SignInForm({ userName, onDone }: Props) {
  const [name, setName] = useState(userName ?? '');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<'name' | 'password' | undefined>(undefined);
  const enter = useAct(signIn);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = !name.trim() ? 'name' : !password ? 'password' : undefined;
    setMissing(lacking);
    if (!lacking && (await enter.run(name, password))) onDone?.();
  };
  return (
    <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
      {enter.problem && <ProblemNotice problem={enter.problem} />}
      <TextField
        label={t`User name`}
        value={name}
        onInput={setName}
        autoComplete="username"
        exact
        required
        error={missing === 'name' ? t`Enter your user name` : undefined}
      />
      <PasswordField
        label={t`Password`}
        value={password}
        onInput={setPassword}
        autoComplete="current-password"
        error={missing === 'password' ? t`Enter your password` : undefined}
      />
      <Button kind="primary" type="submit" busy={enter.busy}>{t`Sign in`}</Button>
    </form>
  );
}
