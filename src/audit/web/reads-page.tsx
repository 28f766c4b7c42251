// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, ScrollText } from 'lucide';
import { t } from '@lingui/core/macro';
import { apiPath } from '../../platform/web/api.ts';
import { useResource } from '../../platform/web/resource.ts';
import { useQuery } from '../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Select, TextField } from '../../platform/web/ui/field.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { isRecordNumber, RecordNumberField } from '../../platform/web/ui/record-number.tsx';
import { readingActions } from '../domain/identity-read.ts';
import { actionWords } from './action-words.ts';
import { loadNames, nameOptions, type Names } from './names.tsx';
import { DaysOfReading } from './reads-days.tsx';
import { ListOfReadings } from './reads-list.tsx';
import { UnusualReading } from './reads-unusual.tsx';
import { SealLine } from './seal-line.tsx';
import './reads.css';

const keys = ['reader', 'person', 'action', 'from', 'to'] as const;

/** What the address asks for; what the server would refuse is left out and said beside its field. */
function askedOf(query: URLSearchParams): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const key of keys) {
    const value = query.get(key)?.trim();
    if (value && (key !== 'person' || isRecordNumber(value))) asked[key] = value;
  }
  return asked;
}

const only = (asked: Record<string, string>, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(asked).filter(([key]) => names.includes(key)));

/** This page, asking for something else on the same days unless days are said. */
const linkFrom = (asked: Record<string, string>) => (to: Record<string, string>) =>
  `/audit/reads?${new URLSearchParams({ ...only(asked, 'from', 'to'), ...to }).toString()}`;

const backwards = (query: URLSearchParams): boolean => (query.get('from') || '0') > (query.get('to') || '9');

function Filters({ names }: { readonly names: Names }) {
  const [query, setQuery] = useQuery();
  const set = (key: string) => (value: string) => setQuery({ [key]: value || null }, { replace: true });
  return (
    <div class="row-end not-in-print">
      <Select
        label={t`Reader`}
        value={query.get('reader') ?? ''}
        options={[{ value: '', label: t`Everybody` }, ...nameOptions(names)]}
        onChange={set('reader')}
      />
      <Select
        label={t`How`}
        value={query.get('action') ?? ''}
        options={[{ value: '', label: t`In every way` }, ...readingActions.map((value) => ({ value, label: actionWords(value) }))]}
        onChange={set('action')}
      />
      <TextField label={t`First day`} type="date" value={query.get('from') ?? ''} onInput={set('from')} />
      <TextField
        label={t`Last day`}
        type="date"
        value={query.get('to') ?? ''}
        error={backwards(query) ? t`This day lies before the first.` : undefined}
        onInput={set('to')}
      />
      <RecordNumberField param="person" />
    </div>
  );
}

export default function ReadsPage() {
  const [query, setQuery] = useQuery();
  const asked = askedOf(query);
  const names = useResource(loadNames, ['names']);
  const known = names.data ?? new Map<string, string>();
  const filtered = Object.keys(asked).length > 0;
  const ofOne = asked['person'] !== undefined;
  return (
    <Page
      wide
      title={t`Who looked at whom`}
      lead={t`Every time somebody's identity was opened, listed or found: by whom and when. Without days, the last seven; of one record, all. Records stand here by number only.`}
      actions={
        <>
          <ButtonLink
            kind="quiet"
            icon={ScrollText}
            href={ofOne ? `/audit?${new URLSearchParams({ subject: asked['person'] ?? '' }).toString()}` : '/audit'}
          >
            {ofOne ? t`What else was done on this record` : t`Record of use`}
          </ButtonLink>
          <ButtonLink icon={Download} href={apiPath('/audit/reads.csv', asked)}>{t`Take as CSV`}</ButtonLink>
        </>
      }
    >
      <div class="stack-wide">
        <div class="stack">
          <SealLine />
          <Filters names={known} />
          {filtered && (
            <div class="row not-in-print">
              <Button
                kind="quiet"
                onClick={() => setQuery(Object.fromEntries(keys.map((key) => [key, null])), { replace: true })}
              >{t`Show everything`}</Button>
            </div>
          )}
        </div>
        {!backwards(query) && <Answers asked={asked} names={known} />}
      </div>
    </Page>
  );
}

/** Out of the ordinary and counts are about readers; of one record there is only the list. */
function Answers({ asked, names }: { readonly asked: Record<string, string>; readonly names: Names }) {
  const linkTo = linkFrom(asked);
  const ofOne = asked['person'] !== undefined;
  const key = JSON.stringify(asked);
  return (
    <>
      {!ofOne && <UnusualReading asked={only(asked, 'from', 'to')} names={names} linkTo={linkTo} />}
      {!ofOne && <DaysOfReading key={key} asked={only(asked, 'from', 'to', 'reader')} names={names} />}
      <ListOfReadings key={`list ${key}`} asked={asked} names={names} linkTo={linkTo} />
    </>
  );
}
