// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { day } from '../../../platform/web/format.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { Select } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { OwnPage } from '../../domain/own-page.ts';
import { correctable, type Correctable, type PersonRequest } from '../../domain/request.ts';
import '../people.css';
import { aboutWord, refusalWord, requestStateWord } from '../requests-words.ts';

/** To see what is kept needs no asking: it is on the page before. */
const kinds = ['correction', 'erasure', 'objection', 'complaint'] as const;
type Kind = (typeof kinds)[number];

const titles: Readonly<Record<PersonRequest['kind'], () => string>> = {
  access: () => t`To see what is kept`,
  correction: () => t`Something is wrong: set it right`,
  erasure: () => t`Erase my record`,
  objection: () => t`I object to being recorded`,
  complaint: () => t`I want to complain`,
};
const follows: Readonly<Record<Kind, () => string>> = {
  correction: () => t`Your case worker or an officer speaks with you and sets it right.`,
  erasure: () =>
    t`The data protection officer decides, within 30 days. Once it is done it cannot be brought back, and this account is gone too.`,
  objection: () =>
    t`Until it is decided nothing new is written and nobody visits you. This account ends at once; your case worker brings you the answer.`,
  complaint: () => t`It goes to the data protection officer and to nobody else. You need not say here what it is about: you will be asked.`,
};

/** What she asks for, and what became of it. */
export default function OwnAskPage() {
  const requests = useResource(
    async (signal) => {
      const { record } = await api.get<OwnPage>('/own', undefined, { signal });
      const path = `/people/${record.regionId}/${record.personId}/requests`;
      return { path, all: await api.get<PersonRequest[]>(path, undefined, { signal }) };
    },
    ['own-requests'],
  );
  const [asking, setAsking] = useState<Kind | undefined>(undefined);
  return (
    <Page title={t`Ask for something`} lead={t`You get an answer within 30 days. No help depends on what you ask for.`}>
      <Loaded of={requests}>
        {({ path, all }) => {
          const put = (changed: PersonRequest[]) => requests.put({ path, all: changed });
          return (
            <div class="stack">
              <ul role="list" class="people-list">
                {kinds.map((kind) => (
                  <li key={kind}>
                    <Button onClick={() => setAsking(kind)}>{titles[kind]()}</Button>
                  </li>
                ))}
              </ul>
              <h2>{t`What you asked for`}</h2>
              {all.length === 0 && <p class="soft">{t`Nothing so far.`}</p>}
              <ul role="list" class="people-list">
                {all.map((each) => (
                  <Asked key={each.requestId} request={each} path={path} onChange={put} />
                ))}
              </ul>
              {asking && <AskDialog kind={asking} path={path} onClose={() => setAsking(undefined)} onAsked={put} />}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface AskedProps {
  readonly request: PersonRequest;
  readonly path: string;
  readonly onChange: (all: PersonRequest[]) => void;
}

function Asked({ request: { requestId, kind, about, state, saidOn, dueOn, ground, citation, version }, path, onChange }: AskedProps) {
  const back = useAct(async () => onChange(await api.post<PersonRequest[]>(`${path}/${requestId}/withdrawn`, { version })));
  const [said, due] = [day(saidOn), day(dueOn)];
  return (
    <li>
      <div class="stack-tight">
        <p class="strong">
          {titles[kind]()}
          {about && <span class="soft"> ({aboutWord(about)})</span>}
        </p>
        <p class="soft small">
          {state === 'open' ? t`Asked on ${said}. You get an answer by ${due}.` : `${requestStateWord(state)} · ${t`said on ${said}`}`}
        </p>
        {ground && (
          <p class="small">
            {refusalWord(ground)}. <bdi>{citation}</bdi>
          </p>
        )}
        {back.problem && <ProblemNotice problem={back.problem} />}
      </div>
      {state === 'open' && <Button kind="quiet" busy={back.busy} onClick={() => void back.run()}>{t`Take it back`}</Button>}
    </li>
  );
}

interface AskProps {
  readonly kind: Kind;
  readonly path: string;
  readonly onClose: () => void;
  readonly onAsked: (all: PersonRequest[]) => void;
}

function AskDialog({ kind, path, onClose, onAsked }: AskProps) {
  const [about, setAbout] = useState<Correctable>('name');
  const requestId = useMemo(uuidv7, [kind, about]);
  return (
    <ConfirmDialog
      title={titles[kind]()}
      action={t`Ask for it`}
      kind="primary"
      onClose={onClose}
      onConfirm={async () => {
        const more = kind === 'correction' ? { about } : {};
        const all = await api.post<PersonRequest[]>(path, { requestId, kind, byWhom: 'self', ...more });
        // Whoever objects has no account from here on.
        if (kind === 'objection') location.replace('/');
        else onAsked(all);
      }}
    >
      {kind === 'correction' && (
        <Select
          label={t`What is wrong`}
          value={about}
          onChange={setAbout}
          options={correctable.map((value) => ({ value, label: aboutWord(value) }))}
        />
      )}
      <p>{follows[kind]()}</p>
    </ConfirmDialog>
  );
}
