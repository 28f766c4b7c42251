// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Volunteer } from '../../domain/invitation.ts';
import { useLettingIn } from '../accounts/disable-dialog.tsx';
import { volunteerPath } from './volunteers-data.ts';

interface Props {
  readonly volunteer: Volunteer;
  readonly reload: () => void;
}

export function LetInButton({ volunteer, reload }: Props) {
  const act = useLettingIn({ account: volunteer, path: volunteerPath(volunteer), reload });
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
