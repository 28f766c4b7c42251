// SPDX-License-Identifier: AGPL-3.0-or-later
import { Contact, FileDown, HousePlus, Map as MapIcon, Search, UserPlus } from 'lucide';
import { t } from '@lingui/core/macro';
import { postReach, roleName } from '../../access/web/index.ts';
import { api } from '../../platform/web/api.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { may, me } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import type { MapData } from '../../risk/domain/map-data.ts';
import { nothingOn, openingMap } from '../../risk/web/index.ts';
import { comparedWith } from './change.ts';
import { Overview, type Figures } from './overview.tsx';
import { requestsAddress, RequestsWaiting } from './requests-waiting.tsx';
import { PeopleWaiting } from './waiting.tsx';

interface FiguresOrNothing {
  readonly figures: Figures | null;
}

/** The figures of home, and those of the end of last month beside them; without the latter the page says less, and still opens. */
function useOverview() {
  const home = me.value?.home;
  const locale = language().code;
  return useResource<FiguresOrNothing>(
    async (signal) => {
      if (!home) return { figures: null };
      const now = await openingMap({ place: home.placeId, locale, reasons: 'true' }, { signal });
      // What everybody may see speaks of the last month's end; it is compared with the one before.
      const date = comparedWith(now.asOf.slice(0, 10));
      const before = await api
        .get<MapData>('/map', { place: home.placeId, locale, instrument: now.instrument.code, date }, { signal })
        .catch(() => null);
      return { figures: { now, before: before && !nothingOn(before) ? before : null } };
    },
    may('risk.read') ? ['overview', home?.placeId, locale] : [null],
  );
}

function Actions() {
  const home = me.value?.home;
  return (
    <>
      {home && may('risk.read') && (
        <ButtonLink kind="primary" icon={MapIcon} href={`/map?place=${home.placeId}`}>{t`Open the map`}</ButtonLink>
      )}
      {!may('risk.read') && (may('people.read') || may('assigned.read')) && (
        <ButtonLink kind="primary" icon={Contact} href="/people">
          {may('people.read') ? t`Whom to visit` : t`People in your care`}
        </ButtonLink>
      )}
      {may('people.write') && <ButtonLink icon={HousePlus} href="/people/new">{t`Register a household`}</ButtonLink>}
      {(may('identity.read') || may('assigned.read')) && <ButtonLink icon={Search} href="/people/find">{t`Find a person`}</ButtonLink>}
      {may('statistics.import') && <ButtonLink icon={FileDown} href="/imports/new">{t`Load a file`}</ButtonLink>}
      {may('accounts.manage') && <ButtonLink icon={UserPlus} href="/accounts?new=1">{t`Make an account`}</ButtonLink>}
    </>
  );
}

/** An installation without places: what to do, in order. */
function FirstSteps() {
  if (!may('places.import'))
    return (
      <EmptyState
        title={t`There is nothing to show yet`}
      >{t`No places have been loaded. A coordinator or an administrator does that; come back when it is done.`}</EmptyState>
    );
  return (
    <EmptyState
      title={t`Start with your places`}
      action={<ButtonLink kind="primary" icon={FileDown} href="/imports/new?kind=places">{t`Load places`}</ButtonLink>}
    >
      <ol class="stack-tight">
        <li>{t`Load your provinces, districts and villages, with their codes and boundaries.`}</li>
        <li>{t`Load statistics about them: the map appears at once.`}</li>
        <li>{t`Make accounts for your colleagues, each with a post in the area they work in.`}</li>
      </ol>
    </EmptyState>
  );
}

export default function StartPage() {
  const overview = useOverview();
  const person = me.value;
  if (!person) return null;
  const requests = requestsAddress();
  const posts = person.posts.map((post) => [roleName(post.role), postReach(post, '')].filter(Boolean).join(', ')).join('; ');
  return (
    <Page
      title={t`Good to see you, ${person.displayName}`}
      lead={posts || t`You hold no post yet, so there is little you can see. Ask your administrator to give you one.`}
      actions={<Actions />}
    >
      {(may('assigned.read') || (may('people.read') && person.home)) && <PeopleWaiting />}
      {!may('risk.read') && requests && <RequestsWaiting path={requests} />}
      {may('risk.read') && <Loaded of={overview}>{({ figures }) => (figures ? <Overview {...figures} /> : <FirstSteps />)}</Loaded>}
    </Page>
  );
}
