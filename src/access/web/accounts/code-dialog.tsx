// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import type { Slip } from '../../domain/invitation.ts';

interface Props {
  readonly account: { readonly accountId: string; readonly displayName: string };
  /** Somebody who has not come in yet is invited once more. */
  readonly invited: boolean;
  readonly onClose: () => void;
  readonly onIssued: (slip: Slip) => void;
}

/** A new code, before it is made: what it does to the one before, and whether the phone is gone. */
export function CodeDialog({ account, invited, onClose, onIssued }: Props) {
  const [phoneLost, setPhoneLost] = useState(false);
  return (
    <ConfirmDialog
      kind="primary"
      title={invited ? t`Make a new invitation code?` : t`Make a code for a new password?`}
      action={t`Make the code`}
      onClose={onClose}
      onConfirm={async () => onIssued(await api.post<Slip>(`/accounts/${encodeURIComponent(account.accountId)}/code`, { phoneLost }))}
    >
      <div class="stack">
        <p>
          {invited
            ? t`A code that ${account.displayName} was given before no longer works.`
            : t`With it ${account.displayName} chooses a new password, once; then every open session ends. Until then the old password goes on working.`}
        </p>
        {!invited && (
          <Checkbox
            label={t`The phone is lost or stolen`}
            hint={t`Whoever has it is signed out at once, and its codes and keys no longer prove anything.`}
            checked={phoneLost}
            onChange={setPhoneLost}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
