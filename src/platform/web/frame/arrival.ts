// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useRef } from 'preact/hooks';

/**
 * After going to another page: to its top, and the focus to its heading, so that a screen reader reads the new page and Tab starts there.
 * Not on the first page (the browser has done it) and not when only the query changes.
 */
export function useArrival(path: string) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return undefined;
    before.current = path;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
    // The page's code may still be on its way; its heading takes over when it comes, unless the reader has moved on.
    const aim = () => {
      const heading = main.current?.querySelector<HTMLElement>('h1[tabindex]');
      if (!heading) return false;
      if (document.activeElement === main.current) heading.focus({ preventScroll: true });
      return true;
    };
    if (aim() || !main.current) return undefined;
    const watcher = new MutationObserver(() => {
      if (aim()) watcher.disconnect();
    });
    watcher.observe(main.current, { childList: true, subtree: true });
    return () => watcher.disconnect();
  }, [path]);
  return main;
}
