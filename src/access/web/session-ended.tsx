// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, ApiProblem, signedOutByServer } from '../../platform/web/api.ts';
import { me } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { signOut } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Over the page, so that what was typed below is still there after signing in again. */
export function SessionEnded() {
  const [ended, setEnded] = useState(false);
  const count = signedOutByServer.value;
  const [before] = useState(me.value);
  const [atFirst] = useState(count);
  const asking = useRef(false);
  useEffect(() => {
    if (count === atFirst || asking.current) return;
    // A refusal that was on its way while somebody signed in speaks of the time before: whether she is signed in, the server is asked.
    asking.current = true;
    void api
      .get('/me')
      .catch((error: unknown) => {
        if (error instanceof ApiProblem && error.code === 'not-signed-in') setEnded(true);
      })
      .finally(() => {
        asking.current = false;
      });
  }, [count]);
  if (!ended) return null;
  const done = () => {
    // Somebody else must not inherit this page.
    if (before && me.value?.accountId !== before.accountId) location.assign('/');
    setEnded(false);
  };
  return (
    <Dialog title={t`Sign in again`} sticky>
      <div class="stack">
        <p>{t`You were signed out, perhaps after a long pause. What you entered is still here.`}</p>
        <SignInForm {...(before ? { userName: before.userName } : {})} onDone={done} />
        <Button kind="quiet" onClick={() => void signOut().catch(() => location.assign('/'))}>{t`Leave this page instead`}</Button>
      </div>
    </Dialog>
  );
}
