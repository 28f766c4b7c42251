// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { OwnAccount, OwnAccountWithSlip } from '../../domain/own-account.ts';

interface Props {
  readonly path: string;
  /** Where there is one already: a new code for it. */
  readonly account?: OwnAccount;
  readonly onGiven: (made: OwnAccountWithSlip) => void;
  readonly onClose: () => void;
}

/** Before anything is made: whose hands the phone is in. Nothing goes on without both answers. */
export function GiveDialog({ path, account, onGiven, onClose }: Props) {
  const [wished, setWished] = useState(account !== undefined);
  const [phoneIsSafe, setSafe] = useState(false);
  const [tried, setTried] = useState(false);
  const giving = useAct(async () => {
    const locale = language().pseudo ? {} : { locale: language().code };
    const body = account ? { accountId: account.accountId, phoneIsSafe } : { wished, phoneIsSafe, ...locale };
    onGiven(await api.post<OwnAccountWithSlip>(account ? `${path}/code` : path, body));
  });
  const give = async () => {
    setTried(true);
    if (wished && phoneIsSafe && (await giving.run())) onClose();
  };
  return (
    <Dialog title={account ? t`First: who holds the phone now?` : t`First: who else holds the phone?`} onClose={onClose}>
      <div class="stack">
        <ul class="stack-tight">
          <li>{t`Speak with the person alone, where nobody listens.`}</li>
          <li>{t`Ask who uses, sees or pays for the phone: a partner, a parent, an employer, whoever brought the person here. Whoever opens it could read this record, and learn who helps.`}</li>
          <li>{t`If somebody might, do not go on. Read the record together instead, or print it.`}</li>
        </ul>
        <p class="soft">{t`No message is sent to any phone. You hand over a code; neither it nor the user name says who the person is.`}</p>
        <div class={tried && !(wished && phoneIsSafe) ? 'field-wrong' : ''}>
          {tried && !(wished && phoneIsSafe) && <p class="field-error" role="alert">{t`Without this no account is given`}</p>}
          {!account && <Checkbox label={t`The person wants it, and nobody else asked for it`} checked={wished} onChange={setWished} />}
          <Checkbox label={t`We spoke about the phone, alone: nobody else opens it`} checked={phoneIsSafe} onChange={setSafe} />
        </div>
        {giving.problem && <ProblemNotice problem={giving.problem} />}
        <div class="row">
          <Button kind="primary" busy={giving.busy} onClick={() => void give()}>{t`Make the code`}</Button>
          <Button onClick={onClose}>{t`Better not`}</Button>
        </div>
      </div>
    </Dialog>
  );
}
