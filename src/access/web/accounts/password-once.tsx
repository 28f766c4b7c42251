// SPDX-License-Identifier: AGPL-3.0-or-later
import { Copy, Printer } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';

interface Props {
  readonly userName: string;
  readonly password: string;
  readonly onDone: () => void;
}

/** The only time this password is seen. */
export function PasswordDialog({ title, ...credentials }: Props & { readonly title: string }) {
  return (
    <Dialog title={title} sticky>
      <PasswordOnce {...credentials} />
    </Dialog>
  );
}

/** Without https there is no clipboard to write to: then the password is marked, for the hand to copy. */
function useCopying(password: string) {
  const shown = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState<'yes' | 'by hand' | undefined>(undefined);
  const mark = () => {
    if (shown.current) getSelection()?.selectAllChildren(shown.current);
    setCopied('by hand');
  };
  const copy = () => {
    // Typed as always there, which it is not.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard) clipboard.writeText(password).then(() => setCopied('yes'), mark);
    else mark();
  };
  return { shown, copied, copy };
}

function PasswordOnce({ userName, password, onDone }: Props) {
  const { shown, copied, copy } = useCopying(password);
  const [noted, setNoted] = useState(false);
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
            <code class="credentials-password" ref={shown}>
              {password}
            </code>
          </dd>
        </div>
      </dl>
      <div class="row">
        <Button icon={Copy} onClick={copy}>
          {copied === 'yes' ? t`Copied` : t`Copy the password`}
        </Button>
        <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
      </div>
      <p class="soft small" role="status">
        {copied === 'by hand' ? t`This browser does not let the page copy. The password is marked: copy it yourself.` : ''}
      </p>
      <Checkbox label={t`I have noted or handed over the password`} checked={noted} onChange={setNoted} />
      <div class="row">
        <Button kind="primary" disabled={!noted} onClick={onDone}>{t`Done`}</Button>
      </div>
    </div>
  );
}
