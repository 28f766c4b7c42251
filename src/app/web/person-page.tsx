// SPDX-License-Identifier: AGPL-3.0-or-later
import { ClipboardList } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import type { accountOfPerson } from '../../access/web/index.ts';
import { ownAccountAllowed } from '../../people/domain/consent.ts';
import type { PersonRecord } from '../../people/domain/person-record.ts';
import type { PersonParts } from '../../people/web/index.ts';
import { api } from '../../platform/web/api.ts';
import { named } from '../../platform/web/format.ts';
import { useLookAgain, useResource } from '../../platform/web/resource.ts';
import { usePlaceCrumbs, type PageProps } from '../../platform/web/router.tsx';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { Notice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { HouseholdRisk, noVisitWords, PersonRisk } from '../../risk/web/index.ts';

type AccountPart = Awaited<ReturnType<typeof accountOfPerson>>;

/** One person: who she is as the register knows her, how she stands as the risk room knows her, and what she agreed to; for whoever accompanies her, her own account. */
export const personPage = (parts: PersonParts, account: AccountPart | null) =>
  function PersonPage({ params: { regionId, personId } }: PageProps) {
    const path = `/people/${regionId}/${personId}`;
    const found = useResource((signal) => api.get<PersonRecord>(path, undefined, { signal }), [path]);
    const record = found.data;
    useLookAgain((closed) => closed.startsWith(`${path}/`) || closed === '/assessments', found.reload);
    const seen = useRef('');
    // Of the person asked for: while another is being loaded, the one before is still there.
    if (record?.personId === personId) seen.current = path;
    const [gone, setGone] = useState(false);
    // What she asks for may change what can be entered, and nothing in the record itself.
    const [asked, setAsked] = useState(0);
    const number = record?.number ?? '';
    usePlaceCrumbs(record ? [{ label: named(record.place), href: `/people?place=${record.place.placeId}` }, { label: number }] : []);
    const visit = record?.may.assess && `/people/${record.regionId}/${record.personId}/assess`;
    if (gone) return <NoLonger />;
    if (found.problem?.code === 'not-found' && seen.current === path) return <parts.ClosedRecord of="person" />;
    return (
      <Page
        title={record ? t`Person ${number}` : t`Person`}
        actions={visit && <ButtonLink icon={ClipboardList} href={visit}>{t`Visit now`}</ButtonLink>}
      >
        <Loaded of={found}>
          {(data) => (
            <div class="stack-wide narrow-page" key={data.personId}>
              <parts.MergeNotice record={data} onReload={found.reload} />
              {/* In place of the button that begins a visit; what else follows stands where the answers are. */}
              {data.state === 'here' && data.restricted !== null && <Notice kind="warning">{noVisitWords(data.restricted)}</Notice>}
              <parts.RenewConsent record={data} onChange={found.put} onGone={() => setGone(true)} />
              <parts.PersonCard record={data} />
              {(data.state === 'here' || data.state === 'died' || data.state === 'left') && (
                <PersonRisk
                  key={`${data.version} ${data.restricted} ${asked}`}
                  regionId={data.regionId}
                  personId={data.personId}
                  gone={data.state === 'here' ? undefined : { state: data.state, on: data.stateOn }}
                />
              )}
              <parts.PersonChanges record={data} onChange={found.put} onReload={found.reload} />
              <parts.PersonConsents record={data} onChange={found.put} onGone={() => setGone(true)} />
              <parts.PersonCare record={data} onChange={found.put} />
              {account && data.state === 'here' && (
                <account.AccountOfPerson
                  regionId={data.regionId}
                  personId={data.personId}
                  allowed={ownAccountAllowed(data.consents.map(parts.eventOf), data.age)}
                />
              )}
              <parts.PersonRights
                record={data}
                onReload={() => {
                  setAsked(asked + 1);
                  found.reload();
                }}
              />
              <parts.PersonTimeline record={data} />
            </div>
          )}
        </Loaded>
      </Page>
    );
  };

/** What somebody wrote down closed the record to her: said, so that she does not look for a mistake. */
function NoLonger() {
  return (
    <Page title={t`You accompany this person no longer`} instead>
      <Notice kind="good" title={t`It is written down`} live>
        {t`The record is closed to you from now on. Give thanks for the trust, and say that the door stays open. Whoever gave you the case sees it under Requests.`}
      </Notice>
      <div class="row">
        <ButtonLink kind="primary" href="/people">{t`Back to the list`}</ButtonLink>
      </div>
    </Page>
  );
}

/** A household: who lives in it, and how they stand. */
export const householdPage = ({ HouseholdPage }: PersonParts) =>
  function JoinedHouseholdPage({ params }: PageProps) {
    return (
      <HouseholdPage
        params={params}
        below={({ regionId, householdId, version }, names) => (
          <HouseholdRisk key={version} regionId={regionId} householdId={householdId} names={names} />
        )}
      />
    );
  };
