// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter';
import { language } from '../../platform/web/i18n.ts';
import { useResource, type Resource } from '../../platform/web/resource.ts';
import { me } from '../../platform/web/session.ts';
import { loadView, openingPlace, type ViewData } from './view-data.ts';
import { readView, viewAddress, type ViewState } from './view-state.ts';

export interface OpenView {
  readonly view: ViewState;
  /** `null`: there is no place in the whole installation yet. */
  readonly shown: Resource<ViewData | null>;
  /** Goes to a changed view; Back comes back. */
  readonly change: (changes: Partial<ViewState>) => void;
}

/** The view in the address, and its figures. */
export function useView(): OpenView {
  const search = useSearch();
  const [, go] = useLocation();
  const view = useMemo(() => readView(new URLSearchParams(search)), [search]);
  const home = me.value?.home?.placeId ?? null;
  const locale = language().code;
  // Where the reader points is no reason to fetch anything.
  const wanted = JSON.stringify({ ...view, at: null });
  const shown = useResource(
    async (signal) => {
      const place = view.place ?? (await openingPlace(home, signal));
      if (place === null) return null;
      const loaded = await loadView(view, place, locale, signal);
      if (!('within' in loaded)) return loaded;
      // A village has no parts: it is shown within its parent, pointed at.
      go(viewAddress({ ...view, place: loaded.within, level: null, at: place }), { replace: true });
      return new Promise<never>(() => undefined);
    },
    [wanted, home, locale],
  );
  const drawing = new URLSearchParams(search).get('map');
  const change = (changes: Partial<ViewState>) => {
    const address = viewAddress({ ...view, at: null, ...changes });
    go(drawing ? `${address}${address.includes('?') ? '&' : '?'}map=${drawing}` : address);
  };
  return { view, shown, change };
}
