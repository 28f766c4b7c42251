// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PageRoute } from '../../platform/web/router.tsx';

export const routes: readonly PageRoute[] = [
  { path: '/audit', load: () => import('./audit-page.tsx'), right: 'audit.read' },
  { path: '/audit/reads', load: () => import('./reads-page.tsx'), right: 'audit.read-whole' },
];
