// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from 'preact/hooks';
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
            <input
              class="for-ears"
              type="radio"
              name={name}
              value={each.value}
              checked={each.value === value}
              disabled={each.disabled}
              onChange={() => onChange(each.value)}
            />
            <span>{each.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
