// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { may } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import {
  consentState,
  purposes,
  whoIsAsked,
  type Act,
  type ConsentEvent,
  type Purpose,
  type Speaker,
  type Way,
} from '../domain/consent.ts';
import type { PersonRecord, StoredConsent } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { WayChoice } from './way-choice.tsx';
import { Choices } from './register/step.tsx';
import { actWord, consentStateWord, coveredWord, purposeMeaning, purposeName, speakerWord, wayWord } from './words.ts';

interface Props {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
  /** What was written down closed the record to whoever wrote it. */
  readonly onGone: () => void;
}

export const eventOf = ({ observedAt, recordedAt, ...rest }: StoredConsent): ConsentEvent => ({
  ...rest,
  observedAt: Date.parse(observedAt),
  recordedAt: Date.parse(recordedAt),
});

/** What she agreed to, what each of it means, and the button that takes it back. */
export function PersonConsents({ record, onChange, onGone }: Props) {
  const [asking, setAsking] = useState<{ readonly purpose: Purpose; readonly act: Act } | undefined>(undefined);
  const events = record.consents.map(eventOf);
  const writes = may('consent.write') && record.state === 'here';
  return (
    <section class="section" aria-labelledby="consents">
      <h2 id="consents">{t`What the person agreed to`}</h2>
      {record.basis && !record.basis.needsConsent && (
        <p class="soft">{t`This record is kept on another lawful basis than consent; the person may object to it.`}</p>
      )}
      <ul role="list" class="people-list">
        {purposes.map((purpose) => {
          const state = consentState(events, purpose, record.age);
          const last = record.consents.find((each) => each.purpose === purpose);
          return (
            <li key={purpose}>
              <div class="stack-tight">
                <p>
                  <span class="strong">{purposeName(purpose)}</span> ·{' '}
                  {state === 'not-asked' && record.basis?.covers.includes(purpose) ? coveredWord() : consentStateWord(state)}
                </p>
                <p class="soft small">
                  {purposeMeaning(purpose)} {last && <LastWord consent={last} />}
                </p>
              </div>
              {writes && state === 'given' && (
                <Button
                  onClick={() => setAsking({ purpose, act: 'withdrawn' })}
                  label={t`Takes it back: ${purposeName(purpose)}`}
                >{t`Takes it back`}</Button>
              )}
              {writes && state !== 'given' && (
                <span class="row">
                  <Button
                    onClick={() => setAsking({ purpose, act: 'given' })}
                    label={t`Now agrees: ${purposeName(purpose)}`}
                  >{t`Now agrees`}</Button>
                  {state !== 'refused' && purpose !== 'register' && (
                    <Button
                      kind="quiet"
                      onClick={() => setAsking({ purpose, act: 'refused' })}
                      label={t`Says no: ${purposeName(purpose)}`}
                    >{t`Says no`}</Button>
                  )}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {asking && <ConsentDialog {...asking} record={record} onChange={onChange} onGone={onGone} onClose={() => setAsking(undefined)} />}
    </section>
  );
}

function LastWord({ consent }: { readonly consent: StoredConsent }) {
  const [what, who, how, on] = [actWord(consent.act), speakerWord(consent.byWhom), wayWord(consent.way), day(consent.observedAt)];
  return <>{t`${what} on ${on}. ${who}. ${how}.`}</>;
}

interface DialogProps extends Props {
  readonly purpose: Purpose;
  readonly act: Act;
  readonly onClose: () => void;
}

/** The ids of what is said in one dialog, made once: sent again it is the same word, also where she said something else in between. */
export function useWordIds(): (byWhom: Speaker, organisationId?: string) => string {
  const [ids] = useState(() => new Map<string, string>());
  return (byWhom, organisationId = '') => {
    const key = `${byWhom} ${organisationId}`;
    const id = ids.get(key) ?? uuidv7();
    ids.set(key, id);
    return id;
  };
}

export interface SaidNow {
  readonly purpose: Purpose;
  readonly act: Act;
  readonly way: Way;
  readonly organisationId?: string;
  /** Of several who are asked, one alone. */
  readonly only?: Speaker | undefined;
}

/**
 * Writes down one word, or the word of each who has to be asked, as said now by the server's clock. Null: by it the record was closed to whoever
 * wrote it.
 */
export async function sayConsents(
  record: PersonRecord,
  idOf: ReturnType<typeof useWordIds>,
  { only, ...said }: SaidNow,
): Promise<PersonRecord | null> {
  // Whoever decides alone now may have been a child then: each old word that stands is taken back as well.
  const standing = record.consents.filter(({ purpose }) => purpose === said.purpose).map(({ byWhom }) => byWhom);
  const all = said.act === 'withdrawn' ? new Set([...whoIsAsked(record.age), ...standing]) : new Set(whoIsAsked(record.age));
  let latest: PersonRecord | null = record;
  for (const byWhom of only ? [only] : all) {
    latest = await api.post<PersonRecord | null>(`${personAddress(record)}/consents`, {
      ...said,
      eventId: idOf(byWhom, said.organisationId),
      byWhom,
    });
    if (latest === null) return null;
  }
  return latest;
}

const titles: Readonly<Record<Act, (name: string) => string>> = {
  given: (name) => t`Agrees now: ${name}`,
  refused: (name) => t`Says no: ${name}`,
  withdrawn: (name) => t`The person takes it back: ${name}`,
};
const actions: Readonly<Record<Act, () => string>> = {
  given: () => t`Write down that the person agrees`,
  refused: () => t`Write down that the person says no`,
  withdrawn: () => t`Write down that the person takes it back`,
};

function ConsentDialog({ record, purpose, act, onChange, onGone, onClose }: DialogProps) {
  const [way, setWay] = useState<Way>('spoken');
  const [who, setWho] = useState<Speaker | 'all'>('all');
  const idOf = useWordIds();
  const speakers = whoIsAsked(record.age);
  const asked = speakers.map(speakerWord).join(', ');
  const name = purposeName(purpose);
  return (
    <ConfirmDialog
      title={titles[act](name)}
      action={actions[act]()}
      kind="primary"
      onConfirm={async () => {
        const after = await sayConsents(record, idOf, { purpose, act, way, only: who === 'all' ? undefined : who });
        if (after) onChange(after);
        else onGone();
      }}
      onClose={onClose}
    >
      <div class="stack">
        <p>{purposeMeaning(purpose)}</p>
        {act === 'given' ? <p>{t`To be asked: ${asked}. Without them do not go on.`}</p> : <p>{afterTaking(purpose)}</p>}
        {act !== 'given' && speakers.length > 1 && (
          <Choices<Speaker | 'all'>
            label={t`Who says so?`}
            value={who}
            onChange={setWho}
            options={[{ value: 'all', label: t`All of them` }, ...speakers.map((value) => ({ value, label: speakerWord(value) }))]}
          />
        )}
        <WayChoice value={way} onChange={setWay} />
      </div>
    </ConfirmDialog>
  );
}

/** What follows from her no. */
function afterTaking(purpose: Purpose): string {
  const follows: Readonly<Record<Purpose, () => string>> = {
    share: () => t`Referrals to other organisations end at once.`,
    register: () =>
      t`Give thanks for saying so. From now on the record is used no further: nobody visits and nothing new is recorded. It counts as asking for it to be erased; the data protection officer answers within 30 days.`,
    assist: () =>
      t`The case worker accompanies the person no longer and reads the record no more, at once. Whoever gave the case to the case worker sees it under Requests.`,
    contact: () => t`The telephone number is shown to nobody any more, at once. The person is visited as before.`,
  };
  return follows[purpose]();
}
