// SPDX-License-Identifier: AGPL-3.0-or-later
import { Fingerprint } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, type ApiProblem } from '../../platform/web/api.ts';
import { problemTitle } from '../../platform/web/problem-words.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { canUsePasskeys, enterByPasskey } from './proof/browser-keys.ts';
import { SecondStep } from './proof/second-step.tsx';
import { arrive, enter } from './session.ts';

interface Props {
  /** Somebody whose session has ended: only the password is asked. */
  readonly userName?: string;
  /** How the other service is called, where there is one. */
  readonly otherService?: string | null;
  readonly onDone?: () => void;
}

/** Who it is, and where it is asked of her, in the same place, the second proof. */
export function SignInForm({ userName, otherService = null, onDone }: Props) {
  const [half, setHalf] = useState(false);
  const done = async () => {
    await arrive();
    onDone?.();
  };
  if (half)
    return (
      <div class="stack">
        <p role="status">{t`Your password is right. Now show that it is really you.`}</p>
        <SecondStep onDone={done} />
      </div>
    );
  return (
    <div class="stack">
      <PasswordPart userName={userName ?? ''} onIn={done} onHalf={() => setHalf(true)} />
      <OtherWays otherService={otherService} onIn={done} />
      {userName === undefined && (
        <p class="small">
          <Link href="/lost-phone">{t`My phone is lost`}</Link>
        </p>
      )}
    </div>
  );
}

interface PasswordProps {
  readonly userName: string;
  readonly onIn: () => Promise<void>;
  readonly onHalf: () => void;
}

function PasswordPart({ userName, onIn, onHalf }: PasswordProps) {
  const [name, setName] = useState(userName);
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<'name' | 'password' | undefined>(undefined);
  const send = useAct(async () => {
    if ((await enter(name, password)) === 'proof') onHalf();
    else await onIn();
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = !name.trim() ? 'name' : !password ? 'password' : undefined;
    setMissing(lacking);
    if (!lacking) void send.run();
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      {send.problem && <Refusal problem={send.problem} />}
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
      <Button kind="primary" type="submit" busy={send.busy}>{t`Sign in`}</Button>
    </form>
  );
}

function OtherWays({ otherService, onIn }: { readonly otherService: string | null; readonly onIn: () => Promise<void> }) {
  const byKey = useAct(async () => {
    await enterByPasskey();
    await onIn();
  });
  const byService = useAct(async () => location.assign((await api.post<{ url: string }>('/auth/oidc/start', {})).url));
  const problem = byKey.problem ?? byService.problem;
  if (!canUsePasskeys() && otherService === null) return null;
  return (
    <>
      {problem && problem.code !== 'cancelled' && <ProblemNotice problem={problem} />}
      <div class="row">
        {canUsePasskeys() && (
          <Button icon={Fingerprint} busy={byKey.busy} onClick={() => void byKey.run()}>{t`Sign in with a passkey`}</Button>
        )}
        {otherService !== null && (
          <Button busy={byService.busy} onClick={() => void byService.run()}>{t`Sign in with ${otherService}`}</Button>
        )}
      </div>
    </>
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
