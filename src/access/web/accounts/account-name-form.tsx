// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { problemTitle } from '../../../platform/web/problem-words.ts';
import { orReload, useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account } from '../../domain/account.ts';
import { accountPath } from './accounts-data.ts';

/** What is typed stays while a colleague's change is loaded below it. */
export function NameForm({ account, reload }: { readonly account: Account; readonly reload: () => void }) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const name = typed ?? account.displayName;
  const save = useAct(async () => {
    await orReload(api.patch(accountPath(account), { displayName: name.trim(), version: account.version }), reload);
    setTyped(undefined);
    reload();
  });
  const changed = name.trim() !== '' && name.trim() !== account.displayName;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (changed) void save.run();
  };
  return (
    <form class="stack" onSubmit={submit}>
      <TextField label={t`Name`} value={name} onInput={setTyped} maxLength={80} autoComplete="off" />
      {save.problem?.code === 'changed-meanwhile' ? (
        <Notice kind="danger" title={problemTitle(save.problem)} live>
          {t`The name there now is ${account.displayName}. What you typed is still here: save it again if it should stand.`}
        </Notice>
      ) : (
        save.problem && <ProblemNotice problem={save.problem} />
      )}
      <div class="row">
        <Button type="submit" busy={save.busy} disabled={!changed}>{t`Save the name`}</Button>
      </div>
    </form>
  );
}
