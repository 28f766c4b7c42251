// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Printer } from 'lucide';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../platform/web/api.ts';
import { language, languages, speak } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import type { PageProps } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select } from '../../platform/web/ui/field.tsx';
import { Notice } from '../../platform/web/ui/notice.tsx';
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
      <Loaded of={printout}>
        {(data) => (
          <div class="stack-wide">
            <LeftOut printout={data} />
            <Sheet printout={data} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** What this page does not tell, and how the person comes to it all the same: for whoever hands it over, and never on paper. */
function LeftOut({ printout: { numbersWithheld, instruments } }: { readonly printout: Printout }) {
  const privateAnswers = instruments.some(({ hidden }) => hidden > 0) && !may('protected.read');
  if (!numbersWithheld && !privateAnswers) return null;
  return (
    <div class="off-paper narrow-page stack">
      {numbersWithheld && (
        <Notice title={t`A telephone number is left out`}>
          {may('erasure.ask')
            ? t`As things stand the person is not to be called. Did the person ask to see what is kept, or for a child under seven a parent or guardian? Write that down on the person's page first, then open this page again: the number stands on it until that request is done.`
            : t`As things stand the person is not to be called. If the person asks to see all that is kept, a volunteer, an officer or the case worker hands over this page.`}
        </Notice>
      )}
      {privateAnswers && (
        <Notice title={t`Private answers are left out`}>
          {t`If the person asks for these too: the case worker can hand them over, after talking with the person alone. Nobody accompanies the person? A coordinator or district officer assigns a case worker first, if the person agrees; it may end afterwards. A case worker can also give the person an own account.`}
        </Notice>
      )}
    </div>
  );
}
