// SPDX-License-Identifier: AGPL-3.0-or-later
import { useCallback, useEffect, useState } from 'preact/hooks';

/** How long a name stays on a screen that somebody may have walked away from. */
const shownFor = 120_000;

/** Something that goes away by itself: after two minutes, when the page is left, when the phone goes dark. */
export function useBriefly<T>(): readonly [T | undefined, (shown: T) => void, () => void] {
  const [shown, setShown] = useState<T | undefined>(undefined);
  const hide = useCallback(() => setShown(undefined), []);
  // What arrives when nobody looks any more is not shown either.
  const show = useCallback((value: T) => {
    if (!document.hidden) setShown(() => value);
  }, []);
  useEffect(() => {
    if (shown === undefined) return undefined;
    const timer = setTimeout(hide, shownFor);
    const away = () => {
      if (document.hidden) hide();
    };
    document.addEventListener('visibilitychange', away);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', away);
    };
  }, [shown, hide]);
  return [shown, show, hide];
}
