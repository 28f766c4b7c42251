// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { useLostFocus } from '../../../platform/web/ui/lost-focus.ts';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { Account } from '../../domain/account.ts';
import { LinkList, type Links } from '../proof/link-list.tsx';
import { accountPath } from './accounts-data.ts';

/** A subject as services give it (endpoints-links.ts takes no other). */
const subjectPattern = /^[\x21-\x7e]+$/;

/** Who somebody is at the other sign-in service; nothing at all where this installation has none. */
export function OutsideLinks({ account }: { readonly account: Account }) {
  const path = `${accountPath(account)}/links`;
  const links = useResource((signal) => api.get<Links>(path, undefined, { signal }), [path]);
  const [subject, setSubject] = useState('');
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const add = useAct(async () => {
    links.put(await api.post<Links>(path, { subject: subject.trim() }));
    setSubject('');
    setTries(0);
  });
  const end = useAct(async (linkId: string) => {
    await api.delete(`${path}/${linkId}`);
    links.reload();
  });
  const head = useLostFocus(links.data?.rows.length);
  const service = links.data?.service;
  if (!service) return null;
  const taken = add.problem?.code === 'already-there';
  const problem = taken ? end.problem : (add.problem ?? end.problem);
  const wrong = !subjectPattern.test(subject.trim());
  const error = taken
    ? t`This is linked already, with this account or another`
    : tries > 0 && wrong
      ? t`Write it as the service does: letters, digits and signs, no spaces`
      : undefined;
  return (
    <section class="stack" aria-labelledby="links-title">
      <h2 id="links-title" tabIndex={-1} ref={head}>{t`Sign in with ${service}`}</h2>
      {problem && <ProblemNotice problem={problem} />}
      <LinkList rows={links.data?.rows ?? []} end={end} />
      <form
        class="stack"
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTries(tries + 1);
          if (!wrong) void add.run().then((linked) => linked || setTries((before) => before + 1));
        }}
      >
        <TextField
          label={t`Subject`}
          hint={t`The name or number by which ${service} knows this person (“sub”). It is not an e-mail address.`}
          value={subject}
          onInput={(text) => {
            add.forget();
            setSubject(text);
          }}
          maxLength={255}
          exact
          error={error}
        />
        <div class="row">
          <Button type="submit" busy={add.busy}>{t`Link the account`}</Button>
        </div>
      </form>
    </section>
  );
}
