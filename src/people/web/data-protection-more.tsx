// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileText, Hourglass, Inbox } from 'lucide';
import { t } from '@lingui/core/macro';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';

/** The ways from the data protection officer's page to what people ask for, how long records are kept, and the impact page. */
export function DataProtectionMore() {
  return (
    <div class="row">
      {may('erasure.order') && <ButtonLink href="/data-protection/requests" icon={Inbox}>{t`Requests`}</ButtonLink>}
      {may('erasure.order') && <ButtonLink href="/data-protection/retention" icon={Hourglass}>{t`How long records are kept`}</ButtonLink>}
      {may('basis.manage') && <ButtonLink href="/data-protection/impact" icon={FileText}>{t`Impact assessment`}</ButtonLink>}
    </div>
  );
}
