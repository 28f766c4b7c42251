// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Volunteer } from '../../domain/invitation.ts';
import { orReload } from '../accounts/accounts-data.ts';
import { volunteerPath } from './volunteers-data.ts';

interface Props {
  readonly volunteer: Volunteer;
  readonly reload: () => void;
}

const set = (volunteer: Volunteer, disabled: boolean, reload: () => void) =>
  orReload(api.patch(volunteerPath(volunteer), { disabled, version: volunteer.version }), reload);

export function ShutOutDialog({ volunteer, reload, onClose }: Props & { readonly onClose: () => void }) {
  return (
    <ConfirmDialog
      title={t`Disable this account?`}
      action={t`Disable the account`}
      onClose={onClose}
      onConfirm={async () => {
        await set(volunteer, true, reload);
        reload();
      }}
    >
      <p>{t`${volunteer.displayName} is signed out at once and cannot sign in. Nothing they recorded is lost, and you can let them in again.`}</p>
    </ConfirmDialog>
  );
}

export function LetInButton({ volunteer, reload }: Props) {
  const act = useAct(async () => {
    await set(volunteer, false, reload);
    reload();
  });
  return (
    <>
      <Button
        kind="quiet"
        busy={act.busy}
        label={t`Let in again: ${volunteer.displayName}`}
        onClick={() => void act.run()}
      >{t`Let in again`}</Button>
      {act.problem && <ProblemNotice problem={act.problem} />}
    </>
  );
}
