// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { inReadersWords } from '../../platform/web/details.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { useFirstWrong } from '../../platform/web/ui/first-wrong.ts';
import { signIn } from './session.ts';

/** One's own password. The server ends every session, this one too, so the new password signs in again at once. */
export function PasswordForm({ userName }: { readonly userName: string }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [tries, setTries] = useState(0);
  const [done, setDone] = useState(false);
  const form = useFirstWrong(tries);
  const change = useAct(async () => {
    await api.post('/me/password', { current, wanted });
    const password = wanted;
    // Changed, whatever becomes of signing in.
    setCurrent('');
    setWanted('');
    setTries(0);
    setDone(true);
    await signIn(userName, password);
  });
  const { problem } = change;
  const checked = tries > 0 && !done;
  const wrong = done
    ? undefined
    : problem?.code === 'wrong-credentials'
      ? 'current'
      : problem?.code === 'weak-password'
        ? 'wanted'
        : undefined;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setDone(false);
    if (!current || !wanted || !(await change.run())) setTries((before) => before + 1);
  };
  return (
    <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      {done && <Notice kind="good" title={t`The password is changed`} live>{t`Everywhere else you are signed out.`}</Notice>}
      <PasswordField
        label={t`Current password`}
        value={current}
        onInput={(text) => {
          if (wrong === 'current') change.forget();
          setCurrent(text);
        }}
        autoComplete="current-password"
        error={wrong === 'current' ? t`This is not your current password` : checked && !current ? t`Enter your password` : undefined}
      />
      <PasswordField
        label={t`New password`}
        hint={t`At least 10 characters. Three or four unrelated words are strong and easy to remember.`}
        value={wanted}
        onInput={(text) => {
          if (wrong === 'wanted') change.forget();
          setWanted(text);
        }}
        autoComplete="new-password"
        error={wrong === 'wanted' ? inReadersWords(problem?.detail ?? '') : checked && !wanted ? t`Enter a password` : undefined}
      />
      {problem && !wrong && <ProblemNotice problem={problem} />}
      <div class="row">
        <Button type="submit" busy={change.busy}>{t`Change the password`}</Button>
      </div>
    </form>
  );
}
