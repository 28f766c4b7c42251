// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import type { ApiProblem } from '../../platform/web/api.ts';
import { problemTitle } from '../../platform/web/problem-words.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
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
      {enter.problem && <Refusal problem={enter.problem} />}
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

/** The server tells nobody which accounts there are, nor which are disabled; so whoever is sure of her password is told what else it may be. */
function Refusal({ problem }: { readonly problem: ApiProblem }) {
  if (problem.code !== 'wrong-credentials') return <ProblemNotice problem={problem} />;
  return (
    <Notice kind="danger" title={problemTitle(problem)} live>
      {t`If you are sure of both, ask your administrator whether your account is disabled.`}
    </Notice>
  );
}
