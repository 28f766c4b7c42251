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

/** What is typed, and what was found for it. */
function useFinding<T>(search: Props<T>['search']) {
  const [text, setText] = useState('');
  const wanted = useLater(text.trim(), 200);
  const { data, problem, loading } = useResource<readonly T[]>((signal) => search(wanted, signal), wanted ? ['search', wanted] : [null]);
  return { text, setText, wanted, rows: wanted ? (data ?? []) : [], problem, loading };
}

type Finding<T> = ReturnType<typeof useFinding<T>>;

/** Whether the list is open, which of its rows Enter would take, and the keys for both. */
function usePicking<T>({ text, setText, wanted, rows }: Finding<T>, onChoose: (item: T) => void) {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  useEffect(() => setActive(0), [wanted]);
  // Nothing stands below an empty line: there Escape is for the dialog around it.
  const shown = open && wanted !== '';
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
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      setOpen(false);
    }
  };
  return { shown, setOpen, active, setActive, choose, press };
}

/** What stands below the rows, or instead of them. */
function messageFor({ problem, loading, rows }: Finding<unknown>, nothing: string | undefined): string {
  if (problem) return problemTitle(problem);
  if (loading) return t`Searching…`;
  return rows.length === 0 ? (nothing ?? t`Nothing found. Check the spelling, or try fewer letters.`) : '';
}

interface OptionsProps<T> extends Pick<Props<T>, 'label' | 'keyOf' | 'show'> {
  readonly id: string;
  readonly rows: readonly T[];
  readonly active: number;
  readonly onPoint: (index: number) => void;
  readonly onChoose: (item: T) => void;
}

function Options<T>({ id, label, rows, active, keyOf, show, onPoint, onChoose }: OptionsProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul role="listbox" id={`${id}-list`} aria-label={label} ref={list}>
      {rows.map((item, index) => (
        <li
          key={keyOf(item)}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onMouseEnter={() => onPoint(index)}
          onClick={() => onChoose(item)}
        >
          {show(item)}
        </li>
      ))}
    </ul>
  );
}

interface InputProps {
  readonly id: string;
  readonly placeholder: string | undefined;
  readonly text: string;
  readonly expanded: boolean;
  /** The id of the row that Enter would take. */
  readonly activeId: string | undefined;
  readonly onText: (text: string) => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Input({ id, placeholder, text, expanded, activeId, onText, onFocus, onKeyDown }: InputProps) {
  return (
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
        aria-expanded={expanded}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={activeId}
        onInput={(event) => onText(event.currentTarget.value)}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

/** Type to find, arrows to move, Enter to take (ARIA combobox with a list box). The text empties after a choice. */
export function Combobox<T>({ label, hideLabel = false, placeholder, search, keyOf, show, onChoose, inputId, nothing }: Props<T>) {
  const ownId = useId();
  const id = inputId ?? ownId;
  const box = useRef<HTMLDivElement>(null);
  const finding = useFinding(search);
  const { shown, setOpen, active, setActive, choose, press } = usePicking(finding, onChoose);
  const { text, setText, rows, loading } = finding;
  const message = messageFor(finding, nothing);
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
      <Input
        id={id}
        placeholder={placeholder}
        text={text}
        expanded={shown}
        activeId={shown && rows.length > 0 ? `${id}-${active}` : undefined}
        onText={(typed) => {
          setText(typed);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={press}
      />
      <div class="combobox-list" hidden={!shown}>
        <Options id={id} label={label} rows={rows} active={active} keyOf={keyOf} show={show} onPoint={setActive} onChoose={choose} />
        {message && <p class="combobox-message soft">{message}</p>}
      </div>
      <span class="for-ears" role="status">
        {shown && !loading ? plural(rows.length, { one: '# result', other: '# results' }) : ''}
      </span>
    </div>
  );
}
