// SPDX-License-Identifier: AGPL-3.0-or-later
import { Search, UserPlus } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState } from '../../platform/web/ui/states.tsx';
import type { FoundPerson } from '../domain/person-record.ts';
import { FoundList } from './found-list.tsx';
import { useBriefly } from '../../platform/web/briefly.ts';
import './people.css';

const most = 20;

/** The search by name. What is typed goes into the body of one question and nowhere else: not into the address, not onto the device. */
export function FindPeople({ action }: { readonly action?: { readonly label: string; readonly run: (person: FoundPerson) => void } }) {
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const [found, show, hide] = useBriefly<readonly FoundPerson[]>();
  const asking = useAct(async () => {
    const answer = await api.post<{ found: FoundPerson[] }>('/people/search', { text: text.trim(), limit: most });
    show(answer.found);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setTried(true);
    hide();
    if (text.trim()) void asking.run();
  };
  return (
    <div class="stack">
      <form class="stack" role="search" onSubmit={submit} noValidate autoComplete="off">
        <TextField
          label={t`Name, telephone, document or record number`}
          hint={t`Spelling need not be exact, and any script will do. Whom you are shown is recorded.`}
          type="search"
          value={text}
          onInput={setText}
          maxLength={200}
          autoComplete="off"
          exact
          error={tried && !text.trim() ? t`Write a name or a number` : undefined}
        />
        <div class="row">
          <Button kind="primary" type="submit" icon={Search} busy={asking.busy}>{t`Find`}</Button>
        </div>
      </form>
      {asking.problem && <ProblemNotice problem={asking.problem} />}
      <div role="status">
        {found?.length === 0 && (
          <EmptyState title={t`Nobody found`}>
            {t`Try another way of writing it, a shorter part of the name, or the record number. Only people of your own area are found.`}
          </EmptyState>
        )}
        {found !== undefined && found.length >= most && <p class="soft">{t`There are more; write more of the name to find fewer.`}</p>}
      </div>
      {found !== undefined && found.length > 0 && <FoundList found={found} {...(action ? { action } : {})} />}
    </div>
  );
}

export default function FindPage() {
  return (
    <Page
      title={t`Find a person`}
      actions={
        <>
          {may('people.merge') && <ButtonLink href="/people/duplicates">{t`Written down twice?`}</ButtonLink>}
          {may('people.write') && <ButtonLink href="/people/new" icon={UserPlus}>{t`Register a household`}</ButtonLink>}
        </>
      }
    >
      <div class="narrow-page">
        <FindPeople />
      </div>
    </Page>
  );
}
