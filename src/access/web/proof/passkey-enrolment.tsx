// SPDX-License-Identifier: AGPL-3.0-or-later
import { Fingerprint } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { unanswered } from '../../../platform/web/api.ts';
import { asProblem, useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { deviceOf } from '../../domain/device.ts';
import { makePasskey } from './browser-keys.ts';
import type { Proving } from './fresh-proof.tsx';

interface Props {
  readonly proving: Proving;
  readonly onDone: (codes: readonly string[] | null) => void;
  /** It was kept at the first try; only the answer was lost, and with it the codes for paper, if some came. */
  readonly onLost: () => void;
}

export function PasskeyEnrolment({ proving, onDone, onLost }: Props) {
  const [name, setName] = useState(() => deviceOf(navigator.userAgent).system ?? t`This device`);
  const lost = useRef(false);
  const make = useAct(async () => {
    try {
      onDone((await proving.withProof(() => makePasskey(name.trim() || t`This device`))).recoveryCodes);
    } catch (error) {
      const { code } = asProblem(error);
      if (unanswered.includes(code)) lost.current = true;
      if (code !== 'already-there' || !lost.current) throw error;
      onLost();
    }
  });
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <p>{t`A passkey stays on this device, or on a key that you plug in. It opens with your finger, your face or a PIN; nothing has to be typed, and nobody can trick it out of you.`}</p>
      {make.problem && <ProblemNotice problem={make.problem} />}
      <TextField
        label={t`Name of the passkey`}
        hint={t`So that you know it again, for example “Phone” or “Office computer”.`}
        value={name}
        onInput={setName}
        maxLength={60}
      />
      <Button kind="primary" type="submit" icon={Fingerprint} busy={make.busy}>{t`Make the passkey`}</Button>
    </form>
  );
}
