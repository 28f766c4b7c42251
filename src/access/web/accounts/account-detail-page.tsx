// SPDX-License-Identifier: AGPL-3.0-or-later
import { Plus } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { day, named } from '../../../platform/web/format.ts';
import { useAct, useResource, type Resource } from '../../../platform/web/resource.ts';
import { Link, type PageProps } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../../platform/web/ui/dialog.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import type { Account } from '../../domain/account.ts';
import { roleName } from '../role-words.ts';
import { SigningIn } from './account-signing-in.tsx';
import './accounts.css';
import { accountPath, listAccounts } from './accounts-data.ts';
import { isWhole, PostFields, type PostDraft } from './post-fields.tsx';

function NewPostDialog({
  account,
  onClose,
  onDone,
}: {
  readonly account: Account;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [post, setPost] = useState<PostDraft>({ role: account.posts[0]?.role, place: null });
  const give = useAct(() => api.post(`${accountPath(account)}/posts`, { role: post.role, placeId: post.place?.placeId ?? null }));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isWhole(post) && (await give.run())) onDone();
  };
  return (
    <Dialog title={t`Give a post`} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {give.problem && <ProblemNotice problem={give.problem} />}
        <PostFields value={post} onChange={setPost} />
        <div class="row">
          <Button kind="primary" type="submit" busy={give.busy} disabled={!isWhole(post)}>{t`Give this post`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Posts({ account, reload }: { readonly account: Account; readonly reload: () => void }) {
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<Account['posts'][number] | undefined>(undefined);
  return (
    <section class="stack" aria-labelledby="posts-title">
      <h2 id="posts-title">{t`Posts`}</h2>
      {account.posts.length === 0 && <p>{t`None yet: this person can sign in but sees nothing.`}</p>}
      {account.posts.length > 0 && (
        <ul role="list" class="posts">
          {account.posts.map((post) => (
            <li key={post.postId}>
              <span>
                <span class="strong">{roleName(post.role)}</span>, <bdi>{post.place ? named(post.place) : t`the whole installation`}</bdi>
                <br />
                <span class="soft small">{t`since ${day(post.givenAt)}`}</span>
              </span>
              <Button kind="quiet" onClick={() => setEnding(post)}>{t`End this post`}</Button>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        <Button icon={Plus} onClick={() => setGiving(true)}>{t`Give a post`}</Button>
      </div>
      {giving && (
        <NewPostDialog
          account={account}
          onClose={() => setGiving(false)}
          onDone={() => {
            setGiving(false);
            reload();
          }}
        />
      )}
      {ending && (
        <ConfirmDialog
          title={t`End this post?`}
          action={t`End the post`}
          onClose={() => setEnding(undefined)}
          onConfirm={async () => {
            await api.delete(`${accountPath(account)}/posts/${ending.postId}`);
            reload();
          }}
        >
          <p>{t`${account.displayName} will at once no longer see what belongs to it. What was recorded stays. You can give the post again.`}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function NameForm({ account, reload }: { readonly account: Account; readonly reload: () => void }) {
  const [name, setName] = useState(account.displayName);
  const save = useAct(() => api.patch(accountPath(account), { displayName: name.trim(), version: account.version }));
  const changed = name.trim() !== '' && name.trim() !== account.displayName;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run().then((done) => {
          if (done) reload();
        });
      }}
    >
      {save.problem && <ProblemNotice problem={save.problem} />}
      <TextField label={t`Name`} value={name} onInput={setName} maxLength={80} autoComplete="off" />
      <div class="row">
        <Button type="submit" busy={save.busy} disabled={!changed}>{t`Save the name`}</Button>
      </div>
    </form>
  );
}

function Detail({ account, of }: { readonly account: Account; readonly of: Resource<Account[]> }) {
  return (
    <>
      {account.disabled && <Notice kind="warning">{t`This account is disabled.`}</Notice>}
      <Posts account={account} reload={of.reload} />
      <SigningIn account={account} reload={of.reload} />
      <section class="stack" aria-labelledby="name-title">
        <h2 id="name-title">{t`Name`}</h2>
        <NameForm key={account.version} account={account} reload={of.reload} />
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
