// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { isToRenew, ofAge, purposes, whoIsAsked, type Purpose, type Way } from '../domain/consent.ts';
import type { PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { eventOf, sayConsents, useWordIds } from './person-consents.tsx';
import { Choices } from './register/step.tsx';
import { WayChoice } from './way-choice.tsx';
import { purposeMeaning, purposeName, speakerWord } from './words.ts';

interface Props {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
  readonly onGone: () => void;
}

/** What was agreed to by others who decided then, and has to be asked anew; nothing of what the basis says by itself. */
function toRenew({ consents, age, basis }: PersonRecord): readonly Purpose[] {
  const events = consents.map(eventOf);
  const covers = basis === null || basis.needsConsent ? [] : ['register', ...basis.covers];
  // A referral names its organisation, and is asked for anew when somebody is referred.
  return purposes.filter((purpose) => purpose !== 'share' && !covers.includes(purpose) && isToRenew(events, purpose, age));
}

/** Asks whoever may write down consents to ask anew: the child turned seven or is of age, and nobody asked since. */
export function RenewConsent({ record, onChange, onGone }: Props) {
  const [open, setOpen] = useState(false);
  const due = toRenew(record);
  if (due.length === 0 || !may('consent.write') || record.state !== 'here' || record.restricted !== null) return null;
  const names = due.map(purposeName).join(', ');
  return (
    <Notice kind="warning" title={t`Ask for consent again`}>
      <div class="stack-tight">
        <p>
          {record.age === null || record.age >= ofAge
            ? t`This person is of age and decides alone now. What a parent or guardian agreed to counts no longer: ${names}.`
            : t`Somebody who has to be asked was not asked yet. From seven years on the child is asked too, beside a parent or guardian: ${names}.`}
        </p>
        <div class="row not-in-print">
          <Button onClick={() => setOpen(true)}>{t`Renew consent`}</Button>
        </div>
      </div>
      {open && <RenewDialog record={record} due={due} onChange={onChange} onGone={onGone} onClose={() => setOpen(false)} />}
    </Notice>
  );
}

interface DialogProps extends Props {
  readonly due: readonly Purpose[];
  readonly onClose: () => void;
}

/** Each purpose a question of its own; what was not asked is left open. */
function RenewDialog({ record, due, onChange, onGone, onClose }: DialogProps) {
  const [said, setSaid] = useState<Partial<Record<Purpose, 'given' | 'refused'>>>({});
  const [way, setWay] = useState<Way>('spoken');
  const ids = { register: useWordIds(), assist: useWordIds(), share: useWordIds(), contact: useWordIds() };
  const asked = whoIsAsked(record.age).map(speakerWord).join(', ');
  const saving = useAct(async () => {
    let latest: PersonRecord | null = record;
    for (const purpose of due) {
      const act = said[purpose];
      if (act && latest) latest = await sayConsents(record, ids[purpose], { purpose, act, way });
    }
    if (latest) onChange(latest);
    else onGone();
  });
  const save = async () => {
    if (await saving.run()) onClose();
  };
  return (
    <Dialog title={t`Renew consent`} onClose={onClose}>
      <div class="stack">
        <p>{t`To be asked: ${asked}. What is not asked today stays open.`}</p>
        {due.map((purpose) => (
          <Choices<'given' | 'refused'>
            key={purpose}
            label={purposeName(purpose)}
            hint={purposeMeaning(purpose)}
            value={said[purpose]}
            onChange={(act) => setSaid({ ...said, [purpose]: act })}
            options={[
              { value: 'given', label: t`Yes, agrees` },
              { value: 'refused', label: t`No` },
            ]}
          />
        ))}
        {said.register === 'refused' && (
          <p>{t`Give thanks for saying so. From now on the record is used no further: nobody visits and nothing new is recorded. It counts as asking for it to be erased; the data protection officer answers within 30 days.`}</p>
        )}
        <WayChoice value={way} onChange={setWay} />
        {saving.problem && <ProblemNotice problem={saving.problem} />}
        <div class="row">
          <Button kind="primary" busy={saving.busy} disabled={Object.keys(said).length === 0} onClick={() => void save()}>
            {t`Write it down`}
          </Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}

/** The same before a visit, where the record itself is not on the page. `onNo`: she may be asked nothing more, or not by whoever visits. */
export function RenewAtVisit({ regionId, personId, onNo }: { regionId: number; personId: string; onNo: () => void }) {
  const found = useResource(
    (signal) => api.get<PersonRecord>(personAddress({ regionId, personId }), undefined, { signal }),
    [regionId, personId],
  );
  if (!found.data) return null;
  const put = (record: PersonRecord) => {
    found.put(record);
    if (record.restricted !== null) onNo();
  };
  return <RenewConsent record={found.data} onChange={put} onGone={onNo} />;
}
