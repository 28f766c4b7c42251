// SPDX-License-Identifier: AGPL-3.0-or-later
import { Plus } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { day } from '../../../platform/web/format.ts';
import { orReload, useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../../platform/web/ui/dialog.tsx';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { useLostFocus } from '../../../platform/web/ui/lost-focus.ts';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account } from '../../domain/account.ts';
import { postReach, roleName } from '../role-words.ts';
import './accounts.css';
import { accountPath } from './accounts-data.ts';
import { HandOverDialog } from './hand-over-dialog.tsx';
import { isWhole, noPost, postOf, PostFields, type PostDraft } from './post-fields.tsx';

type Post = Account['posts'][number];

interface Props {
  readonly account: Account;
  readonly reload: () => void;
}

/** What this person works as, and where. */
export function Posts({ account, reload }: Props) {
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<Post | undefined>(undefined);
  const [handing, setHanding] = useState<Post | undefined>(undefined);
  const head = useLostFocus(account.posts.length);
  return (
    <section class="stack" aria-labelledby="posts-title">
      <h2 id="posts-title" tabIndex={-1} ref={head}>{t`Posts`}</h2>
      {account.posts.length === 0 && <p>{t`None yet: this person can sign in but sees nothing.`}</p>}
      {account.posts.length > 0 && (
        <ul role="list" class="posts">
          {account.posts.map((post) => (
            <li key={post.postId}>
              <span>
                <span class="strong">{roleName(post.role)}</span>, <bdi>{postReach(post, t`the whole installation`)}</bdi>
                <br />
                <span class="soft small">{t`since ${day(post.givenAt)}`}</span>
              </span>
              <span class="row">
                <Button kind="quiet" onClick={() => setHanding(post)}>{t`Hand this post over`}</Button>
                <Button kind="quiet" onClick={() => setEnding(post)}>{t`End this post`}</Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        <Button icon={Plus} onClick={() => setGiving(true)}>{t`Give a post`}</Button>
      </div>
      {giving && <NewPostDialog account={account} reload={reload} onClose={() => setGiving(false)} />}
      {handing && <HandOverDialog account={account} reload={reload} post={handing} onClose={() => setHanding(undefined)} />}
      {ending && <EndPostDialog account={account} reload={reload} post={ending} onClose={() => setEnding(undefined)} />}
    </section>
  );
}

function NewPostDialog({ account, reload, onClose }: Props & { readonly onClose: () => void }) {
  const [post, setPost] = useState<PostDraft>({ ...noPost, role: account.posts[0]?.role });
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const give = useAct(() => orReload(api.post(`${accountPath(account)}/posts`, { ...postOf(post), version: account.version }), reload));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTries((before) => before + 1);
    if (!isWhole(post) || !(await give.run())) return;
    onClose();
    reload();
  };
  return (
    <Dialog title={t`Give a post`} onClose={onClose}>
      <form class="stack" ref={form} onSubmit={(event) => void submit(event)}>
        <PostFields value={post} onChange={setPost} checked={tries > 0} />
        {give.problem && <ProblemNotice problem={give.problem} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={give.busy}>{t`Give this post`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface EndProps extends Props {
  readonly post: Post;
  readonly onClose: () => void;
}

function EndPostDialog({ account, reload, post, onClose }: EndProps) {
  return (
    <ConfirmDialog
      title={t`End this post?`}
      action={t`End the post`}
      onClose={onClose}
      onConfirm={async () => {
        await orReload(api.delete(`${accountPath(account)}/posts/${post.postId}?version=${account.version}`), reload);
        reload();
      }}
    >
      <p>{t`${account.displayName} will at once no longer see what belongs to it. What was recorded stays. You can give the post again.`}</p>
    </ConfirmDialog>
  );
}
