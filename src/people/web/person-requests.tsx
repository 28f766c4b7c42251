// SPDX-License-Identifier: AGPL-3.0-or-later
import { Printer } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { orReload, useAct, useResource } from '../../platform/web/resource.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Select, TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { PersonRecord } from '../domain/person-record.ts';
import {
  correctable,
  requestKinds,
  type Correctable,
  type PersonRequest,
  type RequestKind,
  type RequestSpeaker,
} from '../domain/request.ts';
import { personAddress } from './addresses.ts';
import { todayHere } from './register/draft.ts';
import { aboutWord, askerWord, dueWords, kindMeaning, kindWord, refusalWord, requestStateWord } from './requests-words.ts';

/** What she may ask, what she asked, and the page with everything kept about her. */
export function PersonRequests({ record, onReload }: { readonly record: PersonRecord; readonly onReload: () => void }) {
  const path = `${personAddress(record)}/requests`;
  const requests = useResource(
    (signal) => (record.may.askErasure ? api.get<PersonRequest[]>(path, undefined, { signal }) : Promise.resolve([])),
    [path, record.version, record.restricted],
  );
  const changed = (all: PersonRequest[]) => {
    requests.put(all);
    // An objection, an erasure that is asked for no longer, and of a record used no further an answer that is to be set right, change what may be done with it.
    if (all.some(({ kind, about }) => kind === 'objection' || kind === 'erasure' || (record.restricted !== null && about === 'answers')))
      onReload();
  };
  const [asking, setAsking] = useState(false);
  return (
    <section class="section" aria-labelledby="rights">
      <h2 id="rights">{t`Rights over this record`}</h2>
      <Loaded of={requests}>
        {(all) => (
          <div class="stack">
            {all.some(({ kind, state }) => kind === 'objection' && (state === 'open' || state === 'granted')) && (
              <Notice kind="warning">{t`An objection stands. Nothing new is recorded and nobody visits until it ends.`}</Notice>
            )}
            <ul role="list" class="people-list">
              {all.map((each) => (
                <Asked key={each.requestId} request={each} path={path} onChange={changed} onReload={requests.reload} />
              ))}
            </ul>
            <div class="row">
              {record.may.askErasure && <Button onClick={() => setAsking(true)}>{t`Write down what the person asks for`}</Button>}
              {record.may.readIdentity && (
                <ButtonLink icon={Printer} href={`${personAddress(record)}/printout`}>{t`Everything kept about this person`}</ButtonLink>
              )}
            </div>
          </div>
        )}
      </Loaded>
      {asking && <AskDialog path={path} speaker={asksFor(record)} onClose={() => setAsking(false)} onAsked={changed} />}
    </section>
  );
}

interface AskedProps {
  readonly request: PersonRequest;
  readonly path: string;
  readonly onChange: (all: PersonRequest[]) => void;
  readonly onReload: () => void;
}

function Asked({ request, path, onChange, onReload }: AskedProps) {
  const end = useAct(async (how: 'done' | 'withdrawn') =>
    onChange(await orReload(api.post<PersonRequest[]>(`${path}/${request.requestId}/${how}`, { version: request.version }), onReload)),
  );
  const { kind, state, about, saidOn, ground, citation } = request;
  const open = state === 'open';
  const said = day(saidOn);
  return (
    <li>
      <div class="stack-tight">
        <p class="strong">{about ? `${kindWord(kind)}: ${aboutWord(about)}` : kindWord(kind)}</p>
        <p class="soft small">
          {requestStateWord(state)} · {t`said on ${said}`}
          {open && ` · ${dueWords(request, todayHere())}`}
        </p>
        {ground && (
          <p class="small">
            {refusalWord(ground)}. <bdi>{citation}</bdi>
          </p>
        )}
        {end.problem && <ProblemNotice problem={end.problem} />}
      </div>
      <span class="row">
        {open && (kind === 'correction' || kind === 'access') && (
          <Button kind="quiet" busy={end.busy} onClick={() => void end.run('done')}>{t`It is done`}</Button>
        )}
        {(open || (kind === 'objection' && state === 'granted')) && (
          <Button kind="quiet" busy={end.busy} onClick={() => void end.run('withdrawn')}>{t`The person takes it back`}</Button>
        )}
      </span>
    </li>
  );
}

/** A child too young to be asked does not ask, either (docs/decisions/0012-erasure.md). */
const asksFor = ({ age }: PersonRecord): RequestSpeaker => (age !== null && age < 7 ? 'guardian' : 'self');

interface AskProps {
  readonly path: string;
  readonly speaker: RequestSpeaker;
  readonly onClose: () => void;
  readonly onAsked: (all: PersonRequest[]) => void;
}

function AskDialog({ path, speaker, onClose, onAsked }: AskProps) {
  const [kind, setKind] = useState<RequestKind>('access');
  const [about, setAbout] = useState<Correctable>('name');
  const [byWhom, setByWhom] = useState<RequestSpeaker>(speaker);
  const [saidOn, setSaidOn] = useState(todayHere());
  // Something else that is asked is another request, even if the first was sent.
  const requestId = useMemo(uuidv7, [kind, about, byWhom]);
  const body = () => ({ requestId, kind, byWhom, saidOn: saidOn || todayHere(), ...(kind === 'correction' ? { about } : {}) });
  return (
    <ConfirmDialog
      title={t`What does the person ask for?`}
      action={t`Write it down`}
      kind="primary"
      onClose={onClose}
      onConfirm={async () => onAsked(await api.post<PersonRequest[]>(path, body()))}
    >
      <Select
        label={t`Asks for`}
        value={kind}
        onChange={setKind}
        hint={kindMeaning(kind)}
        options={requestKinds.map((value) => ({ value, label: kindWord(value) }))}
      />
      {kind === 'correction' && (
        <Select
          label={t`What is wrong`}
          value={about}
          onChange={setAbout}
          options={correctable.map((value) => ({ value, label: aboutWord(value) }))}
        />
      )}
      <Select
        label={t`Who said it`}
        value={byWhom}
        onChange={setByWhom}
        options={(['self', 'guardian', 'other'] as const).map((value) => ({ value, label: askerWord(value) }))}
      />
      <TextField label={t`When`} type="date" value={saidOn} max={todayHere()} onInput={setSaidOn} />
      <p class="soft small">{t`It is answered within 30 days. No help depends on what is asked for here.`}</p>
    </ConfirmDialog>
  );
}
