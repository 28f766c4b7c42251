// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Download, Printer, Shuffle, TrendingDown, TrendingUp } from 'lucide';
import type { PlaceDetail } from '../../../places/domain/place.ts';
import { api, apiPath } from '../../../platform/web/api.ts';
import { count, day, decimal, named, percent } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Link, useQuery, type SetQuery } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { BandChip } from '../../../platform/web/ui/band.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { DistributionBar } from '../../../platform/web/ui/distribution-bar.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { EmptyState, Loaded, Loading } from '../../../platform/web/ui/states.tsx';
import type { RankedArea, WhereFirst } from '../../domain/where-first.ts';
import { UseThePrintButton } from '../print-sheet.tsx';
import { loadInstruments } from '../view-data.ts';
import { AreaChoice, useArea } from './place-choice.tsx';
import { usePaper } from './use-paper.ts';
import '../people/people.css';

/** How it moved since, and what those around it did meanwhile. */
function Moves({ row, since }: { readonly row: RankedArea; readonly since: string | null }) {
  if (row.change === null || since === null) return <p class="soft small">{t`No earlier figure to compare with.`}</p>;
  const by = decimal(Math.abs(row.change));
  return (
    <p class="small area-facts">
      <span>
        {row.change !== 0 && <Icon of={row.change > 0 ? TrendingUp : TrendingDown} size={16} />}{' '}
        {row.change > 0
          ? t`${by} points more than on ${day(since, 'medium')}`
          : row.change < 0
            ? t`${by} points less than on ${day(since, 'medium')}`
            : t`the same as on ${day(since, 'medium')}`}
      </span>
      {row.neighbours !== null && (
        <span class="soft">
          {row.neighbours > 0
            ? t`its neighbours: ${decimal(row.neighbours)} points more`
            : row.neighbours < 0
              ? t`its neighbours: ${decimal(-row.neighbours)} points less`
              : t`its neighbours: the same`}
        </span>
      )}
    </p>
  );
}

