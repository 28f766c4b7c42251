// SPDX-License-Identifier: AGPL-3.0-or-later
import { Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import './proof.css';

/** The only time these codes are seen. They belong on paper, away from the phone. */
export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <div class="stack">
      <p>{t`If your phone is lost or broken, one of these codes lets you in instead. Each is good once.`}</p>
      <Notice kind="warning">{t`They are shown this once. Print them or write them down, and keep the paper at home, not with the phone.`}</Notice>
      <ol class="recovery-codes" role="list">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="row">
        <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
      </div>
      <Checkbox label={t`I have the codes on paper`} checked={kept} onChange={setKept} />
      <div class="row">
        <Button kind="primary" disabled={!kept} onClick={onDone}>{t`Done`}</Button>
      </div>
    </div>
  );
}
