// SPDX-License-Identifier: AGPL-3.0-or-later
import { ChevronLeft, ChevronRight } from 'lucide';
import { Link } from 'wouter';
import type { Crumb } from '../router.tsx';
import { Icon } from './icon.tsx';

/** From the widest to the one on screen; the last is where one is. On a phone, whose page says that itself, one step up (frame.css). */
export function Breadcrumb({ label, crumbs }: { readonly label: string; readonly crumbs: readonly Crumb[] }) {
  if (crumbs.length === 0) return null;
  return (
    <nav class="breadcrumb" aria-label={label}>
      <ol role="list">
        {crumbs.map((each, index) => {
          const last = index === crumbs.length - 1;
          return (
            <li key={`${index} ${each.label}`}>
              {index > 0 && <Icon of={ChevronRight} size={14} turns />}
              {index === crumbs.length - 2 && (
                <span class="breadcrumb-back">
                  <Icon of={ChevronLeft} size={18} turns />
                </span>
              )}
              {each.href && !last ? (
                <Link href={each.href}>
                  <bdi>{each.label}</bdi>
                </Link>
              ) : (
                <span aria-current={last ? 'page' : undefined}>
                  <bdi>{each.label}</bdi>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
