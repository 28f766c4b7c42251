// SPDX-License-Identifier: AGPL-3.0-or-later
import { CircleUser, DoorOpen, Ellipsis, Search, WifiOff } from 'lucide';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter';
import { t } from '@lingui/core/macro';
import { placeCrumbs } from '../router.tsx';
import { me } from '../session.ts';
import { useShortcuts } from '../shortcuts.ts';
import { Breadcrumb } from '../ui/breadcrumb.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { Mark } from './mark.tsx';
import { useOnline } from './online.ts';
import { quickExit } from './quick-exit.ts';
import { useArrival } from './arrival.ts';

export interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly icon: IconNode;
  /** Second key after `g`. */
  readonly key?: string;
}

interface Props {
  /** Only what this person's role may open. */
  readonly items: readonly NavItem[];
  /** The place search; drawn in the top line on a desk, in a dialog on a phone. `done` closes that dialog. */
  readonly search?: (options: { readonly inputId: string; readonly done: () => void }) => ComponentChildren;
  /** Links and buttons of the account menu. */
  readonly account: ComponentChildren;
  readonly children: ComponentChildren;
}

const isAt = (path: string, href: string) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`));
/** The one of them where somebody is: the nearest above the page, where a room has several. */
function currentOf(items: readonly NavItem[], path: string): NavItem | undefined {
  return items.filter(({ href }) => isAt(path, href)).sort((one, other) => other.href.length - one.href.length)[0];
}
const onPhone = () => matchMedia('(width < 48rem)').matches;

/** `?`, `/`, and `g` with a letter for each page. */
function useFrameKeys(items: readonly NavItem[], searches: boolean, open: (what: 'search' | 'keys') => void): void {
  const [, go] = useLocation();
  useShortcuts([
    { keys: '?', label: () => t`Show these keys`, run: () => open('keys') },
    ...(searches
      ? [
          {
            keys: '/',
            label: () => t`Search for a place`,
            run: () => (onPhone() ? open('search') : document.getElementById('frame-search')?.focus()),
          },
        ]
      : []),
    ...items.filter((each) => each.key).map((each) => ({ keys: `g ${each.key}`, label: () => each.label, run: () => go(each.href) })),
  ]);
}

/** What stands around every page: where one can go, where one is, search, account and the way out. */
export function Frame({ items, search, account, children }: Props) {
  const [path] = useLocation();
  const [open, setOpen] = useState<'search' | 'keys' | undefined>(undefined);
  const main = useArrival(path);
  useFrameKeys(items, search !== undefined, setOpen);
  return (
    <div class="frame">
      <a
        class="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >{t`Skip to the page`}</a>
      <TopLine search={search} account={account} onSearch={() => setOpen('search')} />
      <Rail items={items} path={path} />
      <main id="main" class="main" ref={main} tabIndex={-1}>
        <Offline />
        <ErrorBoundary page={path}>{children}</ErrorBoundary>
      </main>
      {open === 'search' && search && (
        <Dialog title={t`Find a place`} onClose={() => setOpen(undefined)}>
          {search({ inputId: 'dialog-search', done: () => setOpen(undefined) })}
        </Dialog>
      )}
      {open === 'keys' && <KeysDialog onClose={() => setOpen(undefined)} />}
    </div>
  );
}

interface TopProps {
  readonly search: Props['search'];
  readonly account: ComponentChildren;
  readonly onSearch: () => void;
}

function TopLine({ search, account, onSearch }: TopProps) {
  const crumbs = placeCrumbs.value;
  return (
    <header class="top not-in-print">
      <Link href="/" class="top-mark" aria-label={t`Waymark, start page`}>
        <Mark />
      </Link>
      <div class="top-place">
        {crumbs.length > 0 ? <Breadcrumb label={t`Place`} crumbs={crumbs} /> : <span class="top-name">Waymark</span>}
      </div>
      {me.value?.demo && <span class="demo-chip">{t`Demo: all made up`}</span>}
      {search && <div class="top-search">{search({ inputId: 'frame-search', done: () => undefined })}</div>}
      {search && (
        <button type="button" class="icon-button top-search-button" aria-label={t`Search for a place`} onClick={onSearch}>
          <Icon of={Search} />
        </button>
      )}
      <Menu label={t`Account`} icon={CircleUser}>
        {account}
      </Menu>
      <button type="button" class="exit" onClick={quickExit} title={t`Leave at once: shows a neutral page and signs you out`}>
        <Icon of={DoorOpen} turns />
        <span>{t`Quick exit`}</span>
      </button>
    </header>
  );
}

/** Every page on a desk; on a phone, where five fit, the first four and a menu of the others. */
function Rail({ items, path }: { readonly items: readonly NavItem[]; readonly path: string }) {
  const shown = items.length > 5 ? items.slice(0, 4) : items;
  const more = items.length > 5 ? items.slice(4) : [];
  const current = currentOf(items, path);
  return (
    <nav class="rail not-in-print" aria-label={t`Main`}>
      {shown.map((item) => (
        <RailLink key={item.href} item={item} current={item === current} />
      ))}
      {more.map((item) => (
        <span key={item.href} class="only-desk">
          <RailLink item={item} current={item === current} />
        </span>
      ))}
      {more.length > 0 && (
        <Menu class="only-phone" label={t`More`} icon={Ellipsis} showLabel above>
          {more.map((item) => (
            <Link key={item.href} href={item.href}>
              <Icon of={item.icon} />
              {item.label}
            </Link>
          ))}
        </Menu>
      )}
    </nav>
  );
}

function RailLink({ item, current }: { readonly item: NavItem; readonly current: boolean }) {
  return (
    <Link href={item.href} class="rail-link" aria-current={current ? 'page' : undefined}>
      <Icon of={item.icon} size={22} />
      <span>{item.label}</span>
    </Link>
  );
}

function Offline() {
  if (useOnline()) return null;
  return (
    <p class="offline not-in-print" role="status">
      <Icon of={WifiOff} size={18} />
      <span>{t`No connection. What you see stays as it is; changes cannot be saved until it is back.`}</span>
    </p>
  );
}
