// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ClipboardPen, Map as MapIcon, Printer } from 'lucide';
import { api } from '../../platform/web/api.ts';
import { count, day, named } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { usePlaceCrumbs, useQuery, type PageProps } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Segmented } from '../../platform/web/ui/segmented.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Profile } from '../domain/profile.ts';
import { Compared, Parts } from './profile-compare.tsx';
import { Drivers } from './profile-drivers.tsx';
import { KeyFigures } from './profile-figures.tsx';
import { History } from './profile-history.tsx';
import { MissingKnowledge, Sources } from './profile-missing.tsx';
import { openingProfile } from './opening.ts';
import { SexAgeTable } from './profile-sex-age.tsx';
import { UseThePrintButton } from './print-sheet.tsx';
import { usePaper } from './figures/use-paper.ts';
import './profile-page.css';
import { viewAddress } from './view-state.ts';
import { levelWord } from './words.ts';

/** `/places/:placeId`: all that is known of one place, and what is not. */
export default function ProfilePage({ params }: PageProps) {
  const [query, setQuery] = useQuery();
  const placeId = params.placeId ?? '';
  const instrument = query.get('instrument');
  const locale = language().code;
  const address = `/places/${encodeURIComponent(placeId)}/profile`;
  const profile = useResource((signal) => openingProfile(placeId, { instrument, locale }, { signal }), [placeId, instrument, locale]);
  const forPaper = (of: Profile) => api.get<Profile>(address, { instrument: of.instrument.code, locale, protect: 'true' });
  return (
    <Loaded of={profile}>
      {(data) => <ProfileView screen={data} forPaper={() => forPaper(data)} onInstrument={(code) => setQuery({ instrument: code })} />}
    </Loaded>
  );
}

interface ViewProps {
  readonly screen: Profile;
  readonly forPaper: () => Promise<Profile>;
  readonly onInstrument: (code: string) => void;
}

function ProfileView({ screen, forPaper, onInstrument }: ViewProps) {
  const isExact = may('figures.exact') && screen.instrument.scores === 'person';
  const { shown: profile, guarded: hidden, isPaper, fetching, print, back } = usePaper(screen, isExact, forPaper);
  const { place, instrument } = profile;
  const hrefOf = (id: string) => `/places/${id}?instrument=${instrument.code}`;
  usePlaceCrumbs([...place.ancestors, place].map((each) => ({ label: named(each), href: hrefOf(each.placeId) })));
  return (
    <Page
      title={named(place)}
      lead={leadOf(place)}
      wide
      actions={
        <>
          <ButtonLink icon={MapIcon} href={viewAddress({ place: place.placeId, instrument: instrument.code })}>{t`On the map`}</ButtonLink>
          {profile.asks && may('assess.write') && (
            <ButtonLink icon={ClipboardPen} href={`/places/${place.placeId}/assess`}>{t`Ask about this place`}</ButtonLink>
          )}
          <Button icon={Printer} busy={fetching.busy} onClick={print}>{t`Print`}</Button>
        </>
      }
    >
      {fetching.problem && <ProblemNotice problem={fetching.problem} />}
      {isPaper && <AsOnPaper threshold={profile.threshold} onBack={back} />}
      {hidden && (
        <div class="print-only">
          <UseThePrintButton threshold={profile.threshold} />
        </div>
      )}
      <InstrumentChoice profile={profile} onInstrument={onInstrument} />
      <div class={hidden ? 'profile not-in-print' : 'profile'}>
        <Sections profile={profile} hrefOf={hrefOf} />
      </div>
      <p class="small soft profile-foot">
        {instrument.title}. {instrument.description} {t`As of ${day(profile.asOf)}.`}{' '}
        {!profile.exact && t`Figures of fewer than ${count(profile.threshold)} people are not shown.`}
      </p>
    </Page>
  );
}

/** "District · 12-03 · 4,211 inhabitants", as far as it is known. */
function leadOf(place: Profile['place']): string {
  return [
    levelWord(place.levelName),
    place.code,
    place.population === null ? '' : plural(place.population, { one: '# inhabitant', other: '# inhabitants' }),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why figures are missing that stood here a moment ago, and the way back to them. */
function AsOnPaper({ threshold, onBack }: { readonly threshold: number; readonly onBack: () => void }) {
  return (
    <div class="not-in-print">
      <Notice title={t`As on paper`} live>
        <div class="row">
          {t`Figures of fewer than ${count(threshold)} people are left out: paper can be passed on.`}{' '}
          <Button kind="quiet" onClick={onBack}>{t`Show all figures again`}</Button>
        </div>
      </Notice>
    </div>
  );
}

function InstrumentChoice({ profile, onInstrument }: { readonly profile: Profile; readonly onInstrument: (code: string) => void }) {
  if (profile.instruments.length < 2) return null;
  return (
    <div class="not-in-print">
      <Segmented
        label={t`Scored with`}
        value={profile.instrument.code}
        options={profile.instruments.map((each) => ({ value: each.code, label: each.title }))}
        onChange={onInstrument}
      />
    </div>
  );
}

function Sections({ profile, hrefOf }: { readonly profile: Profile; readonly hrefOf: (id: string) => string }) {
  return (
    <>
      <KeyFigures profile={profile} />
      <Drivers profile={profile} hrefOf={hrefOf} />
      <History profile={profile} />
      {profile.sexAge && <SexAgeTable cells={profile.sexAge} threshold={profile.threshold} />}
      <Compared profile={profile} hrefOf={hrefOf} />
      {profile.parts.rows.length > 0 && <Parts profile={profile} hrefOf={hrefOf} />}
      <MissingKnowledge profile={profile} />
      <Sources profile={profile} />
    </>
  );
}
