// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PageRoute } from '../../platform/web/router.tsx';

/** What this room puts on the pages about a person and a household, which `app` joins; fetched when one is opened. */
export const personParts = () => import('./person-parts.tsx');
export type PersonParts = Awaited<ReturnType<typeof personParts>>;

/** What the person herself opens, in her own account (app/web/own). */
export const ownRoutes: readonly PageRoute[] = [
  { path: '/', load: () => import('./own/own-start-page.tsx') },
  { path: '/own/record', load: () => import('./own/own-record-page.tsx') },
  { path: '/own/words', load: () => import('./own/own-words-page.tsx') },
  { path: '/own/looked', load: () => import('./own/own-looked-page.tsx') },
  { path: '/own/ask', load: () => import('./own/own-ask-page.tsx') },
];

export const routes: readonly PageRoute[] = [
  { path: '/people/new', load: () => import('./register/register-page.tsx'), right: 'people.write' },
  { path: '/people/find', load: () => import('./find-page.tsx') },
  { path: '/people/duplicates', load: () => import('./duplicates-page.tsx'), right: 'people.merge' },
  { path: '/people/duplicates/pair/:pairId', load: () => import('./duplicate-pair-page.tsx'), right: 'people.merge' },
  { path: '/data-protection', load: () => import('./data-protection-page.tsx'), right: 'basis.manage' },
  { path: '/people/requests', load: () => import('./requests-here-page.tsx'), right: 'erasure.ask' },
  { path: '/data-protection/requests', load: () => import('./requests-page.tsx'), right: 'erasure.order' },
  { path: '/data-protection/consents', load: () => import('./consents-page.tsx'), right: 'consent.read' },
  { path: '/data-protection/retention', load: () => import('./retention-page.tsx'), right: 'erasure.order' },
  { path: '/data-protection/impact', load: () => import('./impact-page.tsx'), right: 'basis.manage' },
  { path: '/people/:regionId/:personId/printout', load: () => import('./printout-page.tsx') },
  { path: '/settings', load: () => import('./settings-page.tsx'), right: 'settings.manage' },
];
