// SPDX-License-Identifier: AGPL-3.0-or-later
import { CalendarClock, TriangleAlert } from 'lucide';
import { plural, t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { count, day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { may, me } from '../../platform/web/session.ts';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Waiting } from '../../risk/domain/people-list.ts';
import { Matter } from './overview.tsx';

function Warned({ warned: { n, more } }: Waiting) {
  return (
    <Matter icon={TriangleAlert} urgent={n > 0}>
      {n === 0 ? (
        <p>{t`Nobody has to be visited today: no warning holds.`}</p>
      ) : (
        <>
          <p class="strong">
            {more
              ? t`More than ${count(n)} people need somebody today.`
              : plural(n, { one: '# person needs somebody today.', other: '# people need somebody today.' })}
          </p>
          <p>
            <Link class="standing-link" href="/people?warns=now">{t`See who, and why`}</Link>
          </p>
        </>
      )}
    </Matter>
  );
}

function Due({ households: { n, more }, by, before }: Waiting) {
  const friday = t`Friday, ${day(by)}`;
  return (
    <Matter icon={CalendarClock}>
      {n === 0 ? (
        <p>{t`No household needs a new visit by ${friday}.`}</p>
      ) : (
        <>
          <p class="strong">
            {more
              ? t`More than ${count(n)} households need a new visit by ${friday}.`
              : plural(n, { one: `# household needs a new visit by ${friday}.`, other: `# households need a new visit by ${friday}.` })}
          </p>
          <p>
            <Link class="standing-link" href={`/people?renew=${before}&sort=renewal`}>{t`See whom to ask again`}</Link>
          </p>
        </>
      )}
    </Matter>
  );
}

/** What the list of people asks for today and this week: the start page of everybody who visits, or sends others. */
export function PeopleWaiting() {
  const place = may('people.read') ? (me.value?.home?.placeId ?? null) : null;
  const waiting = useResource((signal) => api.get<Waiting>('/people/waiting', { place }, { signal }), ['people waiting', place]);
  return (
    <Loaded of={waiting}>
      {(data) =>
        // Beside figures that nobody is waiting is no news, and where no people are kept it says nothing at all.
        may('risk.read') && data.warned.n === 0 && data.households.n === 0 ? null : (
          <section aria-label={t`Whom to visit`}>
            <ul class="matters" role="list">
              <Warned {...data} />
              <Due {...data} />
            </ul>
          </section>
        )
      }
    </Loaded>
  );
}
