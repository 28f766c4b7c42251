// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PageRoute } from '../../platform/web/router.tsx';

export { AccountMenu } from './account-menu.tsx';
export { loadMe } from './session.ts';
export { postReach, roleName } from './role-words.ts';
export { SessionEnded } from './session-ended.tsx';

/** Fetched only by those who are not signed in. */
export const signInPage = () => import('./sign-in-page.tsx');
export const setupPage = () => import('./setup-page.tsx');
/** For whoever was given a code, signed in or not. */
export const welcomePage = () => import('./welcome-page.tsx');

/** For somebody who has proved her password, and something is still missing. */
export const halfWayPage = () => import('./proof/half-way-page.tsx');
/** For whoever has lost a phone, signed in or not. */
export const lostPhonePage = () => import('./proof/lost-phone-page.tsx');

/** On the page of a person, for whoever accompanies her; in her own account, for herself. Fetched when they open. */
export const accountOfPerson = () => import('./own/account-of-person.tsx');
export const ownAccountPage = () => import('./own/own-account-page.tsx');

export const routes: readonly PageRoute[] = [
  { path: '/account', load: () => import('./account-page.tsx') },
  { path: '/accounts', load: () => import('./accounts/accounts-page.tsx'), right: 'accounts.manage' },
  { path: '/accounts/import', load: () => import('./accounts/user-import-page.tsx'), right: 'accounts.manage' },
  { path: '/organisations', load: () => import('./accounts/organisations-page.tsx'), right: 'accounts.manage' },
  { path: '/volunteers', load: () => import('./volunteers/volunteers-page.tsx'), right: 'accounts.invite' },
  { path: '/accounts/:id', load: () => import('./accounts/account-detail-page.tsx'), right: 'accounts.manage' },
];
