// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PageRoute } from '../../platform/web/router.tsx';

export { PlaceSearch } from './place-search.tsx';

export const routes: readonly PageRoute[] = [
  { path: '/imports', load: () => import('./imports/imports-page.tsx'), right: 'statistics.import' },
  { path: '/imports/new', load: () => import('./imports/new-import-page.tsx'), right: 'statistics.import' },
  { path: '/imports/:id', load: () => import('./imports/import-page.tsx'), right: 'statistics.import' },
];
