// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, ApiProblem } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { PasswordField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import { readSecondProof, SecondStep } from './second-step.tsx';

export interface Proving {
  /** Does `act`, and where the server wants fresh proof for it, asks and does it again. Gives `cancelled` up when nobody proves anything. */
  readonly withProof: <T>(act: () => Promise<T>) => Promise<T>;
  /** To be shown by whoever uses it. */
  readonly dialog: ComponentChildren;
}

const wantsProof = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'fresh-proof-needed' && !error.detail;

export function useProving(): Proving {
  const [asking, setAsking] = useState<{ done: () => void; close: () => void } | undefined>(undefined);
  const proof = (): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      setAsking({ done: resolve, close: () => reject(new ApiProblem(0, 'cancelled', 'Cancelled')) });
    }).finally(() => setAsking(undefined));
  const withProof = async <T,>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (!wantsProof(error)) throw error;
      await proof();
      return act();
    }
  };
  const dialog = asking && (
    <Dialog title={t`Prove that it is you`} onClose={asking.close}>
      <AskAgain onDone={asking.done} />
    </Dialog>
  );
  return { withProof, dialog };
}

function AskAgain({ onDone }: { readonly onDone: () => void }) {
  const ways = useResource(readSecondProof, ['ways']);
  return (
    <div class="stack">
      <p>{t`This is too important to change without it: somebody else might be sitting at your open page.`}</p>
      <Loaded of={ways}>
        {({ app, passkeyCount }) => (app || passkeyCount > 0 ? <SecondStep onDone={onDone} /> : <PasswordAgain onDone={onDone} />)}
      </Loaded>
    </div>
  );
}

function PasswordAgain({ onDone }: { readonly onDone: () => void }) {
  const [password, setPassword] = useState('');
  const send = useAct(async () => {
    await api.post('/me/proof/password', { password });
    onDone();
  });
  const wrong = send.problem?.code === 'wrong-proof';
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (password) void send.run();
      }}
    >
      {send.problem && !wrong && <ProblemNotice problem={send.problem} />}
      <PasswordField
        label={t`Password`}
        value={password}
        onInput={(text) => {
          send.forget();
          setPassword(text);
        }}
        autoComplete="current-password"
        error={wrong ? t`This is not your current password` : undefined}
      />
      <Button kind="primary" type="submit" busy={send.busy}>{t`Go on`}</Button>
    </form>
  );
}
