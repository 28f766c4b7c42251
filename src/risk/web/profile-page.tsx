// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Map as MapIcon, Printer } from 'lucide';
import { api } from '../../platform/web/api.ts';
import { count, day, named } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { usePlaceCrumbs, useQuery, type PageProps } from '../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Segmented } from '../../platform/web/ui/segmented.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Profile } from '../domain/profile.ts';
import { Compared, Parts } from './profile-compare.tsx';
import { Drivers } from './profile-drivers.tsx';
import { KeyFigures } from './profile-figures.tsx';
import { History } from './profile-history.tsx';
import { MissingKnowledge, Sources } from './profile-missing.tsx';
import { SexAgeTable } from './profile-sex-age.tsx';
import './profile-page.css';
import { viewAddress } from './view-state.ts';
import { levelWord } from './words.ts';

/** `/places/:placeId`: all that is known of one place, and what is not. */
export default function ProfilePage({ params }: PageProps) {
  const [query, setQuery] = useQuery();
  const placeId = params.placeId ?? '';
  const instrument = query.get('instrument');
  const locale = language().code;
  const profile = useResource((signal) => api.get<Profile>(`/places/${encodeURIComponent(placeId)}/profile`, { instrument, locale }, { signal }), [placeId, instrument, locale]);
  return <Loaded of={profile}>{(data) => <ProfileView profile={data} onInstrument={(code) => setQuery({ instrument: code })} />}</Loaded>;
}

function ProfileView({ profile, onInstrument }: { readonly profile: Profile; readonly onInstrument: (code: string) => void }) {
  const { place, instrument, instruments, parts } = profile;
  const hrefOf = (id: string) => `/places/${id}?instrument=${instrument.code}`;
  usePlaceCrumbs([...place.ancestors, place].map((each) => ({ label: named(each), href: hrefOf(each.placeId) })));
  const lead = [
    levelWord(place.levelName), place.code,
    place.population === null ? '' : plural(place.population, { one: '# inhabitant', other: '# inhabitants' }),
  ].filter(Boolean).join(' · ');
  return (
    <Page title={named(place)} lead={lead} wide actions={(
      <>
        <ButtonLink icon={MapIcon} href={viewAddress({ place: place.placeId, instrument: instrument.code })}>{t`On the map`}</ButtonLink>
        <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
      </>
    )}>
      {instruments.length > 1 && (
        <div class="not-in-print">
          <Segmented label={t`Scored with`} value={instrument.code} options={instruments.map((each) => ({ value: each.code, label: each.title }))} onChange={onInstrument} />
        </div>
      )}
      <div class="profile">
        <KeyFigures profile={profile} />
        <Drivers profile={profile} hrefOf={hrefOf} />
        <History profile={profile} />
        {profile.sexAge && <SexAgeTable cells={profile.sexAge} threshold={profile.threshold} />}
        <Compared profile={profile} hrefOf={hrefOf} />
        {parts.rows.length > 0 && <Parts profile={profile} hrefOf={hrefOf} />}
        <MissingKnowledge profile={profile} />
        <Sources profile={profile} />
      </div>
      <p class="small soft profile-foot">
        {instrument.title}. {instrument.description} {t`As of ${day(profile.asOf)}.`}{' '}
        {!profile.exact && t`Figures of fewer than ${count(profile.threshold)} people are not shown.`}
      </p>
    </Page>
  );
}
