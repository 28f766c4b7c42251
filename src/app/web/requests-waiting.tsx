// SPDX-License-Identifier: AGPL-3.0-or-later
import { Inbox } from 'lucide';
import { plural, t } from '@lingui/core/macro';
import { daysLeft, type RequestPage } from '../../people/domain/request.ts';
import { api } from '../../platform/web/api.ts';
import { timeNow } from '../../platform/web/clock.ts';
import { useResource } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';

const mostCounted = 200;

/** Where whoever answers for people's requests finds them: of everybody, or of those in one's area and care. Null: not this one's work. */
export function requestsAddress(): '/data-protection/requests' | '/people/requests' | null {
  if (may('erasure.order')) return '/data-protection/requests';
  return may('erasure.ask') && (may('people.read') || may('assigned.read')) ? '/people/requests' : null;
}

/** The start page of those who work with records and see no figures: what waits to be answered. */
export function RequestsWaiting({ path }: { readonly path: NonNullable<ReturnType<typeof requestsAddress>> }) {
  const open = useResource((signal) => api.get<RequestPage>(path, { limit: mostCounted }, { signal }), ['waiting', path]);
  const today = timeNow().toISOString().slice(0, 10);
  return (
    <Loaded
      of={open}
      isEmpty={({ rows }) => rows.length === 0}
      empty={
        // Beside other work that nothing waits is one quiet line; for whom it is all there is, the page would be empty.
        may('erasure.order') ? (
          <EmptyState title={t`Nothing to answer`}>{t`No request about a record is waiting.`}</EmptyState>
        ) : (
          <p class="soft">{t`No request about a record is waiting.`}</p>
        )
      }
    >
      {({ rows, next }) => {
        const late = rows.filter((row) => daysLeft(row, today) < 0).length;
        return (
          <div class="stack">
            <p class="strong">
              {next === null
                ? plural(rows.length, { one: '# request is to be answered.', other: '# requests are to be answered.' })
                : t`More than ${mostCounted} requests are to be answered.`}{' '}
              {late > 0 && plural(late, { one: '# of them is late.', other: '# of them are late.' })}
            </p>
            <div class="row">
              <ButtonLink kind={may('erasure.order') ? 'primary' : 'plain'} icon={Inbox} href={path}>{t`Open the requests`}</ButtonLink>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
