// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { day } from '../../../platform/web/format.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import { consentState, purposes, type Purpose } from '../../domain/consent.ts';
import type { OwnPage } from '../../domain/own-page.ts';
import '../people.css';
import { eventOf } from '../person-consents.tsx';
import { purposeName } from '../words.ts';
import { useOwn } from './own-data.ts';

/** The same as in the words for officers (words.ts), said to her. */
function meaning(purpose: Purpose): string {
  const words: Readonly<Record<Purpose, () => string>> = {
    register: () => t`Your name, age and answers are kept, so that you can be visited and helped early.`,
    assist: () => t`One case worker reads your whole record and accompanies you.`,
    share: () => t`An organisation that you were sent to reads your record.`,
    contact: () => t`You may be called or written to between visits. Without it nobody sees your telephone number.`,
  };
  return words[purpose]();
}

function whatFollows(purpose: Purpose): string {
  if (purpose === 'register')
    return t`Your record is used no further, and it counts as asking for it to be erased. You get an answer within 30 days.`;
  if (purpose === 'assist')
    return t`From now on no case worker accompanies you, nor reads your record. Organisations to which you were sent go on until you take that back too.`;
  if (purpose === 'contact') return t`From now on nobody sees your telephone number. You are visited as before.`;
  return t`Other organisations cannot read your record any more, from now on.`;
}

function standing(state: ReturnType<typeof consentState>): string {
  if (state === 'given') return t`You agreed`;
  return state === 'refused' ? t`You do not agree` : t`You were not asked yet`;
}

/** What she agreed to, and the button that takes it back. To agree, somebody asks her. */
export default function OwnWordsPage() {
  const own = useOwn();
  const [asking, setAsking] = useState<Purpose | undefined>(undefined);
  return (
    <Page title={t`What you agreed to`} lead={t`You may take anything back, at any time, and need not say why. Help never depends on it.`}>
      <Loaded of={own}>
        {({ record }: OwnPage) => (
          <div class="stack">
            <ul role="list" class="people-list">
              {purposes.map((purpose) => {
                const state = consentState(record.consents.map(eventOf), purpose, record.age);
                const last = record.consents.find((each) => each.purpose === purpose);
                return (
                  <li key={purpose}>
                    <div class="stack-tight">
                      <p class="strong">{purposeName(purpose)}</p>
                      <p>{meaning(purpose)}</p>
                      <p class="soft small">
                        {standing(state)}
                        {last && `, ${day(last.observedAt)}`}
                      </p>
                    </div>
                    {state === 'given' && (
                      <Button label={t`Take it back: ${purposeName(purpose)}`} onClick={() => setAsking(purpose)}>{t`Take it back`}</Button>
                    )}
                  </li>
                );
              })}
            </ul>
            <p class="soft">{t`To agree to something again, tell your case worker.`}</p>
          </div>
        )}
      </Loaded>
      {asking && <TakeBackDialog purpose={asking} onClose={() => setAsking(undefined)} onDone={own.reload} />}
    </Page>
  );
}

interface DialogProps {
  readonly purpose: Purpose;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function TakeBackDialog({ purpose, onClose, onDone }: DialogProps) {
  const [eventId] = useState(uuidv7);
  const name = purposeName(purpose);
  return (
    <ConfirmDialog
      title={t`Take it back: ${name}?`}
      action={t`Yes, I take it back`}
      kind="primary"
      onClose={onClose}
      onConfirm={async () => {
        const { accountStands } = await api.post<{ accountStands: boolean }>('/own/consents', { eventId, purpose });
        if (accountStands) onDone();
        else location.replace('/');
      }}
    >
      <p>{whatFollows(purpose)}</p>
      {purpose === 'assist' && (
        <p>{t`This account ends with it, because whoever gave it to you no longer accompanies you. Whoever accompanies you next can give you another.`}</p>
      )}
    </ConfirmDialog>
  );
}
