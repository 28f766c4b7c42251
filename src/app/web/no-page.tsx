// SPDX-License-Identifier: AGPL-3.0-or-later
import { House } from 'lucide';
import { t } from '@lingui/core/macro';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';

const way = () => (
  <div class="row">
    <ButtonLink href="/" kind="primary" icon={House}>{t`Go to the start page`}</ButtonLink>
  </div>
);

export function NotFoundPage() {
  return (
    <Page title={t`There is no such page`} lead={t`The address may be old or mistyped. Nothing is lost.`}>
      {way()}
    </Page>
  );
}

export function NotAllowedPage() {
  return (
    <Page title={t`This page is not part of your work here`} lead={t`If you need it, ask your administrator for the right post.`}>
      {way()}
    </Page>
  );
}
