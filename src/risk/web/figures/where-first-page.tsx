// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ClipboardList, Download, Printer, Shuffle, TrendingDown, TrendingUp } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
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
import { EmptyState, Loaded, Loading } from '../../../platform/web/ui/states.tsx';
import type { RankedArea, WhereFirst } from '../../domain/where-first.ts';
import { UseThePrintButton } from '../print-sheet.tsx';
import { loadInstruments } from '../view-data.ts';
import { levelWord } from '../words.ts';
import { readAsked } from './asked.ts';
import { Choices, FiguresHeading, narrowedWords } from './choices.tsx';
import { AreaChoice, useArea } from './place-choice.tsx';
import { usePaper } from './use-paper.ts';
import { VisitPlacesDialog, type RankingQuery } from './visit-places.tsx';
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

/** The day of this row's own figures, which need not be that of its neighbours. */
function DayOf({ row }: { readonly row: RankedArea }) {
  return row.carriedFrom ? (
    <p class="soft small">{t`Figures of ${day(row.carriedFrom, 'medium')}: the change since is too small to show.`}</p>
  ) : (
    <p class="soft small">{t`Figures of ${day(row.figuresOf, 'medium')}`}</p>
  );
}

function MainReasons({ row, ranking }: { readonly row: RankedArea; readonly ranking: WhereFirst }) {
  if (row.reasons.length === 0) return null;
  return (
    <>
      {ranking.reasonsOfToday && <p class="soft small">{t`Main reasons of everybody there, as last known:`}</p>}
      <ul class="people-reasons">
        {row.reasons.map(({ code, text }) => (
          <li key={code ?? 'private'}>{text}</li>
        ))}
      </ul>
    </>
  );
}

interface AreaProps {
  readonly row: RankedArea;
  readonly ranking: WhereFirst;
  readonly chosen: boolean;
  readonly onChoose: (on: boolean) => void;
}

function Area({ row, ranking, chosen, onChoose }: AreaProps) {
  const people = ranking.instrument.scores === 'person';
  const figure = (value: number) => (people ? percent(value, 1) : decimal(value));
  return (
    <li class="ranked">
      <div class="ranked-head">
        <label class="people-choose not-in-print">
          <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.currentTarget.checked)} />
          <span class="for-ears">{t`${named(row)}: for the visit list`}</span>
        </label>
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
      <DayOf row={row} />
      {!row.carriedFrom && <Moves row={row} since={ranking.comparedWith} />}
      {row.movedNextDoor && (
        <p class="small strong area-moved">
          <Icon of={Shuffle} size={16} />
          <span>{t`Risk fell here and rose next door: it may have moved. Look at the neighbours before you leave.`}</span>
        </p>
      )}
      <MainReasons row={row} ranking={ranking} />
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

/** Every row at once, or none; half filled while only some are chosen. */
function ChooseAll({ rows, chosen, onChoose }: ChoosingProps) {
  const box = useRef<HTMLInputElement>(null);
  const some = chosen.length > 0 && chosen.length < rows.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  return (
    <label class="people-choose choose-all">
      <input
        ref={box}
        type="checkbox"
        checked={chosen.length === rows.length}
        onChange={(event) => onChoose(event.currentTarget.checked ? rows : [])}
      />
      {t`Choose all ${count(rows.length)}`}
    </label>
  );
}

interface ChoosingProps {
  readonly rows: readonly RankedArea[];
  readonly chosen: readonly RankedArea[];
  readonly onChoose: (rows: readonly RankedArea[]) => void;
}

/** From here to the paper: which places somebody should go to. */
function Choosing(props: ChoosingProps & { readonly onList: () => void }) {
  const { chosen, onList } = props;
  return (
    <div class="row choosing not-in-print">
      <ChooseAll {...props} />
      <Button kind="primary" icon={ClipboardList} disabled={chosen.length === 0} onClick={onList}>
        {chosen.length === 0 ? t`Visit list` : plural(chosen.length, { one: 'Visit list of # place', other: 'Visit list of # places' })}
      </Button>
      <span class="soft small" role="status">
        {chosen.length === 0 && t`Tick the places that somebody should go to.`}
      </span>
    </div>
  );
}

function Actions({ query, printing, print }: { readonly query: RankingQuery; readonly printing: boolean; readonly print: () => void }) {
  return (
    <div class="row not-in-print">
      {may('export') && (
        <ButtonLink icon={Download} download href={apiPath('/where-first.csv', query)}>
          CSV
        </ButtonLink>
      )}
      <Button icon={Printer} busy={printing} onClick={print}>{t`Print`}</Button>
    </div>
  );
}

