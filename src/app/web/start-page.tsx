// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileDown, Map as MapIcon, UserPlus } from 'lucide';
import { plural, t } from '@lingui/core/macro';
import { roleName } from '../../access/web/index.ts';
import { api } from '../../platform/web/api.ts';
import { count, day, decimal, named, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { may, me } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import type { MapData, MapRow } from '../../risk/domain/map-data.ts';

const howMany = 5;

/** What a place is ranked by: people at high risk of those with a known band, in per cent; for place instruments the index. Null where it is not shown. */
function weight({ counts, index, cover }: MapRow): number | null {
  if (!counts) return index;
  const { low, medium, high } = counts;
  if (cover !== 'shown' || low === null || medium === null || high === null || low + medium + high === 0) return null;
  return (high / (low + medium + high)) * 100;
}

/** Where the share (or the index) is highest; places without a figure are not ranked. */
function worstFirst(rows: readonly MapRow[]): readonly MapRow[] {
  return rows.filter((row) => weight(row) !== null).sort((a, b) => (weight(b) ?? 0) - (weight(a) ?? 0) || a.code.localeCompare(b.code)).slice(0, howMany);
}

function figure(row: MapRow): string {
  const value = weight(row);
  if (value === null) return '';
  return row.counts ? t`${percent(value, 1)} at high risk` : t`index ${decimal(value)}`;
}

function RankedPlace({ row }: { readonly row: MapRow }) {
  const reasons = row.reasons?.slice(0, 3).map((reason) => reason.text).join('; ');
  const unknown = row.counts?.unknown;
  return (
    <li class="ranked">
      <div class="ranked-head"><Link class="ranked-name" href={`/places/${row.placeId}`}><bdi>{named(row)}</bdi></Link><span class="number">{figure(row)}</span></div>
      {row.counts ? <DistributionBar counts={row.counts} /> : <BandChip band={row.band} />}
      {reasons && <p><span class="soft">{t`Most often:`}</span> {reasons}</p>}
      {typeof unknown === 'number' && unknown > 0 && <p class="soft small">{plural(unknown, { one: 'Of # person too little is known to say.', other: 'Of # people too little is known to say.' })}</p>}
    </li>
  );
}

function Overview({ data }: { readonly data: MapData }) {
  const ranked = worstFirst(data.rows);
  const whole = data.total.counts;
  // Exact figures stay on screen: paper can be passed on.
  const guarded = whole !== null && may('figures.exact');
  return (
    <>
    {guarded && <p class="print-only">{t`Figures of people are printed from the map or from the profile of a place, with the Print button there.`}</p>}
    <div class={guarded ? 'stack-wide not-in-print' : 'stack-wide'}>
      {whole && (
        <section class="stack" aria-labelledby="whole-title">
          <h2 id="whole-title"><bdi>{named(data.place)}</bdi></h2>
          {whole.high !== null && whole.n !== null && <p class="lead">{t`${count(whole.high)} of ${count(whole.n)} people are at high risk.`}</p>}
          <DistributionBar counts={whole} legend />
          {whole.unknown !== null && whole.unknown > 0 && may('assess.write') && (
            <p>{plural(whole.unknown, { one: 'Of # person too little is known, or the answers have run out: a new visit is due.', other: 'Of # people too little is known, or the answers have run out: new visits are due.' })}</p>
          )}
          <p class="soft small">{t`As of ${day(data.asOf)}.`} {data.instrument.title}.</p>
        </section>
      )}
      {ranked.length > 0 && (
        <section class="stack" aria-labelledby="first-title">
          <h2 id="first-title">{t`Where to look first`}</h2>
          <ol role="list" class="ranking">{ranked.map((row) => <RankedPlace key={row.placeId} row={row} />)}</ol>
        </section>
      )}
      {ranked.length === 0 && <EmptyState title={t`No figures yet`}>{t`The places are there, but nothing has been recorded or loaded about them. Statistics that somebody already collected are the quickest start.`}</EmptyState>}
    </div>
    </>
  );
}

interface MapOrNothing { readonly data: MapData | null }

function useOverview() {
  const home = me.value?.home;
  const locale = language().code;
  return useResource<MapOrNothing>(async (signal) => {
    return { data: home ? await api.get<MapData>('/map', { place: home.placeId, locale, reasons: 'true' }, { signal }) : null };
  }, ['overview', home?.placeId, locale]);
}

function Actions() {
  const home = me.value?.home;
  return (
    <>
      {home && may('risk.read') && <ButtonLink kind="primary" icon={MapIcon} href={`/map?place=${home.placeId}`}>{t`Open the map`}</ButtonLink>}
      {may('statistics.import') && <ButtonLink icon={FileDown} href="/imports/new">{t`Load a file`}</ButtonLink>}
      {may('accounts.manage') && <ButtonLink icon={UserPlus} href="/accounts?new=1">{t`Make an account`}</ButtonLink>}
    </>
  );
}

/** An installation without places: what to do, in order. */
function FirstSteps() {
  if (!may('places.import')) return <EmptyState title={t`There is nothing to show yet`}>{t`No places have been loaded. A coordinator or an administrator does that; come back when it is done.`}</EmptyState>;
  return (
    <EmptyState title={t`Start with your places`} action={<ButtonLink kind="primary" icon={FileDown} href="/imports/new?kind=places">{t`Load places`}</ButtonLink>}>
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
  const posts = person.posts.map((post) => post.place ? `${roleName(post.role)}, ${named(post.place)}` : roleName(post.role)).join('; ');
  return (
    <Page title={t`Good to see you, ${person.displayName}`} lead={posts || t`You hold no post yet, so there is little you can see. Ask your administrator to give you one.`} actions={<Actions />}>
      {may('risk.read') && <Loaded of={overview}>{({ data }) => data ? <Overview data={data} /> : <FirstSteps />}</Loaded>}
    </Page>
  );
}
