// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { useAct, type Act } from '../../../platform/web/resource.ts';

export interface Paper<T> {
  /** What stands on the page: the screen's figures, or for the moment of printing those fit for paper. */
  readonly shown: T;
  /** Printed past our button, exact figures would be on paper: they are left out instead. */
  readonly guarded: boolean;
  /** It is the figures fit for paper that stand there. */
  readonly isPaper: boolean;
  readonly fetching: Act<[]>;
  print(): void;
  /** To the screen's figures, where the browser does not say that printing is over. */
  back(): void;
}

/**
 * Exact figures never go on paper: for printing, the page shows for a moment what anybody may see, and comes back.
 * @param exact whether any figure on the screen may be exact: of an area that reaches beyond the reader's own, only some are
 */
export function usePaper<T>(screen: T, exact: boolean, load: () => Promise<T>): Paper<T> {
  const [held, hold] = useState<{ readonly of: T; readonly paper: T } | null>(null);
  const paper = held?.of === screen ? held.paper : null;
  const fetching = useAct(async () => hold({ of: screen, paper: await load() }));
  const back = () => hold(null);
  useEffect(() => {
    if (!paper) return undefined;
    addEventListener('afterprint', back);
    // A moment for lines to be drawn anew before the browser takes its picture.
    const soon = setTimeout(() => print(), 300);
    return () => {
      clearTimeout(soon);
      removeEventListener('afterprint', back);
    };
  }, [paper]);
  return {
    shown: paper ?? screen,
    guarded: exact && paper === null,
    isPaper: paper !== null,
    fetching,
    back,
    print: () => {
      if (exact) void fetching.run();
      else print();
    },
  };
}
