// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { orReload, useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Combobox } from '../../../platform/web/ui/combobox.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox, TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import type { Account } from '../../domain/account.ts';
import type { HandedOver, HandOver } from '../../domain/hand-over.ts';
import { looksLikeUserName } from '../checks.ts';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { postReach, roleName } from '../role-words.ts';
import { UserNameField } from '../user-name-field.tsx';
import './accounts.css';
import { accountPath, arrange, listAccounts } from './accounts-data.ts';
import { SlipDialog } from './slip-dialog.tsx';

interface Props {
  readonly account: Account;
  readonly post: Account['posts'][number];
  readonly reload: () => void;
  readonly onClose: () => void;
}

interface Draft {
  readonly kind: 'existing' | 'new';
  readonly chosen: Account | undefined;
  readonly displayName: string;
  readonly userName: string;
  readonly withAssignments: boolean;
}

const isWhole = ({ kind, chosen, displayName, userName }: Draft): boolean =>
  kind === 'existing' ? chosen !== undefined : displayName.trim() !== '' && looksLikeUserName(userName);

function wishOf({ kind, chosen, displayName, userName, withAssignments }: Draft, version: number): HandOver {
  const to =
    kind === 'existing' && chosen
      ? { accountId: chosen.accountId, version: chosen.version }
      : { userName, displayName: displayName.trim(), locale: language().pseudo ? 'en' : language().code };
  return { version, to, withAssignments };
}

/** "Hand this post over to ...": it ends here and begins there in one step. */
export function HandOverDialog({ account, post, reload, onClose }: Props) {
  const [done, setDone] = useState<HandedOver | undefined>(undefined);
  const finish = () => {
    onClose();
    reload();
  };
  if (done?.slip) return <SlipDialog slip={done.slip} onDone={finish} />;
  if (done) {
    return (
      <Dialog title={t`Handed over`} onClose={finish}>
        <div class="stack">
          <p>{t`${done.to.displayName} holds this post now; ${account.displayName} no longer does.`}</p>
          {done.assignments > 0 && (
            <p>{plural(done.assignments, { one: '# person in this care went along.', other: '# people in this care went along.' })}</p>
          )}
          {done.assignmentsEnded > 0 && (
            <p>
              {plural(done.assignmentsEnded, {
                one: 'The care of # person ended: being accompanied is not agreed to any more, or the record is used no further.',
                other: 'The care of # people ended: being accompanied is not agreed to any more, or the record is used no further.',
              })}
            </p>
          )}
          <div class="row">
            <Button kind="primary" onClick={finish}>{t`Done`}</Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t`Hand this post over`} onClose={onClose}>
      <HandOverForm account={account} post={post} reload={reload} onClose={onClose} onDone={setDone} />
    </Dialog>
  );
}

function HandOverForm({ account, post, reload, onClose, onDone }: Props & { readonly onDone: (done: HandedOver) => void }) {
  const [draft, setDraft] = useState<Draft>({ kind: 'existing', chosen: undefined, displayName: '', userName: '', withAssignments: true });
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const path = `${accountPath(account)}/posts/${post.postId}/hand-over`;
  // None but where people are put into the care of its holder one by one.
  const cared = useResource((signal) => api.get<{ assignments: number; ending: number }>(path, undefined, { signal }), [path]);
  const { assignments: people, ending } = cared.data ?? { assignments: 0, ending: 0 };
  const act = useAct(async () => {
    const wish = wishOf({ ...draft, withAssignments: people > 0 ? draft.withAssignments : ending > 0 }, account.version);
    onDone(await orReload(api.post<HandedOver>(path, wish), reload));
  });
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!isWhole(draft) || !(await act.run())) setTries((before) => before + 1);
  };
  return (
    <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <p>
        <span class="strong">{roleName(post.role)}</span>, <bdi>{postReach(post, t`the whole installation`)}</bdi>
        <br />
        <span class="soft">{t`held by ${account.displayName}`}</span>
      </p>
      <Segmented
        label={t`To`}
        value={draft.kind}
        onChange={(kind) => set({ kind })}
        options={[
          { value: 'existing', label: t`Somebody with an account` },
          { value: 'new', label: t`Somebody new` },
        ]}
      />
      {draft.kind === 'existing' ? (
        <Existing from={account} chosen={draft.chosen} onChoose={(chosen) => set({ chosen })} missing={tries > 0 && !draft.chosen} />
      ) : (
        <Newcomer draft={draft} set={set} checked={tries > 0} />
      )}
      <Along people={people} ending={ending} on={draft.withAssignments} onChange={(withAssignments) => set({ withAssignments })} />
      <p class="soft small">{t`${account.displayName} will at once no longer see what belongs to this post. The record of use says who handed it to whom.`}</p>
      {act.problem && <ProblemNotice problem={act.problem} />}
      <div class="row">
        <Button kind="primary" type="submit" busy={act.busy}>{t`Hand it over`}</Button>
        <Button onClick={onClose}>{t`Cancel`}</Button>
      </div>
    </form>
  );
}