/** What is left out, and by which rule. */
function Footnotes({ ranking: { notRanked, exact, threshold } }: { readonly ranking: WhereFirst }) {
  return (
    <>
      {notRanked > 0 && (
        <p class="soft small">
          {plural(notRanked, {
            one: '# area is not ranked: too little is known, or its figures may not be shown.',
            other: '# areas are not ranked: too little is known, or their figures may not be shown.',
          })}
        </p>
      )}
      {!exact && <p class="soft small">{t`Figures of fewer than ${count(threshold)} people are not shown.`}</p>}
    </>
  );
}

interface RankingProps {
  readonly screen: WhereFirst;
  readonly load: () => Promise<WhereFirst>;
  readonly query: RankingQuery;
}

function Ranking({ screen, load, query }: RankingProps) {
  const people = screen.instrument.scores === 'person';
  const { shown, guarded, fetching, print } = usePaper(screen, people && may('figures.exact'), load);
  const [ticked, tick] = useState<readonly string[]>([]);
  const [listing, setListing] = useState(false);
  const chosen = screen.rows.filter(({ placeId }) => ticked.includes(placeId));
  const choose = (rows: readonly RankedArea[]) => tick(rows.map(({ placeId }) => placeId));
  return (
    <div class="stack">
      <Actions query={query} printing={fetching.busy} print={print} />
      {fetching.problem && <ProblemNotice problem={fetching.problem} />}
      {guarded && (
        <div class="print-only">
          <UseThePrintButton threshold={shown.threshold} />
        </div>
      )}
      <div class={guarded ? 'not-in-print stack' : 'stack'}>
        <FiguresHeading
          place={shown.place}
          whom={people ? narrowedWords(shown) || t`Everybody` : ''}
          facts={[levelWord(shown.levelNames), t`As of ${day(shown.asOf)}`, shown.instrument.title]}
        />
        <Choosing rows={screen.rows} chosen={chosen} onChoose={choose} onList={() => setListing(true)} />
        {people && <BarLegend />}
        <ol class="ranking" role="list">
          {shown.rows.map((row) => (
            <Area
              key={row.placeId}
              row={row}
              ranking={shown}
              chosen={ticked.includes(row.placeId)}
              onChoose={(on) => choose(screen.rows.filter((each) => (each.placeId === row.placeId ? on : chosen.includes(each))))}
            />
          ))}
        </ol>
        <Footnotes ranking={shown} />
      </div>
      {listing && <VisitPlacesDialog ranking={screen} chosen={chosen} query={query} load={load} onClose={() => setListing(false)} />}
    </div>
  );
}

/** Why nothing stands here, and the way back to where something does. */
function NothingRanked({ narrowed, set }: { readonly narrowed: boolean; readonly set: SetQuery }) {
  if (!narrowed)
    return (
      <EmptyState
        title={t`No area can be ranked yet`}
      >{t`Too little is known of these areas, or so few people live in each that their figures may not be shown. Larger areas may be ranked already.`}</EmptyState>
    );
  return (
    <EmptyState
      title={t`No area can be ranked for these people and this date`}
      action={<Button onClick={() => set({ date: null, sex: null, age: null })}>{t`Everybody, today`}</Button>}
    >{t`Too little was known by then, or these people are so few that their figures may not be shown.`}</EmptyState>
  );
}

function OfArea({ area, query, set }: { readonly area: PlaceDetail; readonly query: URLSearchParams; readonly set: SetQuery }) {
  const locale = language().code;
  const level = Number(query.get('level') ?? area.below[0]?.level ?? area.level),
    asked = readAsked(query);
  const question = { place: area.placeId, level, locale, ...asked };
  const ranking = useResource((signal) => api.get<WhereFirst>('/where-first', question, { signal }), [JSON.stringify(question)]);
  const instruments = useResource(loadInstruments, ['instruments']).data ?? [];
  const code = asked.instrument ?? ranking.data?.instrument.code;
  const people = instruments.find((each) => each.code === code)?.scores !== 'place';
  return (
    <>
      <div class="people-filters not-in-print">
        <AreaChoice area={area} level={level} set={set} />
        <Choices asked={asked} set={set} instruments={instruments} instrument={code} sexes={people} ages={people} />
      </div>
      <Loaded
        of={ranking}
        isEmpty={(data) => data.rows.length === 0}
        empty={<NothingRanked narrowed={asked.date !== null || asked.sex !== null || asked.ageGroup !== null} set={set} />}
      >
        {(data) => (
          <Ranking screen={data} load={() => api.get<WhereFirst>('/where-first', { ...question, protect: true })} query={question} />
        )}
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
