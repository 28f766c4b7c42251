// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { Option } from './field.tsx';

interface Props<V extends string> {
  readonly label: string;
  readonly options: readonly Option<V>[];
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly hideLabel?: boolean;
}

/** A choice among two to five, all in view. Arrow keys move, as in any group of radio buttons. */
export function Segmented<V extends string>({ label, options, value, onChange, hideLabel = false }: Props<V>) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class={hideLabel ? 'for-ears' : 'field-label'}>{label}</legend>
      <div class="segmented-options">
        {options.map((each) => (
          <label key={each.value} class="segmented-option">
            <input class="for-ears" type="radio" name={name} value={each.value} checked={each.value === value} disabled={each.disabled} onChange={() => onChange(each.value)} />
            <span>{each.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface TabsProps<V extends string> extends Omit<Props<V>, 'hideLabel'> { readonly children: ComponentChildren }

/** Several views of one thing; only the chosen one's panel is given as children. */
export function Tabs<V extends string>({ label, options, value, onChange, children }: TabsProps<V>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
    const step = event.key === forward ? 1 : event.key === backward ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = options.findIndex((each) => each.value === value);
    const next = options[(at + step + options.length) % options.length];
    if (!next) return;
    onChange(next.value);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus();
  };
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {options.map((each) => (
          <button key={each.value} type="button" role="tab" id={`${id}-${each.value}`} class="tab" data-tab={each.value} aria-selected={each.value === value}
            aria-controls={`${id}-panel`} tabIndex={each.value === value ? 0 : -1} onClick={() => onChange(each.value)}>{each.label}</button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} tabIndex={0} class="tab-panel">{children}</div>
    </div>
  );
}
