// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Select, TextArea, TextField } from '../../platform/web/ui/field.tsx';
import { Notice } from '../../platform/web/ui/notice.tsx';
import { outcomesOf, refusalGrounds, type Hold, type QueuedRequest, type RefusalGround, type RequestPage } from '../domain/request.ts';
import type { DueRecord } from '../domain/retention.ts';
import { todayHere } from './register/draft.ts';
import { askerWord, kindWord, refusalWord } from './requests-words.ts';

const requestsPath = '/data-protection/requests';

interface DecideProps {
  readonly request: QueuedRequest;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}

type Outcome = 'erase' | 'granted' | 'refused' | 'done';

function outcomeWord(outcome: Outcome): string {
  const words: Readonly<Record<Outcome, () => string>> = {
    erase: () => t`Erase this person now`,
    granted: () => t`Granted: nothing new is recorded until the person takes it back`,
    refused: () => t`Refuse, with the ground`,
    done: () => t`Answered`,
  };
  return words[outcome]();
}

/** Of which record, who asked, and when: to be sure before deciding. */
function WhoAsks({ request: { number, byWhom, saidOn } }: { readonly request: QueuedRequest }) {
  const said = day(saidOn);
  return (
    <div class="stack-tight">
      <p>
        <span class="record-number strong">{number}</span>
      </p>
      <p class="soft">
        {askerWord(byWhom)} · {t`said on ${said}`}
      </p>
    </div>
  );
}

interface RefusedProps {
  readonly ground: RefusalGround;
  readonly onGround: (ground: RefusalGround) => void;
  readonly citation: string;
  readonly onCitation: (citation: string) => void;
  readonly tried: boolean;
}

/** Whoever is refused is told on which ground, and which law says so. */
function WhyRefused({ ground, onGround, citation, onCitation, tried }: RefusedProps) {
  return (
    <>
      <Select
        label={t`Ground`}
        value={ground}
        onChange={onGround}
        options={refusalGrounds.map((value) => ({ value, label: refusalWord(value) }))}
      />
      <TextArea
        label={t`Which law or decision says so`}
        hint={t`No names. The person is told this.`}
        value={citation}
        onInput={onCitation}
        error={tried && !citation.trim() ? t`Say where it is written` : undefined}
      />
    </>
  );
}

/** Decides one request. What cannot be taken back is typed once more: the number of the record. */
export function DecideDialog({ request, onClose, onDecided }: DecideProps) {
  const outcomes: readonly Outcome[] = request.kind === 'erasure' ? ['erase', ...outcomesOf('erasure')] : outcomesOf(request.kind);
  const [outcome, setOutcome] = useState<Outcome>(outcomes[0] ?? 'refused');
  const [number, setNumber] = useState('');
  const [ground, setGround] = useState<RefusalGround>('legal_obligation');
  const [citation, setCitation] = useState('');
  const path = `${requestsPath}/${request.regionId}/${request.requestId}`;
  const decide = () =>
    outcome === 'erase'
      ? api.post<RequestPage>(`${path}/erase`, { version: request.version, number })
      : api.post<RequestPage>(`${path}/decide`, {
          version: request.version,
          decision: outcome,
          ...(outcome === 'refused' ? { ground, citation: citation.trim() } : {}),
        });
  return (
    <ConfirmDialog
      title={kindWord(request.kind)}
      action={outcome === 'erase' ? t`Erase for good` : t`Decide`}
      kind={outcome === 'erase' ? 'danger' : 'primary'}
      ready={outcome !== 'refused' || citation.trim() !== ''}
      onClose={onClose}
      onConfirm={async () => {
        await decide();
        onDecided();
      }}
    >
      {(tried) => (
        <>
          <WhoAsks request={request} />
          {request.held && (
            <Notice kind="warning">{t`A legal hold stands on this record: it cannot be erased before the hold ends.`}</Notice>
          )}
          <Select
            label={t`Decision`}
            value={outcome}
            onChange={setOutcome}
            options={outcomes.map((value) => ({ value, label: outcomeWord(value) }))}
          />
          {outcome === 'erase' && (
            <>
              <p>{t`The name, answers, consents and everything else kept about this person are destroyed, here and wherever an older backup is brought back. Figures that were published stay as they were published. Nobody can undo it.`}</p>
              <TextField label={t`Type the record number to confirm`} value={number} onInput={setNumber} exact autoComplete="off" />
            </>
          )}
          {outcome === 'refused' && (
            <WhyRefused ground={ground} onGround={setGround} citation={citation} onCitation={setCitation} tried={tried} />
          )}
        </>
      )}
    </ConfirmDialog>
  );
}

