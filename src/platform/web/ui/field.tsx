// SPDX-License-Identifier: AGPL-3.0-or-later
import { Eye, EyeOff, FolderOpen } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Icon } from './icon.tsx';

interface WrapProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly optional?: boolean;
  readonly hideLabel?: boolean;
  readonly children: (ids: { readonly id: string; readonly describedBy: string | undefined }) => ComponentChildren;
}

/** Label above, hint below it, error in words; tied together for screen readers. Own controls can be put inside. */
export function Field({ label, hint, error, optional, hideLabel, children }: WrapProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div class={error ? 'field field-wrong' : 'field'}>
      <label class={hideLabel ? 'for-ears' : 'field-label'} for={id}>
        {label}
        {optional && <span class="soft"> {t`(optional)`}</span>}
      </label>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {children({ id, describedBy })}
    </div>
  );
}

interface TextProps extends Omit<WrapProps, 'children'> {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'search' | 'number' | 'date';
  readonly name?: string;
  readonly autoComplete?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  /** Codes, user names, formulas: no spelling help, no capitals. */
  readonly exact?: boolean;
  readonly min?: string;
  readonly max?: string;
}

export function TextField({ value, onInput, type = 'text', exact = false, label, hint, error, optional, hideLabel, ...rest }: TextProps) {
  const wrap = { label, hint, error, ...(optional ? { optional } : {}), ...(hideLabel ? { hideLabel } : {}) };
  // Preact types an input by its literal type; one that varies has to be passed off as one of them.
  const literal = type as 'text';
  return (
    <Field {...wrap}>
      {({ id, describedBy }) => (
        <input
          {...rest}
          id={id}
          class="input"
          type={literal}
          value={value}
          aria-describedby={describedBy}
          aria-invalid={error ? true : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
          {...(exact ? { autoCapitalize: 'none', spellcheck: false } : {})}
        />
      )}
    </Field>
  );
}

/** A password that can be looked at: typing blind on a phone is how accounts get locked. */
export function PasswordField({
  value,
  onInput,
  label,
  hint,
  error,
  autoComplete,
}: Pick<TextProps, 'value' | 'onInput' | 'label' | 'hint' | 'error'> & { readonly autoComplete: 'current-password' | 'new-password' }) {
  const [shown, setShown] = useState(false);
  const literal = (shown ? 'text' : 'password') as 'password';
  return (
    <Field label={label} hint={hint} error={error}>
      {({ id, describedBy }) => (
        <div class="input-with-button">
          <input
            id={id}
            class="input"
            type={literal}
            value={value}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellcheck={false}
            required
            aria-describedby={describedBy}
            aria-invalid={error ? true : undefined}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          <button
            type="button"
            class="input-button"
            aria-label={shown ? t`Hide password` : t`Show password`}
            onClick={() => setShown(!shown)}
          >
            <Icon of={shown ? EyeOff : Eye} />
          </button>
        </div>
      )}
    </Field>
  );
}

interface FileProps {
  readonly label: string;
  readonly hint?: string;
  /** What is written on the button, in the reader's language: a browser's own button speaks the browser's. */
  readonly button: string;
  readonly accept: string;
  readonly many?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Choosing files from the device. The browser's own control lies unseen below: it keeps its keys and its name for screen readers. */
export function FileField({ label, hint, button, accept, many = false, onFiles }: FileProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="field file-field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div class="file-pick">
        <input
          ref={input}
          id={id}
          type="file"
          class="for-ears"
          multiple={many}
          accept={accept}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => {
            onFiles([...(event.currentTarget.files ?? [])]);
            // The same file, corrected and chosen again, must count as a choice too.
            event.currentTarget.value = '';
          }}
        />
        <span class="button" aria-hidden="true" onClick={() => input.current?.click()}>
          <Icon of={FolderOpen} />
          {button}
        </span>
      </div>
    </div>
  );
}

interface AreaProps extends Omit<WrapProps, 'children'> {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly exact?: boolean;
  /** The id of what stands elsewhere about what was written, and whether that says it is wrong; for what is checked while one writes, where an error above would move the lines. */
  readonly outcome?: string | undefined;
  readonly invalid?: boolean;
}

export function TextArea({ value, onInput, rows = 4, exact = false, outcome, invalid = false, ...wrap }: AreaProps) {
  return (
    <Field {...wrap}>
      {({ id, describedBy }) => (
        <textarea
          id={id}
          class={exact ? 'input input-code' : 'input'}
          rows={rows}
          value={value}
          spellcheck={!exact}
          aria-describedby={[describedBy, outcome].filter(Boolean).join(' ') || undefined}
          aria-invalid={wrap.error || invalid ? true : undefined}
          dir={exact ? 'ltr' : 'auto'}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface Option<V extends string = string> {
  readonly value: V;
  readonly label: string;
  readonly disabled?: boolean;
}

interface SelectProps<V extends string> extends Omit<WrapProps, 'children'> {
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean;
}

export function Select<V extends string>({ value, options, onChange, disabled = false, ...wrap }: SelectProps<V>) {
  return (
    <Field {...wrap}>
      {({ id, describedBy }) => (
        <select
          id={id}
          class="input"
          value={value}
          disabled={disabled}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.currentTarget.value as V)}
        >
          {options.map((each) => (
            <option key={each.value} value={each.value} disabled={each.disabled} selected={each.value === value}>
              {each.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  checked,
  onChange,
  hint,
  disabled,
}: {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: string;
  readonly disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>
        {label}
        {hint && (
          <span class="field-hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </label>
    </div>
  );
}
