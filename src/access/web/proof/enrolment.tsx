// SPDX-License-Identifier: AGPL-3.0-or-later
import { Fingerprint, Smartphone } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { AppEnrolment } from './app-enrolment.tsx';
import { canUsePasskeys } from './browser-keys.ts';
import { useProving, type Proving } from './fresh-proof.tsx';
import { PasskeyEnrolment } from './passkey-enrolment.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

export type Way = 'app' | 'passkey';

interface Props {
  /** Left out: she chooses. */
  readonly way?: Way;
  readonly onDone: () => void;
}

/** Sets one second proof up, and hands the codes for paper over where it is the first. */
export function Enrolment({ way: given, onDone }: Props) {
  const [way, setWay] = useState<Way | undefined>(given ?? (canUsePasskeys() ? undefined : 'app'));
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const proving = useProving();
  const done = (made: readonly string[] | null) => (made ? setCodes(made) : onDone());
  const [lost, setLost] = useState(false);
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <div class="stack">
      {lost && <LostPaper proving={proving} onCodes={setCodes} onDone={onDone} />}
      {way === undefined && <WayChoice onChoose={setWay} />}
      {way === 'app' && <AppEnrolment proving={proving} onDone={done} />}
      {way === 'passkey' && !lost && <PasskeyEnrolment proving={proving} onDone={done} onLost={() => setLost(true)} />}
      {way !== undefined && !lost && given === undefined && canUsePasskeys() && (
        <div class="row">
          <Button kind="quiet" onClick={() => setWay(undefined)}>{t`Choose another way`}</Button>
        </div>
      )}
      {proving.dialog}
    </div>
  );
}

function WayChoice({ onChoose }: { readonly onChoose: (way: Way) => void }) {
  return (
    <div class="proof-ways">
      <div class="stack-tight">
        <Button icon={Fingerprint} onClick={() => onChoose('passkey')}>{t`Passkey on this device`}</Button>
        <p class="soft small">{t`Quickest: your finger, your face or the PIN of this device. Choose it where the device is yours alone.`}</p>
      </div>
      <div class="stack-tight">
        <Button icon={Smartphone} onClick={() => onChoose('app')}>{t`Code app on your phone`}</Button>
        <p class="soft small">{t`Works with every computer you sit at: the phone shows six digits and you type them.`}</p>
      </div>
    </div>
  );
}

interface LostProps {
  readonly proving: Proving;
  readonly onCodes: (codes: readonly string[]) => void;
  readonly onDone: () => void;
}

/** The proof is set up, and nobody has seen the codes that came with it. */
function LostPaper({ proving, onCodes, onDone }: LostProps) {
  const make = useAct(async () =>
    onCodes((await proving.withProof(() => api.post<{ recoveryCodes: string[] }>('/me/recovery-codes'))).recoveryCodes),
  );
  return (
    <div class="stack">
      <Notice kind="good" live title={t`The passkey was kept the first time`}>
        {t`Only the answer was lost, and the codes for paper may have been in it. Make new ones now, unless you have some on paper already: those before them end.`}
      </Notice>
      {make.problem && <ProblemNotice problem={make.problem} />}
      <div class="row">
        <Button kind="primary" busy={make.busy} onClick={() => void make.run()}>{t`Make new recovery codes`}</Button>
        <Button onClick={onDone}>{t`I have the codes on paper`}</Button>
      </div>
    </div>
  );
}
