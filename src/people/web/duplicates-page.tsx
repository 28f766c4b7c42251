// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { PlaceSearch } from '../../places/web/index.ts';
import { api } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Link, useQuery } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import type { DuplicatePage, DuplicatePair, PairSide } from '../domain/duplicate.ts';
import { likelyWord, pairAddress, reasonSentences } from './duplicate-words.ts';
import { ageWords, sexWord } from './words.ts';
import './people.css';
import './duplicates.css';

function Side({ side }: { readonly side: PairSide }) {
  return (
    <p class="small pair-line">
      <bdi class="record-number">{side.number}</bdi>
      <span>
        <bdi>{named(side.place)}</bdi>, {ageWords(side.age)}, {sexWord(side.sex)}
      </span>
    </p>
  );
}

function Pair({ pair }: { readonly pair: DuplicatePair }) {
  const { forIt } = reasonSentences(pair.reasons);
  const looked = pair.decidedAt === null ? null : day(pair.decidedAt, 'medium');
  return (
    <li>
      <div>
        <p class="strong">{likelyWord(pair.likely)}</p>
        <Side side={pair.a} />
        <Side side={pair.b} />
        <p class="soft small">{forIt.slice(0, 3).join(' ')}</p>
        {looked && <p class="soft small">{t`Looked at on ${looked}, not sure then.`}</p>}
      </div>
      <Link class="button" href={pairAddress(pair.pairId)} aria-label={t`Compare ${pair.a.number} and ${pair.b.number}`}>
        {t`Compare`}
      </Link>
    </li>
  );
}

/** The pages read so far under one filter; begun anew with another. */
function PairList({ first, placeId }: { readonly first: DuplicatePage; readonly placeId: string }) {
  const [later, setLater] = useState<readonly DuplicatePage[]>([]);
  const last = later.at(-1) ?? first;
  const more = useAct(async () => setLater([...later, await api.get<DuplicatePage>('/people/duplicates', { placeId, after: last.next })]));
  return (
    <div class="stack">
      <ul role="list" class="people-list">
        {[first, ...later].flatMap(({ rows }) => rows.map((pair) => <Pair key={pair.pairId} pair={pair} />))}
      </ul>
      {more.problem && <ProblemNotice problem={more.problem} />}
      {last.next !== null && (
        <div class="row">
          <Button busy={more.busy} onClick={() => void more.run()}>{t`Show more`}</Button>
        </div>
      )}
    </div>
  );
}

/** Pairs of records that may be one person, to be decided by somebody who knows the place. */
export default function DuplicatesPage() {
  const [query, setQuery] = useQuery();
  const placeId = query.get('place') ?? '';
  const placeName = query.get('placeName') ?? '';
  const found = useResource((signal) => api.get<DuplicatePage>('/people/duplicates', { placeId }, { signal }), [placeId]);
  const everywhere = () => setQuery({ place: null, placeName: null }, { replace: true });
  return (
    <Page
      title={t`Written down twice?`}
      lead={t`Records that look like one person, the likeliest first. Nothing is joined until somebody decides, and every decision can be taken back.`}
    >
      <div class="stack-wide narrow-page">
        <PlaceSearch
          label={t`Only people of a place`}
          onChoose={(place) => setQuery({ place: place.placeId, placeName: named(place) }, { replace: true })}
        />
        {placeId !== '' && (
          <div class="row">
            <p>
              <bdi>{placeName}</bdi>
            </p>
            <Button kind="quiet" onClick={everywhere}>{t`Show my whole area`}</Button>
          </div>
        )}
        {found.data?.comparing && <Notice>{t`Some records are still being compared. More pairs may appear; you need not wait.`}</Notice>}
        <Loaded
          of={found}
          isEmpty={({ rows }) => rows.length === 0}
          empty={
            <EmptyState
              title={t`Nobody seems to be written down twice`}
              action={placeId !== '' && <Button onClick={everywhere}>{t`Show my whole area`}</Button>}
            >{t`Whoever is registered, renamed or moves here is compared with the others. Pairs that look alike will wait here for you. Pairs across two districts wait with the coordinator of both.`}</EmptyState>
          }
        >
          {(data) => <PairList key={placeId} first={data} placeId={placeId} />}
        </Loaded>
      </div>
    </Page>
  );
}
