// SPDX-License-Identifier: AGPL-3.0-or-later
import { Search } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { useResource } from '../resource.ts';
import { problemTitle } from '../problem-words.ts';
import { Icon } from './icon.tsx';

interface Props<T> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly placeholder?: string;
  /** Asked 200 ms after the last key, for at least one letter. */
  readonly search: (text: string, signal: AbortSignal) => Promise<readonly T[]>;
  readonly keyOf: (item: T) => string;
  readonly show: (item: T) => ComponentChildren;
  readonly onChoose: (item: T) => void;
  /** For the `/` key. */
  readonly inputId?: string;
  readonly nothing?: string;
}

function useLater(text: string, milliseconds: number): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text, milliseconds]);
  return later;
}

/** Type to find, arrows to move, Enter to take (ARIA combobox with a list box). The text empties after a choice. */
export function Combobox<T>({ label, hideLabel = false, placeholder, search, keyOf, show, onChoose, inputId, nothing }: Props<T>) {
  const ownId = useId();
  const id = inputId ?? ownId;
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const wanted = useLater(text.trim(), 200);
  const found = useResource<readonly T[]>((signal) => search(wanted, signal), wanted ? ['search', wanted] : [null]);
  const rows = wanted ? (found.data ?? []) : [];
  useEffect(() => setActive(0), [wanted]);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const choose = (item: T) => {
    setText('');
    setOpen(false);
    onChoose(item);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (rows.length > 0) setActive((active + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % rows.length);
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      const item = rows[active];
      if (item !== undefined && wanted === text.trim()) choose(item);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      setOpen(false);
    }
  };
  const shown = open && wanted !== '';
  const message = found.problem
    ? problemTitle(found.problem)
    : found.loading
      ? t`Searching…`
      : rows.length === 0
        ? (nothing ?? t`Nothing found. Check the spelling, or try fewer letters.`)
        : '';
  return (
    <div
      class="combobox"
      ref={box}
      onFocusOut={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <label class={hideLabel ? 'for-ears' : 'field-label'} for={id}>
        {label}
      </label>
      <div class="combobox-input">
        <Icon of={Search} size={18} />
        <input
          id={id}
          class="input"
          type="text"
          inputMode="search"
          role="combobox"
          autoComplete="off"
          spellcheck={false}
          value={text}
          placeholder={placeholder}
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && rows.length > 0 ? `${id}-${active}` : undefined}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onKeyDown={press}
        />
      </div>
      <div class="combobox-list" hidden={!shown}>
        <ul role="listbox" id={`${id}-list`} aria-label={label}>
          {rows.map((item, index) => (
            <li
              key={keyOf(item)}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onMouseEnter={() => setActive(index)}
              onClick={() => choose(item)}
            >
              {show(item)}
            </li>
          ))}
        </ul>
        {message && <p class="combobox-message soft">{message}</p>}
      </div>
      <span class="for-ears" role="status">
        {shown && !found.loading ? plural(rows.length, { one: '# result', other: '# results' }) : ''}
      </span>
    </div>
  );
}
