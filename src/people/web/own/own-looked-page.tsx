// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import { Link } from '../../../platform/web/router.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import '../people.css';
import { roleName } from '../requests-words.ts';
import './own.css';
import { useOwn } from './own-data.ts';

/** How often her name was opened, by role. Who it was, the data protection officer can see and tell. */
export default function OwnLookedPage() {
  const own = useOwn();
  return (
    <Page title={t`Who looked`} lead={t`Each time somebody opens your name, it is written down.`}>
      <Loaded of={own}>
        {({ readings }) => (
          <div class="stack">
            {readings.length === 0 && <p>{t`Nobody so far.`}</p>}
            <ul role="list" class="people-list">
              {readings.map(({ role, times, lastOn }) => {
                const last = day(lastOn);
                return (
                  <li key={role ?? ''}>
                    <div>
                      <p class="strong first-letter">{role === 'person' ? t`You yourself` : roleName(role)}</p>
                      <p class="soft small">
                        {plural(times, { one: 'once', other: '# times' })}, {t`last on ${last}`}
                      </p>
                    </div>
                  </li>
                );
              })}
            </ul>
            <p>
              {t`Does something look wrong? Complain: the data protection officer sees who it was.`}{' '}
              <Link href="/own/ask" replace>{t`Ask for something`}</Link>
            </p>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
