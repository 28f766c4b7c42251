// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { inReadersWords } from '../../platform/web/details.ts';
import { language } from '../../platform/web/i18n.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Link, useLocation, useTitle } from '../../platform/web/router.tsx';
import { me } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { useFirstWrong } from '../../platform/web/ui/first-wrong.ts';
import { FrontDoor } from './front-door.tsx';
import { loadMe, signIn } from './session.ts';

interface Draft {
  readonly userName: string;
  readonly code: string;
  readonly password: string;
}

/** Where a slip leads: its owner types what stands on it and chooses a password of her own. */
export default function WelcomePage() {
  useTitle(t`Come in with a code`);
  return (
    <FrontDoor>
      <div class="door-narrow stack-wide">
        <div class="stack">
          <h1>{t`Come in with a code`}</h1>
          {!me.value && (
            <p class="lead">{t`You were given a paper with a user name and a code. Type both, and choose a password that only you know.`}</p>
          )}
        </div>
        {me.value ? <SomebodyIsIn name={me.value.displayName} /> : <WelcomeForm />}
      </div>
    </FrontDoor>
  );
}

/** On a phone that is shared: nobody's password is chosen in somebody else's session. */
function SomebodyIsIn({ name }: { readonly name: string }) {
  const leave = useAct(async () => {
    await api.post('/auth/sign-out');
    await loadMe();
  });
  return (
    <div class="stack">
      <Notice kind="warning">{t`${name} is signed in on this device. Sign out first to go on with a code.`}</Notice>
      {leave.problem && <ProblemNotice problem={leave.problem} />}
      <div class="row">
        <Button kind="primary" busy={leave.busy} onClick={() => void leave.run()}>{t`Sign out and go on`}</Button>
        <Link href="/">{t`Back to the start page`}</Link>
      </div>
    </div>
  );
}

function WelcomeForm() {
  const [draft, setDraft] = useState<Draft>({ userName: '', code: '', password: '' });
  const [tries, setTries] = useState(0);
  const [, go] = useLocation();
  const form = useFirstWrong(tries);
  const come = useAct(async () => {
    await api.post('/welcome', { ...draft, ...(language().pseudo ? {} : { locale: language().code }) });
    // The password is chosen, whatever becomes of signing in with it: the sign-in page stands there then.
    go('/', { replace: true });
    await signIn(draft.userName, draft.password).catch(() => {});
  });
  const { problem } = come;
  const weak = problem?.code === 'weak-password';
  const set = (changes: Partial<Draft>) => {
    if (weak) come.forget();
    setDraft((before) => ({ ...before, ...changes }));
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const whole = draft.userName.trim() !== '' && draft.code.trim() !== '' && draft.password !== '';
    if (!whole || !(await come.run())) setTries((before) => before + 1);
  };
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      {problem && !weak && <ProblemNotice problem={problem} />}
      <Fields draft={draft} set={set} checked={tries > 0} weak={weak ? inReadersWords(problem.detail ?? '') : undefined} />
      <Button kind="primary" type="submit" busy={come.busy}>{t`Choose this password and sign in`}</Button>
      <p class="soft small">
        {t`The code works once. If it does not work, ask whoever gave it to you for a new one.`}{' '}
        <Link href="/">{t`Sign in with a password`}</Link>
      </p>
    </form>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly set: (changes: Partial<Draft>) => void;
  readonly checked: boolean;
  readonly weak: string | undefined;
}

function Fields({ draft: { userName, code, password }, set, checked, weak }: FieldsProps) {
  return (
    <>
      <TextField
        label={t`User name`}
        value={userName}
        onInput={(text) => set({ userName: text })}
        exact
        autoComplete="username"
        maxLength={200}
        error={checked && !userName.trim() ? t`Enter the user name on your paper` : undefined}
      />
      <TextField
        label={t`Code`}
        hint={t`Sixteen letters and digits. Capitals and spaces do not matter.`}
        value={code}
        onInput={(text) => set({ code: text })}
        exact
        autoComplete="off"
        maxLength={60}
        error={checked && !code.trim() ? t`Enter the code` : undefined}
      />
      <PasswordField
        label={t`New password`}
        hint={t`At least 10 characters. Three or four unrelated words are strong and easy to remember.`}
        value={password}
        onInput={(text) => set({ password: text })}
        autoComplete="new-password"
        error={weak ?? (checked && !password ? t`Enter a password` : undefined)}
      />
    </>
  );
}
