// SPDX-License-Identifier: AGPL-3.0-or-later
export { nothingOn, openingMap } from './opening.ts';
export { HouseholdRisk, PersonRisk } from './people/later.tsx';
export { noVisitWords } from './words.ts';
import type { PageRoute } from '../../platform/web/router.tsx';
import { forgetDraftsWhenLeaving } from './assess/draft.ts';
import { movedTo, readView, viewAddress } from './view-state.ts';

/** The pages of this room; each is fetched when first opened, the map's code apart from everything else. */
export const routes: readonly PageRoute[] = [
  { path: '/map', load: () => import('./map-page.tsx'), right: 'risk.read', full: true },
  { path: '/places/:placeId', load: () => import('./profile-page.tsx'), right: 'risk.read' },
  { path: '/places/:placeId/assess', load: () => import('./assess/assess-page.tsx'), right: 'assess.write' },
  { path: '/where-first', load: () => import('./figures/where-first-page.tsx'), right: 'risk.read' },
  { path: '/people', load: () => import('./people/people-page.tsx') },
  { path: '/people/report', load: () => import('./figures/report-page.tsx'), right: 'risk.read' },
  { path: '/people/:regionId/:personId/assess', load: () => import('./assess/assess-page.tsx'), right: 'assess.write' },
  { path: '/households/:regionId/:householdId/assess', load: () => import('./assess/assess-page.tsx'), right: 'assess.write' },
];

forgetDraftsWhenLeaving();

/** Where finding a place leads: on the map to its map, coloured as before; from anywhere else to its profile. */
export function placeAddress(placeId: string): string {
  if (location.pathname !== '/map') return `/places/${placeId}`;
  return viewAddress(movedTo(readView(new URLSearchParams(location.search)), placeId));
}
