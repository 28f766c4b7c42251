// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PageRoute } from '../../platform/web/router.tsx';

/** The pages of this room; each is fetched when first opened, the map's code apart from everything else. */
export const routes: readonly PageRoute[] = [
  { path: '/map', load: () => import('./map-page.tsx'), right: 'risk.read', full: true },
  { path: '/places/:placeId', load: () => import('./profile-page.tsx'), right: 'risk.read' },
];
