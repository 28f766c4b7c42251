// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account } from '../../domain/account.ts';
import { LinkList, type Links } from '../proof/link-list.tsx';
import { accountPath } from './accounts-data.ts';

/** Who somebody is at the other sign-in service; nothing at all where this installation has none. */
export function OutsideLinks({ account }: { readonly account: Account }) {
  const path = `${accountPath(account)}/links`;
  const links = useResource((signal) => api.get<Links>(path, undefined, { signal }), [path]);
  const [subject, setSubject] = useState('');
  const add = useAct(async () => {
    links.put(await api.post<Links>(path, { subject: subject.trim() }));
    setSubject('');
  });
  const end = useAct(async (linkId: string) => {
    await api.delete(`${path}/${linkId}`);
    links.reload();
  });
  const service = links.data?.service;
  if (!service) return null;
  const problem = add.problem ?? end.problem;
  return (
    <section class="stack" aria-labelledby="links-title">
      <h2 id="links-title">{t`Sign in with ${service}`}</h2>
      {problem && <ProblemNotice problem={problem} />}
      <LinkList rows={links.data?.rows ?? []} end={end} />
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (subject.trim()) void add.run();
        }}
      >
        <TextField
          label={t`Subject`}
          hint={t`The name or number by which ${service} knows this person (“sub”). It is not an e-mail address.`}
          value={subject}
          onInput={setSubject}
          maxLength={255}
          exact
        />
        <Button type="submit" busy={add.busy}>{t`Link the account`}</Button>
      </form>
    </section>
  );
}
