// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { api, ApiProblem, type Query } from '../../../platform/web/api.ts';
import { dayHere } from '../../../platform/web/clock.ts';
import { day, decimal, named, percent } from '../../../platform/web/format.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { may, me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox, Select } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { ListPage, ListRow, VisitList } from '../../domain/people-list.ts';
import type { RankedArea, WhereFirst } from '../../domain/where-first.ts';
import { keyOf, loadNames, mayReadNames } from '../people/people-data.ts';
import { printAlone, VisitLine } from '../people/visit-list.tsx';
import type { Asked } from './asked.ts';
import { narrowedWords } from './choices.tsx';

/** A ranking as it was asked for, and as its file is. */
export interface RankingQuery extends Query, Asked {
  readonly place: string;
  readonly level: number;
  readonly locale: string;
}

/** So many places go on one list, and so many people: nobody walks to more, and one entry in the record of use holds them. */
const mostPlaces = 40,
  mostPeople = 200;

/** One place on paper, and whom to visit there; `people` null: they are not this reader's to see. */
interface PlaceOnPaper {
  readonly area: Pick<RankedArea, 'placeId' | 'name' | 'names'>;
  /** Its figures as anybody may see them; undefined: none may be shown. */
  readonly figures: RankedArea | undefined;
  readonly people: readonly ListRow[] | null;
}

interface Paper {
  readonly ranking: WhereFirst;
  readonly places: readonly PlaceOnPaper[];
  /** Whether people were asked for at all. */
  readonly withPeople: boolean;
  readonly names: ReadonlyMap<string, string>;
  readonly printedOn: string;
  readonly leftOff: number;
  /** Who said no to being called or written to. */
  readonly visitOnly: ReadonlySet<string>;
}

/** The most urgent people of one place who may be visited, as many as there are up to so many; null where the reader works with none of them. */
async function urgentAt(placeId: string, many: number, query: RankingQuery, people: boolean): Promise<readonly ListRow[] | null> {
  const { sex, ageGroup, instrument, locale } = query;
  const found = new Map<string, ListRow>();
  try {
    for (let after: string | null = null; ;) {
      const page: ListPage = await api.get<ListPage>('/people/list', {
        place: placeId,
        sort: 'urgency',
        sex,
        ageGroup,
        locale,
        instrument: people ? instrument : null,
        after,
      });
      for (const row of page.rows) if (row.restricted === null) found.set(keyOf(row), row);
      if (found.size >= many || page.after === null) return [...found.values()].slice(0, many);
      after = page.after;
    }
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.code === 'outside-your-area') return null;
    throw problem;
  }
}

interface Wanted {
  readonly ranking: WhereFirst;
  readonly chosen: readonly RankedArea[];
  readonly query: RankingQuery;
  /** The ranking as anybody may see it: exact figures never go on paper. */
  readonly load: () => Promise<WhereFirst>;
}

async function gather({ ranking, chosen, query, load }: Wanted, each: number, withNames: boolean): Promise<Paper> {
  const people = ranking.instrument.scores === 'person';
  const paper = people && may('figures.exact') ? await load() : ranking;
  const listed = new Map<string, readonly ListRow[] | null>();
  if (each > 0) for (const { placeId } of chosen) listed.set(placeId, await urgentAt(placeId, each, query, people));
  const keys = [...listed.values()].flatMap((rows) => rows ?? []).map(({ regionId, personId }) => ({ regionId, personId }));
  const { locale, instrument } = query;
  // Who is on the list is asked for once more by name: that is what the record of use keeps, and what anybody may read on paper.
  const page =
    keys.length === 0
      ? null
      : await api.post<VisitList>('/people/visit-list', {
          people: keys,
          names: withNames,
          locale,
          ...(people && instrument ? { instrument } : {}),
        });
  const onPaper = new Map(page?.rows.map((row) => [keyOf(row), row]));
  return {
    ranking: paper,
    withPeople: each > 0,
    names: page && withNames ? await loadNames(page.rows) : new Map(),
    printedOn: page?.asOf ?? dayHere(),
    leftOff: page?.leftOff.length ?? 0,
    visitOnly: new Set(page?.notToContact.map(keyOf)),
    places: chosen.map((area) => ({
      area,
      figures: paper.rows.find(({ placeId }) => placeId === area.placeId),
      people: listed.get(area.placeId)?.flatMap((row) => onPaper.get(keyOf(row)) ?? []) ?? null,
    })),
  };
}

