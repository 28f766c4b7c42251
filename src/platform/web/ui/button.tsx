// SPDX-License-Identifier: AGPL-3.0-or-later
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter';
import { Icon } from './icon.tsx';

/** `primary`: the one thing to do here. `danger`: destroys or disables. `quiet`: looks like a link. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

interface Common {
  readonly kind?: ButtonKind;
  readonly icon?: IconNode;
  readonly children: ComponentChildren;
  readonly class?: string;
}

interface ButtonProps extends Common {
  readonly type?: 'button' | 'submit';
  /** Greys out and says so; the button keeps its place in the tab order. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: (event: MouseEvent) => void;
  readonly label?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly autoFocus?: boolean;
}

export function Button({
  kind = 'plain',
  type = 'button',
  icon,
  busy = false,
  disabled = false,
  onClick,
  label,
  pressed,
  expanded,
  controls,
  autoFocus,
  class: more = '',
  children,
}: ButtonProps) {
  const press = (event: MouseEvent) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type={type}
      class={`button button-${kind} ${more}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-controls={controls}
      onClick={press}
      autoFocus={autoFocus}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon of={icon} />}
      <span>{children}</span>
    </button>
  );
}

interface LinkProps extends Common {
  readonly href: string;
  /** Saves a file instead of opening a page. */
  readonly download?: boolean | string;
}

/** Goes somewhere but looks like a button. Addresses under /api and downloads leave the router alone. */
export function ButtonLink({ kind = 'plain', icon, href, download, class: more = '', children }: LinkProps) {
  const inside = (
    <>
      {icon && <Icon of={icon} />}
      <span>{children}</span>
    </>
  );
  const name = `button button-${kind} ${more}`;
  if (download !== undefined || href.startsWith('/api'))
    return (
      <a class={name} href={href} download={download ?? true}>
        {inside}
      </a>
    );
  return (
    <Link class={name} href={href}>
      {inside}
    </Link>
  );
}
