// SPDX-License-Identifier: AGPL-3.0-or-later
import { Printer } from 'lucide';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { OwnPage } from '../../domain/own-page.ts';
import type { Printout } from '../../domain/printout.ts';
import '../people.css';
import { Sheet } from '../printout-sheet.tsx';

/** Everything that is kept of her, as she would be handed it on paper. */
export default function OwnRecordPage() {
  const { code } = language();
  const printout = useResource(
    async (signal) => {
      const { record } = await api.get<OwnPage>('/own', undefined, { signal });
      return api.get<Printout>(`/people/${record.regionId}/${record.personId}/printout`, { locale: code }, { signal });
    },
    ['own-printout', code],
  );
  return (
    <Page title={t`What is written about you`}>
      <Loaded of={printout}>
        {(data) => (
          <div class="stack-wide">
            <Sheet printout={data} />
            <div class="stack-tight off-paper">
              <div class="row">
                <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
              </div>
              <p class="soft small">{t`A paper, or a file that the phone saves, can be found by others. Your case worker can also print it and keep it for you.`}</p>
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
