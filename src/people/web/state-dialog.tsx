// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { orReload, useSent } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../platform/web/ui/dialog.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import type { PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { todayHere } from './register/draft.ts';
import { stateWords } from './words.ts';

export type NewState = 'died' | 'left' | 'here';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly date: string;
  readonly action: string;
}

function wordsOf(state: NewState, was: PersonRecord['state']): Words {
  if (state === 'died')
    return {
      title: t`This person has died`,
      text: t`We are sorry. Nobody will be asked to visit any more, and the person is counted no longer. The record stays, in case the family needs it.`,
      date: t`Day of death, as near as known`,
      action: t`Write it down`,
    };
  if (state === 'left')
    return {
      title: t`This person has left for good`,
      text: t`The person lives outside what Waymark covers and does not mean to come back. Nobody will be asked to visit. If you worry about how this person left, raise an alert first.`,
      date: t`Since when`,
      action: t`Write it down`,
    };
  if (was === 'died')
    return {
      title: t`This person is alive`,
      text: t`The death was written down by mistake. From the day below the person is visited and counted again. Ask whether the consent to be in the register still holds.`,
      date: t`Counted again from`,
      action: t`Write it down`,
    };
  return {
    title: t`This person is back`,
    text: t`The person is visited and counted again from now on. Ask whether the consent to be in the register still holds.`,
    date: t`Since when`,
    action: t`This person is back`,
  };
}

interface Props {
  readonly record: PersonRecord;
  readonly state: NewState;
  readonly onChange: (record: PersonRecord) => void;
  readonly onReload: () => void;
  readonly onClose: () => void;
}

const nowWords = (record: PersonRecord): string => stateWords(record) ?? t`The person is here, visited and counted`;

/** Somebody else wrote down what became of her first: said, and nothing more is asked. */
function SaidAlready({ record, onClose }: Pick<Props, 'record' | 'onClose'>) {
  return (
    <Dialog title={t`Somebody wrote this down meanwhile`} onClose={onClose}>
      <div class="stack">
        <p>{nowWords(record)}</p>
        <div class="row">
          <Button kind="primary" onClick={onClose}>{t`All right`}</Button>
        </div>
      </div>
    </Dialog>
  );
}

export function StateDialog({ record, state, onChange, onReload, onClose }: Props) {
  const [onDate, setOnDate] = useState(todayHere());
  const [was] = useState(record.state);
  const [refused, setRefused] = useState(false);
  const sent = useSent(record.version);
  const reload = () => {
    setRefused(true);
    onReload();
  };
  // Of a record that was joined with another nothing was written down: the refusal stays, and leads to the one that is kept.
  if (refused && record.state !== was && record.state !== 'merged') return <SaidAlready record={record} onClose={onClose} />;
  const words = wordsOf(state, record.state);
  return (
    <ConfirmDialog
      title={words.title}
      action={words.action}
      kind="primary"
      onConfirm={async () => {
        const change = { state, onDate: onDate || todayHere(), version: sent.mark() };
        onChange(await orReload(api.post<PersonRecord>(`${personAddress(record)}/state`, change), reload));
      }}
      now={sent.ifNewer(nowWords(record))}
      onClose={onClose}
    >
      <div class="stack">
        <p>{words.text}</p>
        <TextField label={words.date} type="date" value={onDate} max={todayHere()} onInput={setOnDate} />
      </div>
    </ConfirmDialog>
  );
}
