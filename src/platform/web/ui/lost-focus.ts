// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * A button that ends something is gone with it, and the focus with the button: when `what` changes by that, the heading this is put on takes
 * it (it needs `tabIndex={-1}`), or the page's own where it is put on none. Not when the page is opened, nor when `what` is first known.
 */
export function useLostFocus(what: unknown): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(what);
  useEffect(() => {
    const first = before.current === undefined;
    if (before.current === what) return;
    before.current = what;
    if (!first && document.activeElement === document.body)
      (heading.current ?? document.querySelector<HTMLElement>('main h1[tabindex]'))?.focus();
  }, [what]);
  return heading;
}
