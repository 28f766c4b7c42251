// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { PasswordField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { signIn } from './session.ts';

/** One's own password. The server ends every session, this one too, so the new password signs in again at once. */
export function PasswordForm({ userName }: { readonly userName: string }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [missing, setMissing] = useState(false);
  const [done, setDone] = useState(false);
  const change = useAct(async () => {
    await api.post('/me/password', { current, wanted });
    await signIn(userName, wanted);
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = !current || !wanted;
    setMissing(lacking);
    setDone(false);
    if (lacking || !(await change.run())) return;
    setCurrent('');
    setWanted('');
    setDone(true);
  };
  return (
    <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
      {change.problem && <ProblemNotice problem={change.problem} />}
      {done && <Notice kind="good" title={t`The password is changed`} live>{t`Everywhere else you are signed out.`}</Notice>}
      <PasswordField
        label={t`Current password`}
        value={current}
        onInput={setCurrent}
        autoComplete="current-password"
        error={missing && !current ? t`Enter your password` : undefined}
      />
      <PasswordField
        label={t`New password`}
        hint={t`At least 10 characters. Three or four unrelated words are strong and easy to remember.`}
        value={wanted}
        onInput={setWanted}
        autoComplete="new-password"
        error={missing && !wanted ? t`Enter a password` : undefined}
      />
      <div class="row">
        <Button type="submit" busy={change.busy}>{t`Change the password`}</Button>
      </div>
    </form>
  );
}
