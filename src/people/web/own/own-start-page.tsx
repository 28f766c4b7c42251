// SPDX-License-Identifier: AGPL-3.0-or-later
import { CircleUser, Eye, FileText, Handshake, MessageCircle } from 'lucide';
import type { IconNode } from 'lucide';
import { t } from '@lingui/core/macro';
import { Link } from '../../../platform/web/router.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import './own.css';
import { useOwn } from './own-data.ts';

interface Door {
  readonly href: string;
  readonly icon: IconNode;
  readonly title: string;
  readonly hint: string;
}

const doors = (): readonly Door[] => [
  { href: '/own/record', icon: FileText, title: t`What is written about you`, hint: t`All of it, in plain words` },
  { href: '/own/words', icon: Handshake, title: t`What you agreed to`, hint: t`And how to take it back` },
  { href: '/own/looked', icon: Eye, title: t`Who looked`, hint: t`How often, and in which role` },
  { href: '/own/ask', icon: MessageCircle, title: t`Ask for something`, hint: t`To have it set right or erased, to object, to complain` },
  { href: '/own/account', icon: CircleUser, title: t`This account`, hint: t`Language, password, sign out, end it` },
];

/** Her first page: five doors, and whom she can ask. */
export default function OwnStartPage() {
  const own = useOwn();
  return (
    <Page title={t`Your page`}>
      <Loaded of={own}>
        {({ caseWorkers }) => (
          <div class="stack">
            <p>
              {caseWorkers.length > 0 ? (
                <>
                  {t`Who accompanies you:`} <bdi>{caseWorkers.join(', ')}</bdi>. {t`Ask whenever something is unclear, or not right.`}
                </>
              ) : (
                t`Nobody accompanies you just now. Ask for help where you were given this account.`
              )}
            </p>
            <ul role="list" class="own-doors">
              {doors().map(({ href, icon, title, hint }) => (
                <li key={href}>
                  <Link href={href} replace>
                    <Icon of={icon} size={26} />
                    <span>
                      <span class="strong">{title}</span>
                      <br />
                      <span class="soft small">{hint}</span>
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
            <p class="soft small">{t`If somebody comes near: the red button at the bottom shows another page at once, and signs you out.`}</p>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
