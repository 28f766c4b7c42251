// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ChartColumn, Download, Eye, MapPinned, Printer, Search, UserPlus } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { PlaceDetail } from '../../../places/domain/place.ts';
import { api, apiPath } from '../../../platform/web/api.ts';
import { useBriefly } from '../../../platform/web/briefly.ts';
import { day, named } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { usePlaceCrumbs, useQuery, type SetQuery } from '../../../platform/web/router.tsx';
import { may, me } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../../platform/web/ui/states.tsx';
import { Table } from '../../../platform/web/ui/table.tsx';
import type { HouseholdPage, HouseholdRow } from '../../domain/household-list.ts';
import type { ListPage, ListRow } from '../../domain/people-list.ts';
import { loadInstruments } from '../view-data.ts';
import { columnsOf, HowToRead } from './columns.tsx';
import { Filters } from './filters.tsx';
import {
  householdKeyOf,
  householdQuery,
  keyOf,
  listQuery,
  loadHouseholds,
  loadNames,
  loadPage,
  mayReadNames,
  mayReadPeople,
  readListView,
  rememberRound,
  type ListView,
} from './people-data.ts';
import { HouseholdsList } from './households-list.tsx';
import { useListed, type Shown } from './use-listed.ts';
import { VisitListDialog } from './visit-list.tsx';
import './people.css';

/** Names, briefly, once somebody asks for them; while they are shown those of rows that come later are asked for as well. */
function useNames(rows: readonly ListRow[]) {
  const [names, show, hide] = useBriefly<ReadonlyMap<string, string>>();
  const ask = useAct(async () => {
    const missing = rows.filter((row) => !names?.has(keyOf(row)));
    show(new Map([...(names ?? []), ...(missing.length > 0 ? await loadNames(missing) : [])]));
  });
  useEffect(() => {
    if (names && rows.some((row) => !names.has(keyOf(row)))) void ask.run();
  }, [rows]);
  return { names: names ?? noNames, wanted: names !== undefined, toggle: () => (names ? hide() : void ask.run()), ask };
}

const noNames: ReadonlyMap<string, string> = new Map();

function PlaceLine({ place }: { readonly place: string | null }) {
  const detail = useResource((signal) => api.get<PlaceDetail>(`/places/${place}`, undefined, { signal }), place ? [place] : [null]).data;
  usePlaceCrumbs(
    detail ? [...detail.ancestors, detail].map((each) => ({ label: named(each), href: `/people?place=${each.placeId}` })) : [],
  );
  return <>{detail ? t`In ${named(detail)}: who to visit next, and why.` : t`Who to visit next, and why.`}</>;
}

function Actions({ view }: { readonly view: ListView }) {
  const locale = language().code;
  return (
    <>
      {may('people.write') && <ButtonLink kind="primary" icon={UserPlus} href="/people/new">{t`Register a household`}</ButtonLink>}
      {(may('identity.read') || may('assigned.read')) && <ButtonLink icon={Search} href="/people/find">{t`Find a person`}</ButtonLink>}
      {may('risk.read') && (
        <ButtonLink icon={ChartColumn} href={`/people/report${view.place ? `?place=${view.place}` : ''}`}>{t`Report`}</ButtonLink>
      )}
      {may('risk.read') && (
        <ButtonLink icon={MapPinned} href={`/where-first${view.place ? `?place=${view.place}` : ''}`}>{t`Where to act first`}</ButtonLink>
      )}
      {may('export') && (
        <ButtonLink
          icon={Download}
          download
          href={
            view.of === 'households'
              ? apiPath('/households/list.csv', householdQuery(view, locale))
              : apiPath('/people/list.csv', listQuery(view, locale))
          }
        >{t`CSV without names`}</ButtonLink>
      )}
    </>
  );
}

