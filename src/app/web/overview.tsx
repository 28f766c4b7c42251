// SPDX-License-Identifier: AGPL-3.0-or-later
import { CircleHelp, Equal, FileDown, Route, TrendingDown, TrendingUp, type IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { plural, t } from '@lingui/core/macro';
import { count, day, decimal, month, named, percent } from '../../platform/web/format.ts';
import { Link } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import { Icon } from '../../platform/web/ui/icon.tsx';
import { EmptyState } from '../../platform/web/ui/states.tsx';
import type { MapData, MapRow } from '../../risk/domain/map-data.ts';
import { nothingOn } from '../../risk/web/index.ts';
import { moved, risenMost, unknownFirst, weight, worstFirst } from './change.ts';

/** The figures of now, and those of an earlier month's end where they could be had. */
export interface Figures {
  readonly now: MapData;
  readonly before: MapData | null;
}

const howMany = 5;
const isPeople = (data: MapData): boolean => data.instrument.scores === 'person';
const profileHref = (data: MapData, row: Pick<MapRow, 'placeId'>): string => `/places/${row.placeId}?instrument=${data.instrument.code}`;
const figure = (value: number, people: boolean): string => (people ? percent(value, 1) : decimal(value));

/** One thing to know, or to do; `urgent`: somebody may be in danger. */
export function Matter({
  icon,
  urgent = false,
  children,
}: {
  readonly icon: IconNode;
  readonly urgent?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <li class={urgent ? 'matter matter-urgent' : 'matter'}>
      <Icon of={icon} size={22} />
      <div class="stack-tight">{children}</div>
    </li>
  );
}

/** How many people are at high risk, and whether that is more than at the end of last month. */
function HighNow({ now, before }: Figures) {
  const counts = now.total.counts;
  if (!counts || counts.high === null || counts.n === null) return null;
  const since = before ? month(before.asOf) : '';
  const earlier = before?.total.carriedFrom || now.total.carriedFrom ? null : (before?.total.counts?.high ?? null);
  const by = earlier === null ? null : counts.high - earlier;
  const icon = by === null || by === 0 ? Equal : by > 0 ? TrendingUp : TrendingDown;
  return (
    <Matter icon={icon}>
      <p>
        <span class="strong">{t`${count(counts.high)} of ${count(counts.n)} people are at high risk.`}</span>{' '}
        {by !== null &&
          (by === 0
            ? t`As many as at the end of ${since}.`
            : by > 0
              ? plural(by, { one: `# more than at the end of ${since}.`, other: `# more than at the end of ${since}.` })
              : plural(-by, { one: `# fewer than at the end of ${since}.`, other: `# fewer than at the end of ${since}.` }))}
      </p>
    </Matter>
  );
}

/** Where risk rose most; that it rose nowhere is news too. */
function Risen({ now, before }: Figures) {
  if (
    !before ||
    !now.rows.some(
      (row) =>
        moved(
          row,
          before.rows.find((each) => each.placeId === row.placeId),
        ) !== null,
    )
  )
    return null;
  const risen = risenMost(now, before, 3),
    since = month(before.asOf),
    people = isPeople(now);
  if (risen.length === 0)
    return (
      <Matter icon={Equal}>
        <p>{t`No area has risen by a point or more since the end of ${since}.`}</p>
      </Matter>
    );
  return (
    <Matter icon={TrendingUp}>
      <p class="strong">{t`Risen most since the end of ${since}`}</p>
      <ul role="list" class="inline-list">
        {risen.map(({ row, by }) => (
          <li key={row.placeId}>
            <Link href={profileHref(now, row)}>
              <bdi>{named(row)}</bdi>
            </Link>{' '}
            <span class="number">{t`${figure((weight(row) ?? 0) - by, people)} to ${figure(weight(row) ?? 0, people)}`}</span>
          </li>
        ))}
      </ul>
    </Matter>
  );
}

/** Of whom too little is known, where most of them are, and that visits are due. */
function NotKnown({ now }: { readonly now: MapData }) {
  const unknown = now.total.counts?.unknown ?? 0;
  if (unknown === 0) return null;
  return (
    <Matter icon={CircleHelp}>
      <p>
        <span class="strong">
          {plural(unknown, { one: 'Too little is known about # person,', other: 'Too little is known about # people,' })}
        </span>{' '}
        {may('assess.write')
          ? t`or the answers have run out: new visits are due. Most of them in`
          : t`or the answers have run out. Most of them in`}
      </p>
      <ul role="list" class="inline-list">
        {unknownFirst(now.rows, 3).map((row) => (
          <li key={row.placeId}>
            <Link href={profileHref(now, row)}>
              <bdi>{named(row)}</bdi>
            </Link>{' '}
            <span class="number">{count(row.counts?.unknown ?? 0)}</span>
          </li>
        ))}
      </ul>
      <p>
        <Link
          class="standing-link"
          href={`/map?place=${now.place.placeId}&instrument=${now.instrument.code}&sort=unknown#map-table`}
        >{t`All places, most unknown first`}</Link>
      </p>
    </Matter>
  );
}

/** Places measured by statistics: how many stand high, and how many nobody measured. */
function PlacesNow({ now }: { readonly now: MapData }) {
  const high = now.rows.filter((row) => row.band === 3).length,
    blank = now.rows.filter((row) => row.band === 0).length,
    shown = count(high);
  return (
    <>
      <Matter icon={Route}>
        <p class="strong">
          {plural(now.rows.length, { one: `${shown} of # place stands at high risk.`, other: `${shown} of # places stand at high risk.` })}
        </p>
      </Matter>
      {blank > 0 && (
        <Matter icon={CircleHelp}>
          <p>
            {plural(blank, {
              one: 'About # place too little was measured to say.',
              other: 'About # places too little was measured to say.',
            })}
          </p>
          {may('statistics.import') && (
            <p>
              <Link class="standing-link" href="/imports/new">{t`Load statistics that hold it`}</Link>
            </p>
          )}
        </Matter>
      )}
    </>
  );
}

/** How sure the index of a place is: its interval, how much of it is known, and how old that is. */
function measured({ low, high, coverage, observedOn }: MapRow): string {
  return [
    low === null || high === null ? '' : t`between ${decimal(low)} and ${decimal(high)}`,
    coverage === null ? '' : t`${percent(coverage)} of the answers are known`,
    observedOn === null ? '' : t`Newest answer ${day(observedOn, 'medium')}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function RankedPlace({ row, data, before }: { readonly row: MapRow; readonly data: MapData; readonly before: MapData | null }) {
  const people = isPeople(data),
    value = weight(row) ?? 0;
  const by = moved(
    row,
    before?.rows.find((each) => each.placeId === row.placeId),
  );
  const reasons = row.reasons
    ?.slice(0, 3)
    .map((reason) => reason.text)
    .join('; ');
  const { unknown = null, n = null } = row.counts ?? {};
  return (
    <li class="ranked">
      <div class="ranked-head">
        <Link class="ranked-name" href={profileHref(data, row)}>
          <bdi>{named(row)}</bdi>
        </Link>
        <span class="number">{people ? t`${figure(value, true)} at high risk` : t`index ${figure(value, false)}`}</span>
      </div>
      {row.counts ? (
        <DistributionBar counts={row.counts} />
      ) : (
        <p>
          <BandChip band={row.band} />
        </p>
      )}
      {reasons && (
        <p>
          <span class="soft">{t`Most often:`}</span> {reasons}
        </p>
      )}
      <p class="soft small number">
        {[
          people ? '' : measured(row),
          n === null ? '' : plural(n, { one: '# person', other: '# people' }),
          unknown === null || unknown === 0 ? '' : t`${count(unknown)} not known`,
          by === null || !before || !people
            ? ''
            : Math.abs(by) < 0.05
              ? t`unchanged since the end of ${month(before.asOf)}`
              : by > 0
                ? t`${decimal(by)} points up since the end of ${month(before.asOf)}`
                : t`${decimal(-by)} points down since the end of ${month(before.asOf)}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </li>
  );
}

/** What matters now, then where to look first. */
export function Overview({ now, before }: Figures) {
  if (nothingOn(now)) {
    return (
      <EmptyState
        title={t`No figures yet`}
        action={
          may('statistics.import') ? (
            <ButtonLink kind="primary" icon={FileDown} href="/imports/new">{t`Load statistics`}</ButtonLink>
          ) : undefined
        }
      >
        {t`The places are there, but nothing has been recorded or loaded about them. Statistics that somebody already collected are the quickest start.`}
      </EmptyState>
    );
  }
  const ranked = worstFirst(now.rows, howMany),
    people = isPeople(now);
  // Exact figures stay on screen: paper can be passed on.
  const guarded = people && may('figures.exact');
  return (
    <>
      {guarded && (
        <p class="print-only">{t`Figures of people are printed from the map or from the profile of a place, with the Print button there.`}</p>
      )}
      <div class={guarded ? 'stack-wide not-in-print' : 'stack-wide'}>
        <section class="stack" aria-labelledby="whole-title">
          <h2 id="whole-title">
            <bdi>{t`${named(now.place)} now`}</bdi>
          </h2>
          {now.total.counts && <DistributionBar counts={now.total.counts} legend />}
          <ul role="list" class="matters">
            {people ? (
              <>
                <HighNow now={now} before={before} />
                <Risen now={now} before={before} />
                <NotKnown now={now} />
              </>
            ) : (
              <PlacesNow now={now} />
            )}
          </ul>
          <p class="soft small">
            {t`As of ${day(now.asOf)}.`} {now.instrument.title}.
            {!people && now.total.observedOn && <> {t`Newest answer ${day(now.total.observedOn, 'medium')}`}.</>}
          </p>
        </section>
        {ranked.length > 0 && (
          <section class="stack" aria-labelledby="first-title">
            <h2 id="first-title">{t`Where to look first`}</h2>
            <ol role="list" class="ranking">
              {ranked.map((row) => (
                <RankedPlace key={row.placeId} row={row} data={now} before={before} />
              ))}
            </ol>
          </section>
        )}
      </div>
    </>
  );
}