/** How a place stands: how much, how sure, of how many, and of which day. */
function Standing({ row, ranking }: { readonly row: RankedArea; readonly ranking: WhereFirst }) {
  const people = ranking.instrument.scores === 'person';
  const facts = [
    people ? t`At high risk: ${percent(row.value, 1)}` : t`Risk index: ${decimal(row.value)}`,
    row.low !== null &&
      row.high !== null &&
      (people ? t`between ${percent(row.low, 1)} and ${percent(row.high, 1)}` : t`between ${decimal(row.low)} and ${decimal(row.high)}`),
    row.coverage !== null &&
      (row.counts?.n == null
        ? t`${percent(row.coverage)} of the answers are known`
        : t`${percent(row.coverage)} known of ${plural(row.counts.n, { one: '# person', other: '# people' })}`),
    t`Figures of ${day(row.figuresOf, 'medium')}`,
  ];
  return (
    <>
      <p class="visit-facts">{facts.filter(Boolean).join(' · ')}</p>
      {row.reasons.length > 0 && (
        <p class="visit-facts">
          {ranking.reasonsOfToday ? t`Main reasons of everybody there, as last known:` : t`Main reasons:`}{' '}
          {row.reasons.map(({ text }) => text).join('; ')}
        </p>
      )}
    </>
  );
}

function PlaceSection({ place: { area, figures, people }, paper }: { readonly place: PlaceOnPaper; readonly paper: Paper }) {
  return (
    <section class="visit-place">
      <h2>
        <bdi>{named(area)}</bdi>
      </h2>
      {figures ? (
        <Standing row={figures} ranking={paper.ranking} />
      ) : (
        <p class="visit-facts">{t`Its figures are not for paper: too few people, or held back to protect others.`}</p>
      )}
      {paper.withPeople && people === null && (
        <p class="visit-facts">{t`You do not work with the people here: ask whoever looks after this area whom to visit.`}</p>
      )}
      {people?.length === 0 && <p class="visit-facts">{t`Nobody to visit is recorded here.`}</p>}
      {people && people.length > 0 ? (
        <ol>
          {people.map((row, i) => (
            <VisitLine
              key={keyOf(row)}
              row={row}
              name={paper.names.get(keyOf(row))}
              nth={i + 1}
              visitOnly={paper.visitOnly.has(keyOf(row))}
            />
          ))}
        </ol>
      ) : (
        <div class="visit-notes" aria-hidden="true">
          {t`Notes`}
        </div>
      )}
    </section>
  );
}

