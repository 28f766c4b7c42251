// SPDX-License-Identifier: AGPL-3.0-or-later
import { Eye } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Link, useLocation, type PageProps } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { DuplicatePair, PairSide } from '../domain/duplicate.ts';
import { mergeFields } from '../domain/merge.ts';
import type { NamedIdentity } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { differs, fieldLabel, fieldValue, likelyWord, queueAddress, reasonSentences } from './duplicate-words.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { useBriefly } from '../../platform/web/briefly.ts';
import { IdentityDetails } from './names.tsx';
import './people.css';
import './duplicates.css';

interface Names {
  readonly a: NamedIdentity | null;
  readonly b: NamedIdentity | null;
}

/** Who both are. Each opening stands in the record of use. */
async function openNames({ a, b }: DuplicatePair): Promise<Names> {
  const open = async (side: PairSide): Promise<NamedIdentity | null> => api.get<NamedIdentity>(`${personAddress(side)}/identity`);
  return { a: await open(a), b: await open(b) };
}

function Column({
  pair,
  side,
  identity,
  mark,
}: {
  pair: DuplicatePair;
  side: PairSide;
  identity: NamedIdentity | null | undefined;
  mark: string;
}) {
  return (
    <section class="pair-side" aria-label={t`Record ${mark}`}>
      <h2>
        {t`Record ${mark}`}{' '}
        <Link href={personAddress(side)}>
          <bdi class="record-number">{side.number}</bdi>
        </Link>
      </h2>
      {identity ? <IdentityDetails {...identity} /> : <p class="soft">{t`Name not opened`}</p>}
      <dl class="facts">
        {mergeFields.map((field) => [
          <dt key={field}>{fieldLabel(field)}</dt>,
          <dd key={`${field} value`}>
            <bdi>{fieldValue(field, side)}</bdi>
            {differs(field, pair) && <span class="differs"> {t`(different)`}</span>}
          </dd>,
        ])}
        <dt>{t`Registered`}</dt>
        <dd>{day(side.registeredAt)}</dd>
      </dl>
    </section>
  );
}

function Reasons({ pair }: { readonly pair: DuplicatePair }) {
  const { forIt, against } = reasonSentences(pair.reasons);
  const list = (title: string, sentences: readonly string[]) =>
    sentences.length > 0 && (
      <div>
        <h3>{title}</h3>
        <ul>
          {sentences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </div>
    );
  return (
    <div class="pair-sides">
      {list(t`What speaks for one person`, forIt)}
      {list(t`What speaks against it`, against)}
    </div>
  );
}

function Decision({ pair, onChange, onMerge }: { pair: DuplicatePair; onChange: (pair: DuplicatePair) => void; onMerge: () => void }) {
  const [, go] = useLocation();
  const decide = useAct(async (decision: 'different' | 'unsure') => {
    onChange(await api.post<DuplicatePair>(`/people/duplicates/${pair.pairId}/decision`, { decision, version: pair.version }));
    go(queueAddress);
  });
  if (pair.state === 'same')
    return <Notice>{t`These two records were joined. Whoever finds that wrong takes it back on the page of the person.`}</Notice>;
  if (pair.state === 'gone') return <Notice>{t`These two no longer look alike, or one of them is not here any more.`}</Notice>;
  return (
    <div class="stack">
      {pair.state === 'different' && <Notice>{t`Somebody found that these are two different people.`}</Notice>}
      {decide.problem && <ProblemNotice problem={decide.problem} />}
      <div class="row">
        {pair.state === 'open' && <Button kind="primary" onClick={onMerge}>{t`The same person`}</Button>}
        <Button busy={decide.busy} onClick={() => void decide.run('different')}>{t`Two different people`}</Button>
        <Button busy={decide.busy} onClick={() => void decide.run('unsure')}>{t`Not sure yet`}</Button>
      </div>
    </div>
  );
}

function Comparison({ pair, onChange }: { readonly pair: DuplicatePair; readonly onChange: (pair: DuplicatePair) => void }) {
  const [, go] = useLocation();
  const [names, show] = useBriefly<Names>();
  const [merging, setMerging] = useState(false);
  const open = useAct(async () => show(await openNames(pair)));
  return (
    <div class="stack-wide">
      <p class="strong">{likelyWord(pair.likely)}</p>
      <Reasons pair={pair} />
      {!names && (
        <div class="row">
          <Button icon={Eye} busy={open.busy} onClick={() => void open.run()}>{t`Open both names`}</Button>
          <span class="soft small">{t`It is recorded that you opened them.`}</span>
        </div>
      )}
      {open.problem && <ProblemNotice problem={open.problem} />}
      <div class="pair-sides">
        <Column pair={pair} side={pair.a} identity={names?.a} mark="A" />
        <Column pair={pair} side={pair.b} identity={names?.b} mark="B" />
      </div>
      <Decision pair={pair} onChange={onChange} onMerge={() => setMerging(true)} />
      {merging && <MergeDialog pair={pair} onMerged={(key) => go(personAddress(key))} onClose={() => setMerging(false)} />}
    </div>
  );
}

/** Two records side by side, and what is to become of them. */
export default function DuplicatePairPage({ params: { pairId = '' } }: PageProps) {
  const found = useResource((signal) => api.get<DuplicatePair>(`/people/duplicates/${pairId}`, undefined, { signal }), [pairId]);
  return (
    <Page wide title={t`One person or two?`} lead={<Link href={queueAddress}>{t`Back to all pairs`}</Link>}>
      <Loaded of={found}>{(pair) => <Comparison pair={pair} onChange={found.put} />}</Loaded>
    </Page>
  );
}
