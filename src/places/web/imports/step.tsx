// SPDX-License-Identifier: AGPL-3.0-or-later
import { Check } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';

interface Props {
  readonly number: number;
  readonly title: string;
  readonly current: number;
  /** What was decided, in a line, once the step is folded. */
  readonly summary?: ComponentChildren;
  /** Absent when the step cannot be gone back to (while running). */
  readonly onChange?: (() => void) | undefined;
  readonly children: ComponentChildren;
}

/** One of the five: open while it is the turn, folded to a line when done, a title only while it is to come. */
export function Step({ number, title, current, summary, onChange, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const open = number === current;
  const first = useRef(true);
  useEffect(() => {
    if (open && !first.current) {
      heading.current?.focus({ preventScroll: true });
      heading.current?.scrollIntoView({ block: 'start' });
    }
    first.current = false;
  }, [open]);
  const state = open ? 'open' : number < current ? 'done' : 'later';
  return (
    <section class={`step step-${state}`} aria-labelledby={`step-${number}`} aria-current={open ? 'step' : undefined}>
      <div class="step-head">
        <span class="step-number" aria-hidden="true">
          {state === 'done' ? <Icon of={Check} size={18} /> : number}
        </span>
        <div class="step-title">
          <h2 id={`step-${number}`} ref={heading} tabIndex={-1}>
            <span class="for-ears">
              {t`Step ${number} of 5`}
              {': '}
            </span>
            {title}
          </h2>
          {state === 'done' && summary && <p class="soft">{summary}</p>}
        </div>
        {state === 'done' && onChange && <Button kind="quiet" label={t`Change: ${title}`} onClick={onChange}>{t`Change`}</Button>}
      </div>
      {open && <div class="step-inside stack-wide">{children}</div>}
    </section>
  );
}
