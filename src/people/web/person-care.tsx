// SPDX-License-Identifier: AGPL-3.0-or-later
import { Handshake, UserRoundCheck } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../platform/web/ui/dialog.tsx';
import { Select } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Way } from '../domain/consent.ts';
import type { Assignment, PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { Agreed, AssignDialog, assignTo, type DialogProps } from './assign-dialog.tsx';
import { sayConsents, useWordIds } from './person-consents.tsx';

interface Props {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
}

/** Who accompanies her, and to whom she was referred. */
export function PersonCare({ record, onChange }: Props) {
  const [open, setOpen] = useState<'worker' | 'organisation' | Assignment | undefined>(undefined);
  const close = () => setOpen(undefined);
  const { assignments, may } = record;
  return (
    <section class="section" aria-labelledby="care">
      <h2 id="care">{t`Who accompanies the person`}</h2>
      {assignments.length === 0 && <p class="soft">{t`Nobody yet.`}</p>}
      <ul role="list" class="people-list">
        {assignments.map((each) => (
          <li key={each.assignmentId}>
            <div>
              <p class="strong">
                <bdi>{each.mine ? t`You` : (each.to ?? (each.kind === 'self' ? t`The person, by an own account` : t`Somebody`))}</bdi>
              </p>
              <p class="soft small">
                {each.kind === 'referral' ? t`Organisation` : each.kind === 'self' ? t`Reads the own record` : t`Case worker`} · {t`since`}{' '}
                {day(each.givenAt)}
              </p>
            </div>
            {may.assign && <Button kind="quiet" onClick={() => setOpen(each)}>{t`End`}</Button>}
          </li>
        ))}
      </ul>
      {may.assign && (
        <div class="row">
          <Button icon={UserRoundCheck} onClick={() => setOpen('worker')}>{t`Assign to a case worker`}</Button>
          <Button icon={Handshake} onClick={() => setOpen('organisation')}>{t`Refer to an organisation`}</Button>
        </div>
      )}
      {open === 'worker' && <AssignDialog record={record} onChange={onChange} onClose={close} />}
      {open === 'organisation' && <ReferDialog record={record} onChange={onChange} onClose={close} />}
      {typeof open === 'object' && <EndDialog record={record} assignment={open} onChange={onChange} onClose={close} />}
    </section>
  );
}

function EndDialog({ record, assignment, onChange, onClose }: DialogProps & { readonly assignment: Assignment }) {
  return (
    <ConfirmDialog
      title={t`End it?`}
      action={t`End it`}
      onConfirm={async () => onChange(await api.delete<PersonRecord>(`${personAddress(record)}/assignments/${assignment.assignmentId}`))}
      onClose={onClose}
    >
      <p>{t`From then on the record can no longer be read there. Tell the person.`}</p>
      {assignment.kind === 'case_worker' && (
        <p>{t`An account for the own record that this case worker gave ends too. The next case worker can give another.`}</p>
      )}
    </ConfirmDialog>
  );
}

interface Organisation {
  readonly organisationId: string;
  readonly name: string;
}

const useOrganisations = () =>
  useResource((signal) => api.get<Organisation[]>('/referral-organisations', undefined, { signal }), ['organisations']);

/** First the consent to be shared with this one, then the referral that rests on it. */
function ReferDialog({ record, onChange, onClose }: DialogProps) {
  const [chosen, setChosen] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [tried, setTried] = useState(false);
  const [way, setWay] = useState<Way>('spoken');
  const wordId = useWordIds();
  const organisations = useOrganisations();
  const organisation = organisations.data?.find((each) => each.organisationId === chosen) ?? organisations.data?.[0];
  const id = useMemo(uuidv7, [organisation?.organisationId]);
  const referring = useAct(async () => {
    if (!organisation) return;
    const { organisationId } = organisation;
    await sayConsents(record, wordId, { purpose: 'share', act: 'given', way, organisationId });
    onChange(await assignTo(record, { organisationId }, id));
  });
  const refer = async () => {
    setTried(true);
    if (agreed && (await referring.run())) onClose();
  };
  return (
    <Dialog title={t`Refer to an organisation`} onClose={onClose}>
      <Loaded
        of={organisations}
        isEmpty={(all) => all.length === 0}
        empty={<p>{t`There is no organisation yet. An administrator adds them.`}</p>}
      >
        {(all) => (
          <div class="stack">
            <Select
              label={t`Organisation`}
              value={organisation?.organisationId ?? ''}
              options={all.map((each) => ({ value: each.organisationId, label: each.name }))}
              onChange={(next) => {
                setChosen(next);
                setAgreed(false);
              }}
            />
            <p>{t`Ask the person first, for this organisation: may it know the name and read the record, so that it can help? The person may say no, and take it back later.`}</p>
            <Agreed
              record={record}
              agreed={agreed}
              wrong={tried && !agreed && t`Without consent nobody is referred`}
              onAgreed={setAgreed}
              way={way}
              onWay={setWay}
            />
            {referring.problem && <ProblemNotice problem={referring.problem} />}
            <div class="row">
              <Button kind="primary" busy={referring.busy} onClick={() => void refer()}>{t`Refer`}</Button>
              <Button onClick={onClose}>{t`The person does not agree`}</Button>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
