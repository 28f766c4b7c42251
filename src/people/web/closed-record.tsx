// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { Notice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';

/** In place of a record that was closed to the reader while it was open: said, so that nobody looks for a mistake. */
export function ClosedRecord({ of }: { readonly of: 'person' | 'household' }) {
  const why =
    of === 'household'
      ? t`While you had it open the household moved out of your area, or nobody of it is in your care any more.`
      : may('people.read')
        ? t`While you had it open the person moved out of your area, or the record was erased.`
        : t`While you had it open your care for this person ended: consent was taken back, whoever gave you the case ended it, or the record was erased.`;
  return (
    <Page title={t`This record is closed to you`} instead>
      <Notice kind="warning" live>
        {why} {t`What stood here is off your screen. What you pressed last changed nothing.`}
      </Notice>
      <div class="row">
        <ButtonLink kind="primary" href="/people">{t`Back to the list`}</ButtonLink>
        {may('assigned.read') && <ButtonLink href="/people/requests">{t`What ended, under Requests`}</ButtonLink>}
      </div>
    </Page>
  );
}
