// SPDX-License-Identifier: AGPL-3.0-or-later
import { Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import type { Slip } from '../../domain/invitation.ts';
import { SlipCard } from './slip.tsx';

interface Props {
  readonly slip: Slip;
  readonly onDone: () => void;
  /** Instead of the usual word on how to hand it over. */
  readonly handing?: string;
}

/** The only time this code is seen: the dialog stays until it has been noted. */
export function SlipDialog({ slip, onDone, handing }: Props) {
  const [noted, setNoted] = useState(false);
  return (
    <Dialog title={slip.kind === 'invitation' ? t`Invitation for ${slip.displayName}` : t`New way in for ${slip.displayName}`} sticky>
      <div class="stack">
        <Notice kind="warning">
          {handing ?? t`This code is shown once and cannot be looked up again. Hand it over in person or read it out by phone.`}
        </Notice>
        <SlipCard slip={slip} />
        <div class="row">
          <Button icon={Printer} onClick={() => print()}>{t`Print the slip`}</Button>
        </div>
        <Checkbox label={t`I have noted or handed over the code`} checked={noted} onChange={setNoted} />
        <div class="row">
          <Button kind="primary" disabled={!noted} onClick={onDone}>{t`Done`}</Button>
        </div>
      </div>
    </Dialog>
  );
}
