// SPDX-License-Identifier: AGPL-3.0-or-later
import { Fingerprint } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { deviceOf } from '../../domain/device.ts';
import { makePasskey } from './browser-keys.ts';
import type { Proving } from './fresh-proof.tsx';

interface Props {
  readonly proving: Proving;
  readonly onDone: (codes: readonly string[] | null) => void;
}

export function PasskeyEnrolment({ proving, onDone }: Props) {
  const [name, setName] = useState(() => deviceOf(navigator.userAgent).system ?? t`This device`);
  const make = useAct(async () => {
    const made = await proving.withProof(() => makePasskey(name.trim() || t`This device`));
    onDone(made.recoveryCodes);
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