function Area({ row, ranking }: { readonly row: RankedArea; readonly ranking: WhereFirst }) {
  const people = ranking.instrument.scores === 'person';
  const figure = (value: number) => (people ? percent(value, 1) : decimal(value));
  return (
    <li class="ranked">
      <div class="ranked-head">
        <Link class="ranked-name" href={`/places/${row.placeId}?instrument=${ranking.instrument.code}`}>
          <span class="number">{row.rank}.</span>
          <bdi>{named(row)}</bdi>
        </Link>
        <span class="row">
          <BandChip band={row.band} />
          <span class="number strong">{figure(row.value)}</span>
        </span>
      </div>
      {row.counts && <DistributionBar counts={row.counts} />}
      <p class="small area-facts">
        {row.low !== null && row.high !== null && (
          <span class="number">
            {people
              ? t`At high risk: between ${percent(row.low, 1)} and ${percent(row.high, 1)}, depending on those who are not known`
              : t`between ${decimal(row.low)} and ${decimal(row.high)}`}
          </span>
        )}
        {row.counts?.n != null && row.coverage !== null && (
          <span class="soft number">{t`${percent(row.coverage)} known of ${plural(row.counts.n, { one: '# person', other: '# people' })}`}</span>
        )}
        {!people && row.coverage !== null && <span class="soft number">{t`${percent(row.coverage)} of the answers are known`}</span>}
      </p>
      <Moves row={row} since={ranking.comparedWith} />
      {row.movedNextDoor && (
        <p class="small strong area-moved">
          <Icon of={Shuffle} size={16} />
          <span>{t`Risk fell here and rose next door: it may have moved. Look at the neighbours before you leave.`}</span>
        </p>
      )}
      {row.reasons.length > 0 && (
        <ul class="people-reasons">
          {row.reasons.map(({ code, text }) => (
            <li key={code ?? 'private'}>{text}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What the parts of the bars are, in the order in which they stand there. */
function BarLegend() {
  return (
    <p class="small area-facts">
      <span class="soft">{t`In each bar the people of a place:`}</span>
      {([3, 2, 1, 0] as const).map((band) => (
        <BandChip key={band} band={band} />
      ))}
    </p>
  );
}

function Ranking({
  screen,
  load,
  query,
}: {
  readonly screen: WhereFirst;
  readonly load: () => Promise<WhereFirst>;
  readonly query: Record<string, string | number | null>;
}) {
  const { shown, guarded, fetching, print } = usePaper(screen, screen.exact && screen.instrument.scores === 'person', load);
  return (
    <div class="stack">
      <div class="row not-in-print">
        {may('export') && (
          <ButtonLink icon={Download} download href={apiPath('/where-first.csv', query)}>
            CSV
          </ButtonLink>
        )}
        <Button icon={Printer} busy={fetching.busy} onClick={print}>{t`Print`}</Button>
        <span class="soft small push">{t`Figures of ${day(shown.asOf, 'medium')}`}</span>
      </div>
      {fetching.problem && <ProblemNotice problem={fetching.problem} />}
      {guarded && (
        <div class="print-only">
          <UseThePrintButton threshold={shown.threshold} />
        </div>
      )}
      {shown.instrument.scores === 'person' && !guarded && <BarLegend />}
      <ol class={guarded ? 'ranking not-in-print' : 'ranking'} role="list">
        {shown.rows.map((row) => (
          <Area key={row.placeId} row={row} ranking={shown} />
        ))}
      </ol>
      {shown.notRanked > 0 && (
        <p class="soft small">
          {plural(shown.notRanked, {
            one: '# area is not ranked: too little is known, or its figures may not be shown.',
            other: '# areas are not ranked: too little is known, or their figures may not be shown.',
          })}
        </p>
      )}
      <p class="print-only small">{t`Figures of ${day(shown.asOf, 'medium')}`}</p>
      <p class="soft small">
        {shown.instrument.title}. {!shown.exact && t`Figures of fewer than ${count(shown.threshold)} people are not shown.`}
      </p>
    </div>
  );
}

function OfArea({ area, query, set }: { readonly area: PlaceDetail; readonly query: URLSearchParams; readonly set: SetQuery }) {
  const locale = language().code;
  const level = Number(query.get('level') ?? area.below[0]?.level ?? area.level),
    instrument = query.get('instrument');
  const asked = { place: area.placeId, level, instrument, locale };
  const ranking = useResource((signal) => api.get<WhereFirst>('/where-first', asked, { signal }), [JSON.stringify(asked)]);
  const instruments = useResource(loadInstruments, ['instruments']).data ?? [];
  return (
    <>
      <div class="people-filters not-in-print">
        <AreaChoice area={area} level={level} set={set} />
        {instruments.length > 1 && (
          <Segmented
            label={t`Scored with`}
            value={instrument ?? ranking.data?.instrument.code ?? ''}
            options={instruments.map(({ code, title }) => ({ value: code, label: named({ names: title }) }))}
            onChange={(code) => set({ instrument: code })}
          />
        )}
      </div>
      <Loaded
        of={ranking}
        isEmpty={(data) => data.rows.length === 0}
        empty={
          <EmptyState
            title={t`No area can be ranked yet`}
          >{t`As soon as enough is known of at least one area, the areas stand here in order.`}</EmptyState>
        }
      >
        {(data) => <Ranking screen={data} load={() => api.get<WhereFirst>('/where-first', { ...asked, protect: true })} query={asked} />}
      </Loaded>
    </>
  );
}

/** `/where-first`: areas in the order in which help is worth most, and how sure that is. */
export default function WhereFirstPage() {
  const [query, set] = useQuery();
  const area = useArea(query.get('place'), '/where-first');
  return (
    <Page
      title={t`Where to act first`}
      wide
      lead={
        area ? t`In ${named(area)}: areas by the share of people at high risk, with how sure that is, why, and how it moved.` : undefined
      }
    >
      {area === undefined && <Loading />}
      {area === null && <EmptyState title={t`No places yet`} />}
      {area && <OfArea area={area} query={query} set={set} />}
    </Page>
  );
}
