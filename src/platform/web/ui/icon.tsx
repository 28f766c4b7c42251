// SPDX-License-Identifier: AGPL-3.0-or-later
import type { IconNode } from 'lucide';
import { h } from 'preact';

interface Props {
  /** One icon, imported by its name: `import { Map } from 'lucide'`. */
  readonly of: IconNode;
  readonly size?: number;
  /** Mirrored in right-to-left languages: arrows and chevrons that mean back or onward. */
  readonly turns?: boolean;
}

/** Always beside a word (or inside a control with an aria-label), so it says nothing to a screen reader. */
export function Icon({ of, size = 20, turns = false }: Props) {
  return (
    <svg
      class={turns ? 'icon icon-turns' : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {of.map(([tag, attributes], index) => h(tag, { ...attributes, key: index }))}
    </svg>
  );
}
