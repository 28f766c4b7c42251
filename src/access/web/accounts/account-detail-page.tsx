// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import { useResource, type Resource } from '../../../platform/web/resource.ts';
import { Link, type PageProps } from '../../../platform/web/router.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import type { Account } from '../../domain/account.ts';
import { NameForm } from './account-name-form.tsx';
import { Posts } from './account-posts.tsx';
import { SigningIn } from './account-signing-in.tsx';
import { OutsideLinks } from './outside-links.tsx';
import './accounts.css';
import { listAccounts } from './accounts-data.ts';

function Detail({ account, of }: { readonly account: Account; readonly of: Resource<Account[]> }) {
  return (
    <>
      {account.disabled && <Notice kind="warning">{t`This account is disabled.`}</Notice>}
      <Posts account={account} reload={of.reload} />
      <SigningIn account={account} reload={of.reload} />
      <OutsideLinks account={account} />
      <section class="stack" aria-labelledby="name-title">
        <h2 id="name-title">{t`Name`}</h2>
        <NameForm account={account} reload={of.reload} />
      </section>
    </>
  );
}

export default function AccountDetailPage({ params }: PageProps) {
  const accounts = useResource(listAccounts, ['accounts']);
  const wanted = decodeURIComponent(params.id ?? '');
  const account = accounts.data?.find((each) => each.accountId === wanted);
  const back = <Link href="/accounts">{t`All accounts`}</Link>;
  return (
    <Page
      title={account?.displayName ?? t`Account`}
      lead={
        account ? (
          <>
            <bdi>{account.userName}</bdi>, {t`made on ${day(account.createdAt)}`}
          </>
        ) : undefined
      }
      actions={back}
    >
      <Loaded of={accounts}>
        {() => (account ? <Detail account={account} of={accounts} /> : <EmptyState title={t`There is no such account`} action={back} />)}
      </Loaded>
    </Page>
  );
}