interface AlongProps {
  readonly people: number;
  readonly ending: number;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Whether the people in the care of whoever holds the post go along; of whom it ends instead is said either way. */
function Along({ people, ending, on, onChange }: AlongProps) {
  return (
    <>
      {people > 0 && (
        <Checkbox
          label={plural(people, { one: 'The # person in this care goes along', other: 'The # people in this care go along' })}
          checked={on}
          onChange={onChange}
        />
      )}
      {ending > 0 && (on || people === 0) && (
        <Notice kind="info">
          {plural(ending, {
            one: 'The care of # other person ends: being accompanied is not agreed to any more, or the record is used no further.',
            other: 'The care of # other people ends: being accompanied is not agreed to any more, or the record is used no further.',
          })}
        </Notice>
      )}
      {people > 0 && !on && <Notice kind="warning">{t`Without that nobody accompanies them until they are assigned anew.`}</Notice>}
    </>
  );
}

interface ExistingProps {
  readonly from: Account;
  readonly chosen: Account | undefined;
  readonly onChoose: (account: Account | undefined) => void;
  readonly missing: boolean;
}

function Existing({ from, chosen, onChoose, missing }: ExistingProps) {
  const search = async (text: string, signal: AbortSignal) =>
    arrange(await listAccounts(signal), text, { key: 'name', down: false })
      .filter(({ accountId, disabled }) => accountId !== from.accountId && !disabled)
      .slice(0, 8);
  if (chosen) {
    return (
      <div class="chosen-place">
        <span class="strong">
          <bdi>{chosen.displayName}</bdi> <span class="soft">{chosen.userName}</span>
        </span>
        <Button kind="quiet" onClick={() => onChoose(undefined)}>{t`Choose another`}</Button>
      </div>
    );
  }
  return (
    <div class={missing ? 'stack-tight field-wrong' : 'stack-tight'}>
      <Combobox
        label={t`Name or user name`}
        search={search}
        keyOf={(each) => each.accountId}
        show={(each) => (
          <span>
            <span class="strong">{each.displayName}</span> <span class="soft">{each.userName}</span>
          </span>
        )}
        onChoose={onChoose}
        nothing={t`Nobody found`}
      />
      {missing && <p class="field-error">{t`Choose to whom`}</p>}
    </div>
  );
}

interface NewcomerProps {
  readonly draft: Draft;
  readonly set: (changes: Partial<Draft>) => void;
  readonly checked: boolean;
}

function Newcomer({ draft, set, checked }: NewcomerProps) {
  return (
    <>
      <TextField
        label={t`Name`}
        value={draft.displayName}
        onInput={(displayName) => set({ displayName })}
        maxLength={80}
        autoComplete="off"
        error={checked && !draft.displayName.trim() ? t`Enter a name` : undefined}
      />
      <UserNameField
        hint={t`To sign in with: 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
        value={draft.userName}
        onInput={(userName) => set({ userName })}
        autoComplete="off"
        checked={checked}
      />
      <p class="soft small">{t`You get an invitation code to hand over.`}</p>
    </>
  );
}
