// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileText, Handshake, Hourglass, Inbox } from 'lucide';
import { t } from '@lingui/core/macro';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';

/** The ways from the data protection officer's page to what people ask for, what they agreed to, how long records are kept, and the impact page. */
export function DataProtectionMore() {
  return (
    <div class="row">
      {may('erasure.order') && <ButtonLink href="/data-protection/requests" icon={Inbox}>{t`Requests`}</ButtonLink>}
      {may('consent.read') && <ButtonLink href="/data-protection/consents" icon={Handshake}>{t`Consents`}</ButtonLink>}
      {may('erasure.order') && <ButtonLink href="/data-protection/retention" icon={Hourglass}>{t`How long records are kept`}</ButtonLink>}
      {may('basis.manage') && <ButtonLink href="/data-protection/impact" icon={FileText}>{t`Impact assessment`}</ButtonLink>}
    </div>
  );
}
