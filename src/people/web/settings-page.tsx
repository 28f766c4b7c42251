// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { isInForce } from '../domain/basis.ts';
import type { PeopleSettings } from './data-protection-page.tsx';
import { todayHere } from './register/draft.ts';

/** What this installation does, as far as an administrator decides it. */
export default function SettingsPage() {
  const settings = useResource((signal) => api.get<PeopleSettings>('/people/settings', undefined, { signal }), ['people-settings']);
  const [asking, setAsking] = useState(false);
  return (
    <Page title={t`Settings`} lead={t`What this installation does.`}>
      <Loaded of={settings}>
        {({ peopleKept, bases }) => (
          <section class="stack" aria-labelledby="people-kept">
            <h2 id="people-kept">{t`Records of people`}</h2>
            <p class="strong">
              {peopleKept ? t`This installation keeps records of people: yes` : t`This installation keeps records of people: no`}
            </p>
            {peopleKept ? (
              <p>{t`Households are registered by name, with their consent, and visited. Names are locked under a key of their own, and each look at one is recorded.`}</p>
            ) : (
              <p>{t`Only places and figures are kept. Nobody's name, age or answers can be written down, on no screen and by no import.`}</p>
            )}
            {!peopleKept && !bases.some((basis) => isInForce(basis, todayHere())) && (
              <p>{t`Before it can be switched on, the data protection officer states a lawful basis under Data protection.`}</p>
            )}
            {peopleKept && <p class="soft">{t`It can be switched off only while nobody is recorded.`}</p>}
            <div class="row">
              <Button onClick={() => setAsking(true)}>
                {peopleKept ? t`Switch records of people off` : t`Switch records of people on`}
              </Button>
            </div>
            {asking && (
              <ConfirmDialog
                title={peopleKept ? t`Switch records of people off?` : t`Switch records of people on?`}
                action={peopleKept ? t`Switch off` : t`Switch on`}
                kind={peopleKept ? 'danger' : 'primary'}
                onConfirm={async () => {
                  const changed = await api.put<{ peopleKept: boolean }>('/people/settings', { peopleKept: !peopleKept });
                  settings.put({ bases, ...changed });
                }}
                onClose={() => setAsking(false)}
              >
                <p>
                  {peopleKept
                    ? t`From then on nobody can be registered. Places and figures go on.`
                    : t`From then on volunteers can register households of their villages. Make sure first that the master key is kept apart from this server and that the data protection officer knows.`}
                </p>
              </ConfirmDialog>
            )}
          </section>
        )}
      </Loaded>
    </Page>
  );
}
