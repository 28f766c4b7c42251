// SPDX-License-Identifier: AGPL-3.0-or-later
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface Props {
  readonly label: string;
  readonly icon: IconNode;
  /** Shown beside the icon; without it the label is for screen readers only. */
  readonly showLabel?: boolean;
  readonly class?: string;
  readonly above?: boolean;
  readonly children: ComponentChildren;
}

/** A button that opens a small panel of ordinary links and buttons: they are found by Tab, no arrow keys to learn. */
export function Menu({ label, icon, showLabel = false, class: more = '', above = false, children }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        setOpen(false);
        button.current?.focus();
      }
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('keydown', escape);
    };
  }, [open]);
  return (
    <div class={`menu ${more}`} ref={box}>
      <button
        type="button"
        ref={button}
        class={showLabel ? 'menu-button' : 'icon-button'}
        aria-expanded={open}
        aria-controls={id}
        aria-label={showLabel ? undefined : label}
        onClick={() => setOpen(!open)}
      >
        <Icon of={icon} />
        {showLabel && <span>{label}</span>}
      </button>
      <div
        id={id}
        class={above ? 'menu-panel menu-above' : 'menu-panel'}
        hidden={!open}
        onClick={(event) => {
          if ((event.target as Element).closest('a, button:not([data-stay])')) setOpen(false);
        }}
      >
        {children}
      </div>
    </div>
  );
}
