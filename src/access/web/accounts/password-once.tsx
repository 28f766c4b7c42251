// SPDX-License-Identifier: AGPL-3.0-or-later
import { Copy, Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';

interface Props {
  readonly userName: string;
  readonly password: string;
  readonly onDone: () => void;
}

/** The only time this password is seen; the dialog around it closes only after somebody says it has been handed over. */
export function PasswordOnce({ userName, password, onDone }: Props) {
  const [copied, setCopied] = useState(false);
  const [noted, setNoted] = useState(false);
  const copy = () =>
    void navigator.clipboard?.writeText(password).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div class="stack">
      <Notice kind="warning">{t`This password is shown once and cannot be looked up again. Hand it over in person or by phone, not by e-mail.`}</Notice>
      <dl class="credentials">
        <div>
          <dt>{t`User name`}</dt>
          <dd>
            <code>{userName}</code>
          </dd>
        </div>
        <div>
          <dt>{t`Password`}</dt>
          <dd>
            <code class="credentials-password">{password}</code>
          </dd>
        </div>
      </dl>
      <div class="row">
        <Button icon={Copy} onClick={copy}>
          {copied ? t`Copied` : t`Copy the password`}
        </Button>
        <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
      </div>
      <Checkbox label={t`I have noted or handed over the password`} checked={noted} onChange={setNoted} />
      <div class="row">
        <Button kind="primary" disabled={!noted} onClick={onDone}>{t`Done`}</Button>
      </div>
    </div>
  );
}
