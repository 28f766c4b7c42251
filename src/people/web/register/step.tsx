// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly next?: { readonly label: string; readonly busy?: boolean };
  readonly onNext?: () => void;
  readonly onBack?: (() => void) | undefined;
  readonly more?: ComponentChildren;
}

/** One step: one question or few, the way on, the way back. Its heading takes the focus, so that a screen reader begins there. */
export function StepForm({ title, children, next, onNext, onBack, more }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => head.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onNext?.();
    // What is wrong is said beside the field; the first of them is where to go on.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('.field-wrong :is(input, select)')?.focus());
  };
  return (
    <form class="stack" ref={form} onSubmit={submit} noValidate autoComplete="off">
      <h2 tabIndex={-1} ref={head} class="step-head">
        {title}
      </h2>
      {children}
      <div class="row steps-actions">
        {next && (
          <Button kind="primary" type="submit" busy={next.busy ?? false}>
            {next.label}
          </Button>
        )}
        {more}
        {onBack && <Button onClick={onBack}>{t`Back`}</Button>}
      </div>
    </form>
  );
}

interface ChoiceProps<V extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: V; readonly label: string; readonly hint?: string }[];
  readonly value: V | undefined;
  readonly onChange: (value: V) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
}

/** Large answers below one another. */
export function Choices<V extends string>({ label, options, value, onChange, error, hint }: ChoiceProps<V>) {
  const name = useId();
  const about = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ');
  return (
    <fieldset class={error ? 'field-wrong' : ''} {...(about ? { 'aria-describedby': about } : {})}>
      <legend class="field-label">{label}</legend>
      {hint && (
        <p class="field-hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${name}-error`}>
          {error}
        </p>
      )}
      <div class="choices">
        {options.map((each) => (
          <label key={each.value}>
            <input type="radio" name={name} checked={each.value === value} onChange={() => onChange(each.value)} />
            <span>
              {each.label}
              {each.hint && (
                <>
                  <br />
                  <span class="soft small">{each.hint}</span>
                </>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
