// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { useQuery } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import './imports.css';
import { standings } from './state-words.ts';

const filters = ['kind', 'state', 'file'] as const;
const pause = 250;

/** What the address asks for, as the server takes it. */
export type Asked = Readonly<Partial<Record<(typeof filters)[number] | 'sort', string>>>;

export function askedOf(query: URLSearchParams): Asked {
  return Object.fromEntries([...filters, 'sort'].flatMap((key) => (query.get(key) ? [[key, query.get(key) ?? '']] : [])));
}

export const isFiltered = (asked: Asked): boolean => filters.some((key) => asked[key]);
export const noFilters = { kind: null, state: null, file: null };

/** Asks when somebody stops typing, not at every letter. */
function FileName({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  return <TextField label={t`File name`} type="search" maxLength={200} value={text} onInput={setText} />;
}

/** `onClear`: where something can be taken away again; an empty list has that button of its own. */
export function ImportsFilters({ onClear }: { readonly onClear: (() => void) | undefined }) {
  const [query, setQuery] = useQuery();
  const set = (key: string) => (value: string) => setQuery({ [key]: value || null }, { replace: true });
  const of = (key: string) => query.get(key) ?? '';
  return (
    <div class="row-end imports-filters not-in-print" role="search" aria-label={t`Which imports`}>
      <FileName value={of('file')} onChange={set('file')} />
      <Select
        label={t`What`}
        value={of('kind')}
        onChange={set('kind')}
        options={[
          { value: '', label: t`Everything` },
          { value: 'places', label: t`Places` },
          { value: 'area-stats', label: t`Statistics` },
          ...(may('people.import')
            ? [
                { value: 'people', label: t`People` },
                { value: 'observations', label: t`Later answers of people` },
              ]
            : []),
        ]}
      />
      <Select
        label={t`State`}
        value={of('state')}
        onChange={set('state')}
        options={[{ value: '', label: t`All imports` }, ...standings()]}
      />
      <Select
        label={t`Order`}
        value={of('sort')}
        onChange={set('sort')}
        options={[
          { value: '', label: t`Newest first` },
          { value: 'oldest', label: t`Oldest first` },
        ]}
      />
      {onClear && <Button kind="quiet" onClick={onClear}>{t`Show all imports`}</Button>}
    </div>
  );
}