function List({
  view,
  shown,
  next,
}: {
  readonly view: ListView;
  readonly shown: Shown<ListRow, ListPage>;
  readonly next: ReturnType<typeof useAct>;
}) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [printing, setPrinting] = useState(false);
  const { names, wanted, toggle, ask } = useNames(shown.rows);
  const { rows, page } = shown;
  const choose = (row: ListRow, on: boolean) => {
    const after = new Set(chosen);
    if (on) after.add(keyOf(row));
    else after.delete(keyOf(row));
    setChosen(after);
  };
  const forPaper = rows.filter((row) => chosen.size === 0 || chosen.has(keyOf(row))).slice(0, 200);
  return (
    <div class="stack">
      <div class="row not-in-print">
        {mayReadNames() && (
          <Button icon={Eye} pressed={wanted} busy={ask.busy} onClick={toggle}>
            {t`Show names`}
          </Button>
        )}
        <Button icon={Printer} onClick={() => setPrinting(true)}>
          {chosen.size > 0
            ? plural(chosen.size, { one: 'Print a visit list of # person', other: 'Print a visit list of # people' })
            : t`Print a visit list`}
        </Button>
        <span class="soft small push">
          {page.instrument.title} · {day(page.asOf, 'medium')}
        </span>
      </div>
      {ask.problem && <ProblemNotice problem={ask.problem} />}
      <HowToRead />
      <Table
        caption={t`People, and who to visit next`}
        columns={columnsOf(names, chosen, choose, page.instrument.code)}
        rows={rows}
        rowKey={keyOf}
        rowClass={() => 'people-row'}
      />
      {next.problem && <ProblemNotice problem={next.problem} />}
      <div class="row not-in-print">
        <span class="soft small">{plural(rows.length, { one: '# person shown', other: '# people shown' })}</span>
        {page.after && (
          <Button busy={next.busy} onClick={() => void next.run()}>
            {t`Show more`}
          </Button>
        )}
      </div>
      {printing && <VisitListDialog rows={forPaper} names={names} instrument={view.instrument} onClose={() => setPrinting(false)} />}
    </div>
  );
}

interface Nothing {
  readonly view: ListView;
  readonly set: SetQuery;
  readonly title: string;
}

/** Nobody is here, or nobody whom the reader narrowed the list to. */
function Nobody({ view, set, title }: Nothing) {
  const narrowed = view.bands !== '' || view.sex !== null || view.ageGroup !== null || view.renew !== null || view.warns !== null;
  return (
    <EmptyState
      title={narrowed ? t`Nobody fits all of this` : title}
      action={
        narrowed ? (
          <Button onClick={() => set({ bands: null, sex: null, age: null, renew: null, warns: null })}>{t`Show everybody`}</Button>
        ) : may('people.write') ? (
          <ButtonLink kind="primary" icon={UserPlus} href="/people/new">{t`Register a household`}</ButtonLink>
        ) : undefined
      }
    >
      {mayReadPeople()
        ? t`People appear here with how they stand, why, and when to ask again.`
        : t`Your work here needs no records of people.`}
    </EmptyState>
  );
}

function People({ view, set }: Omit<Nothing, 'title'>) {
  const { first, shown, next } = useListed<ListRow, ListPage>(view, loadPage, keyOf);
  useEffect(() => {
    if (shown) rememberRound(shown.rows.filter(({ restricted }) => restricted === null));
  }, [shown?.rows]);
  return (
    <>
      {first.problem && <ErrorState problem={first.problem} onRetry={first.reload} />}
      {!shown && !first.problem && <Loading />}
      {shown && shown.rows.length > 0 && <List view={view} shown={shown} next={next} />}
      {shown && shown.rows.length === 0 && !first.problem && <Nobody view={view} set={set} title={t`Nobody is recorded here yet`} />}
    </>
  );
}

function Households({ view, set }: Omit<Nothing, 'title'>) {
  const { first, shown, next } = useListed<HouseholdRow, HouseholdPage>(view, loadHouseholds, householdKeyOf);
  return (
    <>
      {first.problem && <ErrorState problem={first.problem} onRetry={first.reload} />}
      {!shown && !first.problem && <Loading />}
      {shown && shown.rows.length > 0 && <HouseholdsList shown={shown} instrument={view.instrument} next={next} />}
      {shown && shown.rows.length === 0 && !first.problem && <Nobody view={view} set={set} title={t`No household is recorded here yet`} />}
    </>
  );
}

/** `/people`: who to visit next, and with `of=households` which household. */
export default function PeoplePage() {
  const [query, set] = useQuery();
  const view = readListView(query, may('people.read') ? (me.value?.home?.placeId ?? null) : null);
  const instruments = useResource(loadInstruments, ['instruments']).data?.filter(({ scores }) => scores === 'person') ?? [];
  const Listed = view.of === 'households' ? Households : People;
  return (
    <Page title={t`People`} wide lead={<PlaceLine place={view.place} />} actions={<Actions view={view} />}>
      <Filters view={view} set={set} instruments={instruments} />
      <Listed view={view} set={set} />
    </Page>
  );
}
