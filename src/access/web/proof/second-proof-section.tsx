// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { api, unanswered } from '../../../platform/web/api.ts';
import { day } from '../../../platform/web/format.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { Passkey, SecondProof } from '../../domain/proof.ts';
import { canUsePasskeys } from './browser-keys.ts';
import { Enrolment, type Way } from './enrolment.tsx';
import { useProving, type Proving } from './fresh-proof.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { readSecondProof } from './second-step.tsx';
import './proof.css';

/** On the own account page: what proves a second time, and the paper for the day it is lost. */
export function SecondProofSection() {
  const found = useResource(readSecondProof, ['second proof']);
  const [setting, setSetting] = useState<Way | undefined>(undefined);
  const proving = useProving();
  const close = () => {
    setSetting(undefined);
    found.reload();
  };
  return (
    <>
      <Loaded of={found}>
        {(proof) => (
          <>
            <AppPart proof={proof} proving={proving} reload={found.reload} onSet={() => setSetting('app')} />
            <PasskeysPart proof={proof} proving={proving} reload={found.reload} onAdd={() => setSetting('passkey')} />
          </>
        )}
      </Loaded>
      {setting && (
        <Dialog title={setting === 'app' ? t`Set up a code app` : t`Add a passkey`} onClose={close}>
          <Enrolment way={setting} onDone={close} />
        </Dialog>
      )}
      {proving.dialog}
    </>
  );
}

interface PartProps {
  readonly proof: SecondProof;
  readonly proving: Proving;
  readonly reload: () => void;
}

function AppPart({ proof, proving, reload, onSet }: PartProps & { readonly onSet: () => void }) {
  const [removing, setRemoving] = useState(false);
  const has = proof.app || proof.passkeyCount > 0;
  return (
    <section class="stack" aria-labelledby="proof-title">
      <h2 id="proof-title">{t`Second proof`}</h2>
      <p>
        {proof.asked
          ? t`Your work asks for more than a password when you sign in.`
          : t`You may ask for more than your password when you sign in. Nobody gets in then who only knows the password.`}
      </p>
      <p>{proof.app ? t`A code app has been set up on ${day(proof.appMadeAt ?? '')}.` : t`No code app is set up.`}</p>
      <div class="row">
        <Button onClick={onSet}>{proof.app ? t`Set the app up anew` : t`Set up a code app`}</Button>
        {proof.app && <Button kind="quiet" onClick={() => setRemoving(true)}>{t`Take the app away`}</Button>}
      </div>
      {has && <PaperPart proof={proof} proving={proving} reload={reload} />}
      {has && (
        <div class="row">
          <ButtonLink href="/lost-phone">{t`My phone is lost`}</ButtonLink>
        </div>
      )}
      {removing && (
        <ConfirmDialog
          title={t`Take the code app away?`}
          action={t`Take the app away`}
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await proving.withProof(() => api.delete('/me/app'));
            reload();
          }}
        >
          <p>{t`Its codes open nothing any more. You can delete the entry in the app too.`}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function PaperPart({ proof, proving, reload }: PartProps) {
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const make = useAct(async () => {
    setCodes((await proving.withProof(() => api.post<{ recoveryCodes: string[] }>('/me/recovery-codes'))).recoveryCodes);
  });
  const left = proof.recoveryCodesLeft;
  return (
    <>
      <p>
        {plural(left, {
          0: 'No recovery code is left.',
          one: '# recovery code is left on your paper.',
          other: '# recovery codes are left on your paper.',
        })}{' '}
        {t`If they never reached your paper, or the paper is lost, make new ones while you can still get in; those before them end.`}
      </p>
      {make.problem && <ProblemNotice problem={make.problem} />}
      {make.problem && unanswered.includes(make.problem.code) && (
        <Notice kind="warning">{t`The codes on your paper may have ended already. Make new ones before you rely on them.`}</Notice>
      )}
      <div class="row">
        <Button busy={make.busy} onClick={() => void make.run()}>{t`Make new recovery codes`}</Button>
      </div>
      {codes && (
        <Dialog title={t`Recovery codes`} sticky>
          <RecoveryCodes
            codes={codes}
            onDone={() => {
              setCodes(undefined);
              reload();
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function PasskeysPart({ proof, proving, reload, onAdd }: PartProps & { readonly onAdd: () => void }) {
  const [removing, setRemoving] = useState<Passkey | undefined>(undefined);
  return (
    <section class="stack" aria-labelledby="passkeys-title">
      <h2 id="passkeys-title">{t`Passkeys`}</h2>
      <p>{t`A passkey opens with your finger, your face or a PIN. With one you can also sign in without your password.`}</p>
      {proof.passkeys.length > 0 && (
        <ul role="list" class="proof-list">
          {proof.passkeys.map((key) => (
            <li key={key.passkeyId}>
              <span>
                <bdi class="strong">{key.name}</bdi>{' '}
                <span class="soft">
                  {key.usedAt ? t`last used on ${day(key.usedAt, 'medium')}` : t`added on ${day(key.madeAt, 'medium')}`}
                </span>
              </span>
              <Button kind="quiet" label={t`Take away the passkey ${key.name}`} onClick={() => setRemoving(key)}>{t`Take away`}</Button>
            </li>
          ))}
        </ul>
      )}
      {canUsePasskeys() ? (
        <div class="row">
          <Button onClick={onAdd}>{t`Add a passkey`}</Button>
        </div>
      ) : (
        <p class="soft">{t`This page was opened without a safe connection, or by a number instead of a name; passkeys need both.`}</p>
      )}
      {removing && (
        <ConfirmDialog
          title={t`Take this passkey away?`}
          action={t`Take away`}
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await proving.withProof(() => api.delete(`/me/passkeys/${removing.passkeyId}`));
            reload();
          }}
        >
          <p>{t`${removing.name} opens nothing here any more.`}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