/** Several places on one paper, each under its own heading. */
function PlacesSheet({ paper }: { readonly paper: Paper }) {
  const { ranking, places, leftOff, printedOn } = paper,
    by = me.value?.displayName ?? '';
  const people = places.reduce((sum, each) => sum + (each.people?.length ?? 0), 0),
    whom = narrowedWords(ranking);
  return (
    <article class="visit-sheet">
      <header>
        <h1>{t`Visits`}</h1>
        <p>
          {[
            plural(places.length, { one: '# place', other: '# places' }),
            people > 0 && plural(people, { one: '# person', other: '# people' }),
            whom && t`only: ${whom}`,
            ranking.instrument.title,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {leftOff > 0 && (
          <p>
            {plural(leftOff, {
              one: '# more was chosen and is not to be visited.',
              other: '# more were chosen and are not to be visited.',
            })}
          </p>
        )}
      </header>
      {people > 0 ? (
        <p class="visit-destroy">{t`Destroy after use. Printed on ${day(printedOn)} by ${by}. Do not copy, photograph or leave lying about.`}</p>
      ) : (
        <p>{t`Printed on ${day(printedOn)} by ${by}.`}</p>
      )}
      {places.map((place) => (
        <PlaceSection key={place.area.placeId} place={place} paper={paper} />
      ))}
      {people > 0 && <p class="visit-destroy">{t`Destroy after use. Printed on ${day(printedOn)} by ${by}.`}</p>}
    </article>
  );
}

/** The places in the order of the ranking; whoever works with people opens their list from here. */
function Chosen({
  chosen,
  query,
  people,
}: {
  readonly chosen: readonly RankedArea[];
  readonly query: RankingQuery;
  readonly people: boolean;
}) {
  const more = new URLSearchParams(
    Object.entries({ sex: query.sex, age: query.ageGroup, instrument: people ? query.instrument : null }).flatMap(([key, value]) =>
      value === null ? [] : [[key, String(value)]],
    ),
  ).toString();
  return (
    <ul class="plain-list">
      {chosen.map((area) => (
        <li key={area.placeId} class="row">
          <bdi class="strong">{named(area)}</bdi>
          {may('people.read') && (
            <Link href={`/people?place=${area.placeId}${more && `&${more}`}`} class="push" aria-label={t`Who to visit in ${named(area)}`}>
              {t`Who to visit`}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

/** How many people of each place: as many as fit on one list. */
function peopleOptions(places: number) {
  return [
    { value: '0', label: t`None: places only` },
    ...[5, 10, 20]
      .filter((many) => many * places <= mostPeople)
      .map((many) => ({ value: String(many), label: t`The ${many} most urgent` })),
  ];
}

/** What goes on the list of visits to the chosen places, before anything does. */
export function VisitPlacesDialog({ onClose, ...wanted }: Wanted & { readonly onClose: () => void }) {
  const chosen = wanted.chosen.slice(0, mostPlaces),
    options = peopleOptions(chosen.length),
    mayList = may('people.read');
  const [each, setEach] = useState(mayList ? '5' : '0');
  const [withNames, setWithNames] = useState(false);
  const go = useAct(async () => {
    const paper = await gather({ ...wanted, chosen }, Number(each), withNames && each !== '0');
    onClose();
    printAlone(<PlacesSheet paper={paper} />);
  });
  return (
    <Dialog title={t`Visit list`} onClose={onClose}>
      <div class="stack">
        <p>
          {plural(chosen.length, {
            one: '# place goes on the paper: how it stands, why, and room for notes.',
            other: '# places go on the paper, each under its own heading: how it stands, why, and room for notes.',
          })}
        </p>
        {wanted.chosen.length > mostPlaces && (
          <p class="strong">{t`No more than ${mostPlaces} places fit on one list: these come first.`}</p>
        )}
        {mayList && <Select label={t`People of each place`} value={each} options={options} onChange={setEach} />}
        {each !== '0' && (
          <p class="soft">{t`Private reasons stay private. Who printed the list and when is kept in the record of use, and stands on the paper.`}</p>
        )}
        {each !== '0' && mayReadNames() && (
          <Checkbox
            label={t`With names`}
            hint={t`Leave it off if the record numbers are enough: paper gets lost.`}
            checked={withNames}
            onChange={setWithNames}
          />
        )}
        {go.problem && <ProblemNotice problem={go.problem} />}
        <div class="row">
          <Button kind="primary" icon={Printer} busy={go.busy} onClick={() => void go.run()}>{t`Print`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
        <Chosen chosen={chosen} query={wanted.query} people={wanted.ranking.instrument.scores === 'person'} />
      </div>
    </Dialog>
  );
}
