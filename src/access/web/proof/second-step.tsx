// SPDX-License-Identifier: AGPL-3.0-or-later
import { Fingerprint } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, unanswered } from '../../../platform/web/api.ts';
import { asProblem, useAct, useResource } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { SecondProof } from '../../domain/proof.ts';
import { canUsePasskeys, provePasskey } from './browser-keys.ts';

export const readSecondProof = (signal?: AbortSignal): Promise<SecondProof> =>
  api.get<SecondProof>('/me/second-proof', undefined, signal ? { signal } : {});

/** The second half of signing in, and what is asked again before anything important changes. */
export function SecondStep({ onDone }: { readonly onDone: () => unknown }) {
  const ways = useResource(readSecondProof, ['ways']);
  return <Loaded of={ways}>{(found) => <Ways found={found} onDone={onDone} />}</Loaded>;
}

function Ways({ found, onDone }: { readonly found: SecondProof; readonly onDone: () => unknown }) {
  const byKey = found.passkeyCount > 0 && canUsePasskeys();
  const prove = useAct(async () => {
    await provePasskey();
    await onDone();
  });
  return (
    <div class="stack">
      {byKey && (
        <div class="stack-tight">
          {prove.problem && <ProblemNotice problem={prove.problem} />}
          <p>{t`Your device asks for your finger, your face or its PIN.`}</p>
          <div class="row">
            <Button kind="primary" icon={Fingerprint} busy={prove.busy} onClick={() => void prove.run()}>{t`Use your passkey`}</Button>
          </div>
        </div>
      )}
      <CodeForm app={found.app} primary={!byKey} onDone={onDone} />
      <p class="soft small">
        <Link href="/lost-phone">{t`My phone is lost or does not work`}</Link>
      </p>
    </div>
  );
}

function CodeForm({ app, primary, onDone }: { readonly app: boolean; readonly primary: boolean; readonly onDone: () => unknown }) {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const lost = useRef(false);
  const send = useAct(async () => {
    // A recovery code is long: where nobody answered it stays, to be sent again.
    lost.current = true;
    await api.post('/me/proof/code', { code }).catch((error: unknown) => {
      lost.current = unanswered.includes(asProblem(error).code);
      throw error;
    });
    await onDone();
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(code.trim().length < 6);
    if (code.trim().length >= 6 && !(await send.run()) && !lost.current) setCode('');
  };
  return (
    <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
      {send.problem && <ProblemNotice problem={send.problem} />}
      <TextField
        label={app ? t`Code` : t`Recovery code`}
        hint={
          app
            ? t`The six digits that your code app shows now, or one of the recovery codes on your paper.`
            : t`One of the recovery codes on your paper. Each is good once.`
        }
        value={code}
        onInput={setCode}
        autoComplete="one-time-code"
        maxLength={40}
        exact
        required
        autoFocus={primary}
        error={missing ? t`Enter the code` : undefined}
      />
      <Button kind={primary ? 'primary' : 'plain'} type="submit" busy={send.busy}>{t`Go on`}</Button>
    </form>
  );
}