interface HoldProps {
  readonly onClose: () => void;
  readonly onPlaced: (holds: Hold[]) => void;
}

/** A day on which something ends lies ahead. */
function untilProblem(untilOn: string): string | undefined {
  if (!untilOn) return t`Choose a day`;
  return untilOn > todayHere() ? undefined : t`Choose a day that is still to come`;
}

export function HoldDialog({ onClose, onPlaced }: HoldProps) {
  const [number, setNumber] = useState('');
  const [citation, setCitation] = useState('');
  const [untilOn, setUntilOn] = useState('');
  // Of another record, or for something else, it is another hold, even if the first was sent.
  const holdId = useMemo(uuidv7, [number, citation, untilOn]);
  return (
    <ConfirmDialog
      title={t`Hold a record`}
      action={t`Hold it`}
      kind="primary"
      ready={number.trim() !== '' && citation.trim() !== '' && !untilProblem(untilOn)}
      onClose={onClose}
      onConfirm={async () =>
        onPlaced(await api.post<Hold[]>('/data-protection/holds', { holdId, number: number.trim(), citation: citation.trim(), untilOn }))
      }
    >
      {(tried) => (
        <>
          <p>{t`While a hold stands, nobody and no rule erases the record. It ends on its day, or when you end it.`}</p>
          <TextField
            label={t`Record number`}
            value={number}
            onInput={setNumber}
            exact
            autoComplete="off"
            error={tried && !number.trim() ? t`Write the number` : undefined}
          />
          <TextArea
            label={t`Which law, court or case asks for it`}
            hint={t`No names.`}
            value={citation}
            onInput={setCitation}
            error={tried && !citation.trim() ? t`Say where it is written` : undefined}
          />
          <UntilField untilOn={untilOn} tried={tried} onInput={setUntilOn} />
        </>
      )}
    </ConfirmDialog>
  );
}

function UntilField({
  untilOn,
  tried,
  onInput,
}: {
  readonly untilOn: string;
  readonly tried: boolean;
  readonly onInput: (day: string) => void;
}) {
  const error = tried ? untilProblem(untilOn) : undefined;
  return <TextField label={t`Until`} type="date" value={untilOn} min={todayHere()} onInput={onInput} error={error} />;
}

interface DueProps<T> {
  readonly due: DueRecord;
  readonly onClose: () => void;
  readonly onDone: (retention: T) => void;
}
const duePath = ({ regionId, personId, category }: DueRecord) => `/data-protection/retention/${regionId}/${personId}/${category}`;

export function KeepDialog<T>({ due, onClose, onDone }: DueProps<T>) {
  const [untilOn, setUntilOn] = useState('');
  const [citation, setCitation] = useState('');
  return (
    <ConfirmDialog
      title={t`Keep this record longer`}
      action={t`Keep it`}
      kind="primary"
      ready={citation.trim() !== '' && !untilProblem(untilOn)}
      onClose={onClose}
      onConfirm={async () =>
        onDone(await api.post<T>(`${duePath(due)}/keep`, { version: due.version, untilOn, citation: citation.trim() }))
      }
    >
      {(tried) => (
        <>
          <UntilField untilOn={untilOn} tried={tried} onInput={setUntilOn} />
          <TextArea
            label={t`For which reason`}
            hint={t`No names.`}
            value={citation}
            onInput={setCitation}
            error={tried && !citation.trim() ? t`Write the reason` : undefined}
          />
        </>
      )}
    </ConfirmDialog>
  );
}

export function EraseDueDialog<T>({ due, onClose, onDone }: DueProps<T>) {
  const [number, setNumber] = useState('');
  const { number: own } = due;
  return (
    <ConfirmDialog
      title={t`Erase this person?`}
      action={t`Erase for good`}
      onClose={onClose}
      onConfirm={async () => onDone(await api.post<T>(`${duePath(due)}/erase`, { version: due.version, number }))}
    >
      <p>
        <span class="record-number strong">{own}</span>
      </p>
      <p>{t`The time for which this record may be kept is over. Everything kept about this person is destroyed. Nobody can undo it.`}</p>
      <TextField label={t`Type the record number to confirm`} value={number} onInput={setNumber} exact autoComplete="off" />
    </ConfirmDialog>
  );
}
