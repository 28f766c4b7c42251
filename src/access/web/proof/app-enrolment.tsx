// SPDX-License-Identifier: AGPL-3.0-or-later
import { encode } from 'uqr';
import { useMemo, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { NewApp, NewRecoveryCodes } from '../../domain/proof.ts';
import type { Proving } from './fresh-proof.tsx';
import './proof.css';

/** A picture for the camera of the phone, drawn here: the secret goes to no other server. */
function Picture({ of, label }: { readonly of: string; readonly label: string }) {
  const { size, path } = useMemo(() => {
    const { data, size: wide } = encode(of, { ecc: 'M', border: 4 });
    const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { size: wide, path: dark.join('') };
  }, [of]);
  return (
    <svg class="proof-picture" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

const inFours = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

interface Props {
  readonly proving: Proving;
  /** With the codes for paper, where these are the first. */
  readonly onDone: (codes: readonly string[] | null) => void;
}

/** Two steps: the secret goes into the app, and the first code comes back. */
export function AppEnrolment({ proving, onDone }: Props) {
  const begun = useResource(() => proving.withProof(() => api.post<NewApp>('/me/app')), ['app']);
  return <Loaded of={begun}>{(app) => <Steps app={app} proving={proving} onDone={onDone} again={begun.reload} />}</Loaded>;
}

function Steps({ app, proving, onDone, again }: Props & { readonly app: NewApp; readonly again: () => void }) {
  return (
    <ol class="proof-steps">
      <li>
        <div class="stack">
          <p>{t`Open a code app on your phone and let it scan this picture. Any app for one-time codes will do; it needs no internet afterwards.`}</p>
          <Picture of={app.address} label={t`A picture that a code app scans`} />
          <p>
            <a href={app.address}>{t`You are on that phone now? Open the app from here.`}</a>
          </p>
          <details>
            <summary>{t`The camera does not work? Type this key into the app.`}</summary>
            <p>
              <code class="proof-key">{inFours(app.secret)}</code>
            </p>
          </details>
        </div>
      </li>
      <li>
        <FirstCode app={app} proving={proving} onDone={onDone} again={again} />
      </li>
    </ol>
  );
}

function FirstCode({ app, proving, onDone, again }: Props & { readonly app: NewApp; readonly again: () => void }) {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const send = useAct(async () => {
    const made = await proving.withProof(() => api.put<NewRecoveryCodes>('/me/app', { ticket: app.ticket, code }));
    onDone(made.recoveryCodes);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(code.trim().length < 6);
    if (code.trim().length >= 6) void send.run();
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <p>{t`Type the six digits that the app shows now.`}</p>
      {send.problem && <ProblemNotice problem={send.problem} />}
      {send.problem?.code === 'fresh-proof-needed' && <Button onClick={again}>{t`Begin again`}</Button>}
      <TextField
        label={t`Code`}
        value={code}
        onInput={setCode}
        autoComplete="one-time-code"
        maxLength={12}
        exact
        required
        error={missing ? t`Enter the code` : undefined}
      />
      <Button kind="primary" type="submit" busy={send.busy}>{t`Set up the app`}</Button>
    </form>
  );
}
