// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Checkbox, Select } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { useStands, whoIsAsked, type Way } from '../domain/consent.ts';
import type { PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { eventOf, sayConsents, useWordIds } from './person-consents.tsx';
import { WayChoice } from './way-choice.tsx';
import { speakerWord } from './words.ts';

export interface DialogProps {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
  readonly onClose: () => void;
}

export const assignTo = (record: PersonRecord, to: { accountId: string } | { organisationId: string }, assignmentId: string) =>
  api.post<PersonRecord>(`${personAddress(record)}/assignments`, { assignmentId, ...to });

interface Worker {
  readonly accountId: string;
  readonly displayName: string;
  readonly organisation: string | null;
}

/** Who said yes, and how: asked before anybody accompanies her or reads her record. */
export function Agreed({ record, agreed, wrong, onAgreed, way, onWay }: AgreedProps) {
  const asked = whoIsAsked(record.age).map(speakerWord).join(', ');
  return (
    <>
      <div class={wrong ? 'field-wrong' : ''}>
        {wrong && (
          <p class="field-error" role="alert">
            {wrong}
          </p>
        )}
        <Checkbox label={t`Asked and agreed: ${asked}`} checked={agreed} onChange={onAgreed} />
      </div>
      <WayChoice value={way} onChange={onWay} />
    </>
  );
}

interface AgreedProps {
  readonly record: PersonRecord;
  readonly agreed: boolean;
  readonly wrong: string | false;
  readonly onAgreed: (agreed: boolean) => void;
  readonly way: Way;
  readonly onWay: (way: Way) => void;
}

function WorkerChoice({ all, value, onChange }: { all: readonly Worker[]; value: string; onChange: (accountId: string) => void }) {
  return (
    <Select
      label={t`Case worker`}
      value={value}
      options={all.map((each) => ({
        value: each.accountId,
        label: each.organisation ? `${each.displayName}, ${each.organisation}` : each.displayName,
      }))}
      onChange={onChange}
      hint={t`The case worker will be able to read the whole record, with the name. Nobody else of that organisation will.`}
    />
  );
}

/** Where it does not stand yet, first the consent to be accompanied, then the assignment that rests on it. */
export function AssignDialog({ record, onChange, onClose }: DialogProps) {
  const [chosen, setChosen] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [tried, setTried] = useState(false);
  const [way, setWay] = useState<Way>('spoken');
  const wordId = useWordIds();
  const stands = useStands(record.consents.map(eventOf), 'assist', record.age, record.basis?.covers.includes('assist') ?? false);
  const workers = useResource((signal) => api.get<Worker[]>('/case-workers', undefined, { signal }), ['case-workers']);
  const accountId = chosen || workers.data?.[0]?.accountId || '';
  // To somebody else it is another assignment, even if the first was sent.
  const id = useMemo(uuidv7, [accountId]);
  const assigning = useAct(async () => {
    if (!accountId) return;
    if (!stands) await sayConsents(record, wordId, { purpose: 'assist', act: 'given', way });
    onChange(await assignTo(record, { accountId }, id));
  });
  const assign = async () => {
    setTried(true);
    if ((stands || agreed) && (await assigning.run())) onClose();
  };
  return (
    <Dialog title={t`Assign to a case worker`} onClose={onClose}>
      <Loaded
        of={workers}
        isEmpty={(all) => all.length === 0}
        empty={<p>{t`There is no case worker yet. An administrator makes accounts.`}</p>}
      >
        {(all) => (
          <div class="stack">
            <WorkerChoice all={all} value={accountId} onChange={setChosen} />
            {!stands && (
              <>
                <p>{t`Ask the person first: may this case worker read the whole record and accompany the person? The person may say no, and take it back later; the care ends with it at once.`}</p>
                <Agreed
                  record={record}
                  agreed={agreed}
                  wrong={tried && !agreed && t`Without consent nobody is assigned`}
                  onAgreed={setAgreed}
                  way={way}
                  onWay={setWay}
                />
              </>
            )}
            {assigning.problem && <ProblemNotice problem={assigning.problem} />}
            <div class="row">
              <Button kind="primary" busy={assigning.busy} onClick={() => void assign()}>{t`Assign`}</Button>
              <Button onClick={onClose}>{stands ? t`Cancel` : t`The person does not agree`}</Button>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
