// SPDX-License-Identifier: AGPL-3.0-or-later
import { LogOut } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { LanguageChoice } from '../language-choice.tsx';
import { PasswordForm } from '../password-form.tsx';
import { signOut } from '../session.ts';

/** In the account of a person: her language, her password, the way out, and its end. */
export default function OwnAccountPage() {
  const leave = useAct(signOut);
  const [ending, setEnding] = useState(false);
  return (
    <Page title={t`This account`}>
      <section class="stack">
        <LanguageChoice showLabel />
        {leave.problem && <ProblemNotice problem={leave.problem} />}
        <div class="row">
          <Button kind="primary" icon={LogOut} busy={leave.busy} onClick={() => void leave.run()}>{t`Sign out`}</Button>
        </div>
        <p class="soft">{t`After ten minutes without a tap you are signed out. Do not let the phone keep your password.`}</p>
      </section>
      <section class="stack" aria-labelledby="password-title">
        <h2 id="password-title">{t`Change your password`}</h2>
        <p class="soft">{t`Do this if you think somebody has seen it.`}</p>
        <PasswordForm userName={me.value?.userName ?? ''} />
      </section>
      <section class="stack" aria-labelledby="end-title">
        <h2 id="end-title">{t`End this account`}</h2>
        <p>{t`If it is not safe any more, or you do not want it. Nothing else changes, and you are helped as before.`}</p>
        <div class="row">
          <Button kind="danger" onClick={() => setEnding(true)}>{t`End this account`}</Button>
        </div>
      </section>
      {ending && (
        <ConfirmDialog
          title={t`End this account?`}
          action={t`Yes, end it`}
          onClose={() => setEnding(false)}
          onConfirm={async () => {
            await api.delete('/own/account');
            location.replace('/');
          }}
        >
          <p>{t`You are signed out at once, and nobody comes in here any more. Your case worker can give you another account later.`}</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}
