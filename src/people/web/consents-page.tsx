// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { useQuery } from '../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select, TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { isRecordNumber, RecordNumberField, saidNumber } from '../../platform/web/ui/record-number.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import { purposes } from '../domain/consent.ts';
import { wordStates, type WordPage, type WordRow } from '../domain/consent-standing.ts';
import { standingWords, wordStateWord } from './consent-standing-words.ts';
import { spokenLanguages } from './languages.ts';
import { NumberWithWays } from './number-with-ways.tsx';
import './people.css';
import { actWord, purposeName, speakerWord, wayWord } from './words.ts';

const path = '/data-protection/consents';
const pageSize = 50;
const keys = ['number', 'purpose', 'state', 'from', 'to'] as const;

const backwards = (query: URLSearchParams): boolean => (query.get('from') || '0') > (query.get('to') || '9');

/** What the address asks for; what the server would refuse is left out and said beside its field. */
function askedOf(query: URLSearchParams): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const key of keys) {
    const value = query.get(key)?.trim();
    if (value && (key !== 'number' || isRecordNumber(value))) asked[key] = value;
  }
  return asked;
}

function Filters() {
  const [query, setQuery] = useQuery();
  const set = (key: string) => (value: string) => setQuery({ [key]: value || null }, { replace: true });
  return (
    <div class="row-end not-in-print">
      <RecordNumberField param="number" />
      <Select
        label={t`For what`}
        value={query.get('purpose') ?? ''}
        options={[{ value: '', label: t`Everything` }, ...purposes.map((value) => ({ value, label: purposeName(value) }))]}
        onChange={set('purpose')}
      />
      <Select
        label={t`Does it count?`}
        value={query.get('state') ?? ''}
        options={[{ value: '', label: t`Whether or not` }, ...wordStates.map((value) => ({ value, label: wordStateWord(value) }))]}
        onChange={set('state')}
      />
      <TextField label={t`Written down from`} type="date" value={query.get('from') ?? ''} onInput={set('from')} />
      <TextField
        label={t`Written down until`}
        type="date"
        value={query.get('to') ?? ''}
        error={backwards(query) ? t`This day lies before the first.` : undefined}
        onInput={set('to')}
      />
    </div>
  );
}

const Day = ({ at }: { readonly at: string }) => (
  <time class="nowrap" dateTime={at}>
    {day(at, 'medium')}
  </time>
);

const languageName = (code: string): string => spokenLanguages.find((each) => each.code === code)?.name ?? code;

/** How it was said; in which language the text was read out, and which version of it. */
const HowSaid = ({ row }: { readonly row: WordRow }) => (
  <span>
    {wayWord(row.way)}
    {(row.language ?? row.wording) !== null && (
      <span class="soft small">
        {' '}
        <bdi>{[row.language && languageName(row.language), row.wording].filter(Boolean).join(' · ')}</bdi>
      </span>
    )}
  </span>
);

const columns = (): readonly Column<WordRow>[] => [
  { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <NumberWithWays number={row.number} withoutConsents /> },
  { key: 'said', head: t`What was said`, cell: (row) => `${actWord(row.act)} · ${speakerWord(row.byWhom)}` },
  {
    key: 'purpose',
    head: t`For what`,
    cell: (row) => (
      <span>
        {purposeName(row.purpose)}
        {row.organisation && (
          <span class="soft">
            {' '}
            · <bdi>{row.organisation}</bdi>
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'state',
    head: t`Does it count?`,
    cell: (row) => <span class={row.state === 'stands' ? '' : 'strong'}>{standingWords(row)}</span>,
  },
  { key: 'way', head: t`How`, cell: (row) => <HowSaid row={row} /> },
  { key: 'observed', head: t`Said on`, cell: (row) => <Day at={row.observedAt} /> },
  { key: 'recorded', head: t`Written down on`, cell: (row) => <Day at={row.recordedAt} /> },
  { key: 'district', head: t`District`, cell: (row) => <bdi>{row.district ? named(row.district) : ''}</bdi> },
];

/** All that people said about the use of their records. Numbers and districts, no names. */
export default function ConsentsPage() {
  const [query, setQuery] = useQuery();
  const asked = askedOf(query);
  const clear = () => setQuery(Object.fromEntries(keys.map((key) => [key, null])), { replace: true });
  return (
    <Page
      wide
      title={t`Consents`}
      lead={t`What people agreed to, refused and took back, the last written down first, and whether it still counts. By record number: you see no names and no answers.`}
      actions={
        <span class="row not-in-print">
          <Button kind="quiet" icon={Printer} onClick={() => print()}>{t`Print`}</Button>
          <ButtonLink kind="quiet" icon={Download} href={apiPath(`${path}.csv`, asked)} download>{t`Take as CSV`}</ButtonLink>
        </span>
      }
    >
      <div class="stack">
        <Filters />
        {Object.keys(asked).length > 0 && (
          <div class="row not-in-print">
            <Button kind="quiet" onClick={clear}>{t`Show everything`}</Button>
          </div>
        )}
        {!backwards(query) && <Words key={JSON.stringify(asked)} asked={asked} />}
      </div>
    </Page>
  );
}

/** Why there is no line: nothing was said, the number is nobody's, or it was not found among those looked through so far. */
function None({ asked, page }: { readonly asked: Record<string, string>; readonly page: WordPage | undefined }) {
  const number = saidNumber(asked['number'] ?? '');
  if (page && !page.known)
    return (
      <EmptyState title={t`No record has the number ${number}`}>
        {t`It may have been heard wrongly, or the record was erased, and what was said about it with it.`}
      </EmptyState>
    );
  if (Object.keys(asked).length === 0)
    return <EmptyState title={t`Nothing was said yet`}>{t`Each yes, no and change of mind will stand here.`}</EmptyState>;
  return <EmptyState title={t`Nothing like that`}>{t`Nobody said what is chosen above.`}</EmptyState>;
}

function Words({ asked }: { readonly asked: Record<string, string> }) {
  const [more, setMore] = useState<WordPage | undefined>(undefined);
  const first = useResource((signal) => api.get<WordPage>(path, { ...asked, limit: pageSize }, { signal }), [JSON.stringify(asked)]);
  const next = (more ?? first.data)?.next ?? null;
  const show = useAct(async () => {
    const page = await api.get<WordPage>(path, { ...asked, limit: pageSize, after: next });
    setMore({ ...page, rows: [...(more?.rows ?? []), ...page.rows] });
  });
  return (
    <Loaded of={first}>
      {({ rows }) => {
        const all = [...rows, ...(more?.rows ?? [])];
        return (
          <div class="stack">
            {all.length === 0 && next === null && <None asked={asked} page={first.data} />}
            {all.length === 0 && next !== null && <p>{t`None among those looked through so far.`}</p>}
            {all.length > 0 && (
              <Table
                caption={t`What people said about the use of their records`}
                columns={columns()}
                rows={all}
                rowKey={(row) => row.eventId}
              />
            )}
            {show.problem && <ProblemNotice problem={show.problem} />}
            {next && (
              <div class="row not-in-print">
                <Button busy={show.busy} onClick={() => void show.run()}>{t`Show older lines`}</Button>
              </div>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}
