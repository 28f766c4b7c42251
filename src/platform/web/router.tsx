// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter';
import { ApiProblem } from './api.ts';
import { ErrorState, Loading } from './ui/states.tsx';

export { Link, useLocation, useRoute } from 'wouter';

export interface PageProps {
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** A page of a room, fetched when first opened. Rooms export `routes: readonly PageRoute[]` from web/index.ts. */
export interface PageRoute {
  /** As wouter reads it: `/places/:id`. */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
  /** Without this right the page says so instead of opening. */
  readonly right?: string;
  /** The page takes the window's whole width and height (a map). */
  readonly full?: boolean;
}

export interface Crumb {
  readonly label: string;
  readonly href?: string;
}

/** The places from the country down to the one on screen, for the top line. */
export const placeCrumbs = signal<readonly Crumb[]>([]);

/** Tells the frame which place this page is about, from the country down; cleared when the page is left. */
export function usePlaceCrumbs(crumbs: readonly Crumb[]): void {
  const key = JSON.stringify(crumbs);
  useEffect(() => {
    placeCrumbs.value = crumbs;
    return () => {
      placeCrumbs.value = [];
    };
  }, [key]);
}

/** While there is one, every tab is called so, whatever page is open: for whom the name of a page could give away. */
export const quietTitle = signal<string | undefined>(undefined);

/** The name in the window's tab. */
export function useTitle(title: string): void {
  const quiet = quietTitle.value;
  useEffect(() => {
    document.title = quiet ?? (title ? `${title} – Waymark` : 'Waymark');
  }, [title, quiet]);
}

export type SetQuery = (
  changes: Readonly<Record<string, string | number | null | undefined>>,
  options?: { readonly replace?: boolean },
) => void;

/** The page's state as it stands in the address, so that a link shows the same to a colleague and `back` works. Null and empty remove a key. */
export function useQuery(): readonly [URLSearchParams, SetQuery] {
  const search = useSearch();
  const [path, go] = useLocation();
  const set: SetQuery = (changes, options = {}) => {
    const next = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === '') next.delete(key);
      else next.set(key, String(value));
    }
    const text = next.toString();
    go(`${path}${text ? `?${text}` : ''}`, { replace: options.replace ?? false });
  };
  return [new URLSearchParams(search), set];
}

/** Loads the whole page anew, but only when the server answers: without a line that would leave the browser's own page of error. */
async function loadAnew(): Promise<void> {
  if (
    await fetch('/healthz').then(
      () => true,
      () => false,
    )
  )
    location.reload();
}

/** Fetches a page's code and shows it; a failed fetch (the line dropped, or a newer version stands on the server) is tried again by loading anew: browsers remember that a module failed. */
export function LazyPage({ route, params }: { readonly route: PageRoute; readonly params: PageProps['params'] }) {
  const [page, setPage] = useState<{ readonly of: PageRoute; readonly View: ComponentType<PageProps> } | undefined>(undefined);
  const [problem, setProblem] = useState<ApiProblem | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    setProblem(undefined);
    route.load().then(
      (module) => {
        if (wanted) setPage({ of: route, View: module.default });
      },
      // Code that does not come is a line that dropped, or pages that were renewed; it is never the page's own fault.
      () => {
        if (wanted) setProblem(new ApiProblem(0, 'offline', 'No answer'));
      },
    );
    return () => {
      wanted = false;
    };
  }, [route]);
  if (page?.of === route) return <page.View params={params} />;
  if (problem)
    return (
      <div class="page">
        <ErrorState problem={problem} onRetry={() => void loadAnew()} />
      </div>
    );
  return <Loading />;
}
