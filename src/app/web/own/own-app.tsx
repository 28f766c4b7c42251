// SPDX-License-Identifier: AGPL-3.0-or-later
import { ArrowLeft, DoorOpen } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter';
import { t } from '@lingui/core/macro';
import { ownAccountPage } from '../../../access/web/index.ts';
import { ownRoutes } from '../../../people/web/index.ts';
import { useArrival } from '../../../platform/web/frame/arrival.ts';
import { ErrorBoundary } from '../../../platform/web/frame/error-boundary.tsx';
import { quickExit } from '../../../platform/web/frame/quick-exit.ts';
import { LazyPage, quietTitle, type PageProps, type PageRoute } from '../../../platform/web/router.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import './own.css';
import { useShortStay } from './short-stay.ts';

const account: PageRoute = { path: '/own/account', load: ownAccountPage };
const routes: readonly PageRoute[] = [...ownRoutes, account];
const [start] = ownRoutes;

/**
 * The pages of the person herself, on a phone that somebody else may take up: no name of a page in the tab, one line in the phone's
 * history whatever she opens, the way out under the thumb on every page, and nothing left standing when she puts the phone down.
 */
export default function OwnApp() {
  const [path] = useLocation();
  const main = useArrival(path);
  useShortStay();
  useEffect(() => {
    quietTitle.value = t`Start`;
    return () => {
      quietTitle.value = undefined;
    };
  }, []);
  return (
    <div class="own">
      <main id="main" class="own-main" ref={main} tabIndex={-1}>
        {path !== '/' && (
          <Link href="/" replace class="own-back not-in-print">
            <Icon of={ArrowLeft} turns />
            {t`Back`}
          </Link>
        )}
        <ErrorBoundary page={path}>
          <Switch>
            {routes.map((route) => (
              <Route key={route.path} path={route.path}>
                {(params: PageProps['params']) => <LazyPage route={route} params={params} />}
              </Route>
            ))}
            <Route>{start && <LazyPage route={start} params={{}} />}</Route>
          </Switch>
        </ErrorBoundary>
      </main>
      <div class="own-leave not-in-print">
        <button type="button" class="own-exit" onClick={quickExit}>
          <Icon of={DoorOpen} turns />
          {t`Leave this page quickly`}
        </button>
      </div>
    </div>
  );
}
