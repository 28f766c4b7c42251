// SPDX-License-Identifier: AGPL-3.0-or-later
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button, type ButtonKind } from './button.tsx';
import { useFirstWrong } from './first-wrong.ts';
import { Icon } from './icon.tsx';
import { ProblemNotice } from './notice.tsx';
import { useAct } from '../resource.ts';

interface Common {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}
type Props = Common &
  (
    | { readonly onClose: () => void; readonly sticky?: false }
    /** The only copy of something is inside (a new password): a stray Escape or click beside it must not lose it. */
    | { readonly onClose?: undefined; readonly sticky: true }
  );

/**
 * What opened a dialog may be gone with what was done in it: then the focus goes to the heading of the part it stood in, else of the page, and not to
 * the top of everything.
 */
function focusPart(part: Element | null): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const within = part?.isConnected ? part : document.querySelector('main');
  const heading = within?.querySelector<HTMLElement>('h1, h2, h3');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

const keepEscape = (event: KeyboardEvent): void => {
  if (event.key === 'Escape') event.preventDefault();
};

/** The browser's own modal dialog: focus stays inside, Escape closes, focus returns. Rendered only while open. */
export function Dialog({ title, onClose, children, wide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const part = before?.closest('section') ?? null;
    dialog.current?.showModal();
    // To what is to be filled in, or to what is to be read; never to the button that closes.
    const first = dialog.current?.querySelector<HTMLElement>(
      '.dialog-body :is(input, select, textarea):not([type="radio"], [type="checkbox"])',
    );
    (first ?? dialog.current?.querySelector<HTMLElement>('h2'))?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      // Once what follows from it is drawn.
      requestAnimationFrame(() => setTimeout(() => focusPart(part)));
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose?.();
  };
  useEffect(() => {
    if (onClose) return undefined;
    addEventListener('keydown', keepEscape, true);
    return () => removeEventListener('keydown', keepEscape, true);
  }, [!onClose]);
  // A browser closes any dialog at the second Escape in a row, or when a phone's back gesture is repeated: the key is kept from it, and one
  // that was closed all the same opens again.
  const closed = () => {
    if (onClose) onClose();
    else if (dialog.current?.isConnected) dialog.current.showModal();
  };
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={cancel}
      onClose={closed}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={id} tabIndex={-1}>
            {title}
          </h2>
          {onClose && (
            <button type="button" class="icon-button" aria-label={t`Close`} onClick={onClose}>
              <Icon of={X} />
            </button>
          )}
        </header>
        <div class="dialog-body">{children}</div>
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** What will happen, and what will not; with fields to fill in, told whether their errors are to be shown by now. */
  readonly children: ComponentChildren | ((tried: boolean) => ComponentChildren);
  /** False while a field is wrong: nothing is done then, and whoever pressed is taken to that field. */
  readonly ready?: boolean;
  readonly action: string;
  readonly kind?: ButtonKind;
  /** See ProblemNotice. */
  readonly now?: string | undefined;
  /** Failures are shown inside; on success the dialog closes. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something that cannot simply be taken back. */
export function ConfirmDialog({ title, children, action, kind = 'danger', ready = true, now, onConfirm, onClose }: ConfirmProps) {
  const confirm = useAct(onConfirm);
  const [tries, setTries] = useState(0);
  const inside = useFirstWrong<HTMLDivElement>(tries);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack" ref={inside}>
        {typeof children === 'function' ? children(tries > 0) : children}
        {confirm.problem && <ProblemNotice problem={confirm.problem} now={now} />}
        <div class="row">
          <Button
            kind={kind}
            busy={confirm.busy}
            onClick={async () => {
              setTries(tries + 1);
              if (ready && (await confirm.run())) onClose();
            }}
          >
            {action}
          </Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}
