// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Printer } from 'lucide';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../platform/web/api.ts';
import { language, languages, speak } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import type { PageProps } from '../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select } from '../../platform/web/ui/field.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Printout } from '../domain/printout.ts';
import './people.css';
import './printout.css';
import { Sheet } from './printout-sheet.tsx';

/** Everything kept about one person, in plain words and large letters, to be handed to her. Opening it is recorded. */
export default function PrintoutPage({ params: { regionId, personId } }: PageProps) {
  const path = `/people/${regionId}/${personId}/printout`;
  const { code } = language();
  const printout = useResource((signal) => api.get<Printout>(path, { locale: code }, { signal }), [path, code]);
  return (
    <Page
      title={t`What is kept about you`}
      actions={
        <span class="row off-paper">
          <Button kind="primary" icon={Printer} onClick={() => print()}>{t`Print`}</Button>
          <ButtonLink icon={Download} href={apiPath(`${path}.csv`, { locale: code })} download>{t`As a table (CSV)`}</ButtonLink>
          <ButtonLink icon={Download} href={apiPath(path, { locale: code })} download>{t`For programs (JSON)`}</ButtonLink>
        </span>
      }
    >
      <div class="off-paper narrow-page">
        <Select
          label={t`Language of the page`}
          value={code}
          onChange={(wanted) => void speak(wanted)}
          options={languages.map((each) => ({ value: each.code, label: each.name }))}
        />
      </div>
      <Loaded of={printout}>{(data) => <Sheet printout={data} />}</Loaded>
    </Page>
  );
}
