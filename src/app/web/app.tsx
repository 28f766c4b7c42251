// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  Contact,
  FileDown,
  House,
  Inbox,
  ListOrdered,
  Map as MapIcon,
  ScrollText,
  ShieldCheck,
  SlidersHorizontal,
  UserPlus,
  Users,
} from 'lucide';
import { useEffect } from 'preact/hooks';
import { Route, Switch, useLocation } from 'wouter';
import { t } from '@lingui/core/macro';
import {
  AccountMenu,
  accountOfPerson,
  halfWayPage,
  loadMe,
  lostPhonePage,
  routes as accessRoutes,
  SessionEnded,
  setupPage,
  signInPage,
  welcomePage,
} from '../../access/web/index.ts';
import type { Setup } from '../../access/domain/account.ts';
import { routes as auditRoutes } from '../../audit/web/index.ts';
import { personParts, routes as peopleRoutes } from '../../people/web/index.ts';
import { PlaceSearch, routes as placeRoutes } from '../../places/web/index.ts';
import { api, proofAskedByServer, type ApiProblem } from '../../platform/web/api.ts';
import { Frame, type NavItem } from '../../platform/web/frame/frame.tsx';
import { useResource } from '../../platform/web/resource.ts';
import { LazyPage, useRoute, type PageProps, type PageRoute } from '../../platform/web/router.tsx';
import { may, me } from '../../platform/web/session.ts';
import { ErrorState, Loading } from '../../platform/web/ui/states.tsx';
import { placeAddress, routes as riskRoutes } from '../../risk/web/index.ts';
import { NotAllowedPage, NotFoundPage } from './no-page.tsx';
import { requestsAddress } from './requests-waiting.tsx';

const startPage: PageRoute = { path: '/', load: () => import('./start-page.tsx') };
/** Joined of two rooms; the code of both comes when one is opened. */
const joinedPages = () => Promise.all([import('./person-page.tsx'), personParts()]);
const personPage: PageRoute = {
  path: '/people/:regionId/:personId',
  load: async () => {
    const [[pages, parts], account] = await Promise.all([joinedPages(), may('own.invite') ? accountOfPerson() : null]);
    return { default: pages.personPage(parts, account) };
  },
};
const householdPage: PageRoute = {
  path: '/households/:regionId/:householdId',
  load: async () => {
    const [pages, parts] = await joinedPages();
    return { default: pages.householdPage(parts) };
  },
};
const routes: readonly PageRoute[] = [
  startPage,
  ...riskRoutes,
  ...placeRoutes,
  ...accessRoutes,
  ...auditRoutes,
  ...peopleRoutes,
  personPage,
  householdPage,
];

/** What people ask about their records: of everybody to decide about, or of one's own area and care. */
function requestsItem(): readonly NavItem[] {
  const href = requestsAddress();
  return href === null ? [] : [{ href, label: t`Requests`, icon: Inbox, key: 'q' }];
}

/** In the order of a day's work; each only for those whose role opens it. */
function navItems(): readonly NavItem[] {
  return [
    { href: '/', label: t`Start`, icon: House, key: 's' },
    ...(may('risk.read') ? [{ href: '/map', label: t`Map`, icon: MapIcon, key: 'm' }] : []),
    ...(may('risk.read') ? [{ href: '/where-first', label: t`Act first`, icon: ListOrdered, key: 'f' }] : []),
    ...(may('people.read') || may('assigned.read') ? [{ href: '/people', label: t`People`, icon: Contact, key: 'p' }] : []),
    ...requestsItem(),
    ...(may('statistics.import') ? [{ href: '/imports', label: t`Imports`, icon: FileDown, key: 'i' }] : []),
    ...(may('accounts.manage') ? [{ href: '/accounts', label: t`Accounts`, icon: Users, key: 'a' }] : []),
    ...(may('accounts.invite') ? [{ href: '/volunteers', label: t`People I invite`, icon: UserPlus, key: 'v' }] : []),
    ...(may('basis.manage') ? [{ href: '/data-protection', label: t`Data protection`, icon: ShieldCheck, key: 'd' }] : []),
    ...(may('audit.read') ? [{ href: '/audit', label: t`Record of use`, icon: ScrollText, key: 'r' }] : []),
    ...(may('settings.manage') ? [{ href: '/settings', label: t`Settings`, icon: SlidersHorizontal, key: 't' }] : []),
  ];
}

function Page({ route, params }: { readonly route: PageRoute; readonly params: PageProps['params'] }) {
  return route.right && !may(route.right) ? <NotAllowedPage /> : <LazyPage route={route} params={params} />;
}

function SignedIn() {
  const [, go] = useLocation();
  return (
    <>
      <Frame
        items={navItems()}
        account={<AccountMenu />}
        search={({ inputId, done }) => (
          <PlaceSearch
            hideLabel
            inputId={inputId}
            onChoose={(place) => {
              done();
              go(placeAddress(place.placeId));
            }}
          />
        )}
      >
        <Switch>
          {routes.map((route) => (
            <Route key={route.path} path={route.path}>
              {(params: PageProps['params']) => <Page route={route} params={params} />}
            </Route>
          ))}
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      </Frame>
      <SessionEnded />
    </>
  );
}

/** Nobody is signed in: the set-up of a new installation, or the sign-in. Afterwards the page that was asked for opens. */
function SignedOut() {
  const page = useResource(
    async (signal) => {
      const setup = await api.get<Setup>('/setup', undefined, { signal });
      const Shown = setup.needed ? (await setupPage()).default : (await signInPage()).default;
      return { Shown, setup };
    },
    ['setup'],
  );
  if (page.data) return <page.data.Shown setup={page.data.setup} />;
  return page.problem ? (
    <Unreachable problem={page.problem} onRetry={page.reload} />
  ) : (
    <div class="page">
      <Loading />
    </div>
  );
}

export function Unreachable({ problem, onRetry }: { readonly problem: ApiProblem; readonly onRetry: () => void }) {
  return (
    <main class="page">
      <ErrorState problem={problem} onRetry={onRetry} />
    </main>
  );
}

/** Two pages do not ask whether somebody is signed in: whoever opens them holds a paper with a code, or has lost a phone. */
const welcome: PageRoute = { path: '/welcome', load: welcomePage };

const lostPhone: PageRoute = { path: '/lost-phone', load: lostPhonePage };
/** The pages of the person herself: nothing of the frame around everybody else's. */
const ownPages: PageRoute = { path: '/', load: () => import('./own/own-app.tsx') };
const halfWay: PageRoute = { path: '/', load: halfWayPage };

export function App() {
  const [isWelcome] = useRoute(welcome.path);
  const [isLostPhone] = useRoute(lostPhone.path);
  const asked = proofAskedByServer.value;
  useEffect(() => {
    if (asked > 0) void loadMe().catch(() => undefined); // without a line the page says so itself
  }, [asked]);
  if (isWelcome) return <LazyPage route={welcome} params={{}} />;
  if (isLostPhone) return <LazyPage route={lostPhone} params={{}} />;
  if (me.value?.missing) return <LazyPage route={halfWay} params={{}} />;
  if (may('own.read')) return <LazyPage route={ownPages} params={{}} />;
  return me.value ? <SignedIn /> : <SignedOut />;
}
