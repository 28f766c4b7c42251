// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, ApiProblem } from '../../platform/web/api.ts';
import { orReload, useAct, useResource, useSent } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Checkbox, Select, TextField } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { readBirth, type BirthAsTold } from '../domain/birth-as-told.ts';
import { identityLimits, type Identity } from '../domain/identity.ts';
import type { NamedIdentity, PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { spokenLanguages, writtenIn } from './languages.ts';
import { BirthFields, birthError } from './register/birth-fields.tsx';
import { todayHere } from './register/draft.ts';
import { SexChoice } from './register/step-who.tsx';
import { ageWords, bornWords, sexWord } from './words.ts';

interface Props {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
  readonly onReload: () => void;
  readonly onClose: () => void;
}

function asTold({ bornOn, bornPrecision }: PersonRecord): BirthAsTold {
  const [year = '', month = '', day = ''] = bornOn?.split('-') ?? [];
  const known = (text: string, from: number) => (bornPrecision >= from ? String(Number(text)) : '');
  return bornOn === null ? { day: '', month: '', year: '', age: '' } : { year, month: known(month, 2), day: known(day, 3), age: '' };
}

function nowOf({ sex, bornOn, bornPrecision }: PersonRecord): string {
  return `${sexWord(sex)}, ${bornOn === null ? ageWords(null) : bornWords(bornOn, bornPrecision)}`;
}

/** Sex and birth date, where they were written down wrongly. */
export function CorrectDialog({ record, onChange, onReload, onClose }: Props) {
  // Only what was changed here is sent: the rest is as the record says by then, whoever set it right.
  const [sex, setSex] = useState<0 | 1 | 2 | undefined>(undefined);
  const [birth, setBirth] = useState<BirthAsTold | undefined>(undefined);
  const [tried, setTried] = useState(false);
  const wrong = birth && birthError(birth);
  const sent = useSent(record.version);
  const saving = useAct(async () => {
    const read = birth ? readBirth(birth, todayHere()) : {};
    if ('wrong' in read) return;
    const change = { ...(sex === undefined ? {} : { sex }), ...read, version: sent.mark() };
    onChange(await orReload(api.patch<PersonRecord>(personAddress(record), change), onReload));
  });
  const save = async () => {
    setTried(true);
    const isChanged = sex !== undefined || birth !== undefined;
    if (!wrong && (!isChanged || (await saving.run()))) onClose();
  };
  return (
    <Dialog title={t`Set right`} onClose={onClose}>
      <div class="stack">
        <SexChoice value={sex ?? (record.sex === 9 ? 0 : record.sex)} onChange={setSex} />
        <BirthFields value={birth ?? asTold(record)} onChange={setBirth} error={tried ? wrong : undefined} />
        {saving.problem && <ProblemNotice problem={saving.problem} now={sent.ifNewer(nowOf(record))} />}
        <div class="row">
          <Button kind="primary" busy={saving.busy} onClick={() => void save()}>{t`Save`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Whose name is not known yet may be given one. */
async function identityOf({ regionId, personId }: PersonRecord, signal: AbortSignal): Promise<NamedIdentity> {
  try {
    return await api.get<NamedIdentity>(`${personAddress({ regionId, personId })}/identity`, undefined, { signal });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'not-found') throw error;
    return { regionId, personId, identity: { names: [], phones: [], documents: [] }, numbersWithheld: false, version: 0 };
  }
}

/** Name, telephone: opened for the purpose, which is recorded as a reading like any other. */
export function IdentityDialog({ record, onChange, onClose }: Omit<Props, 'onReload'>) {
  const known = useResource((signal) => identityOf(record, signal), [record.personId]);
  return (
    <Dialog title={t`Set the name or telephone right`} onClose={onClose}>
      <Loaded of={known}>
        {(identity) => <IdentityForm known={identity} record={record} onChange={onChange} onReload={known.reload} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

/** What was typed, put over what is kept; whatever has no field here stays. */
function corrected({ identity }: NamedIdentity, typed: Typed): Identity {
  const name = (kind: 'official' | 'called', full: string) => ({
    kind,
    full: full.trim(),
    language: writtenIn(typed.language, full.trim()),
  });
  const others = identity.names.filter((each, i) => i !== firstOf(identity) && each.kind !== 'called');
  const names = [name('official', typed.full), ...(typed.called.trim() ? [name('called', typed.called)] : []), ...others];
  const [, ...phones] = identity.phones;
  return { ...identity, names, phones: typed.phone.trim() ? [typed.phone.trim(), ...phones] : phones };
}

const firstOf = ({ names }: Identity): number =>
  Math.max(
    0,
    names.findIndex(({ kind }) => kind === 'official'),
  );

interface Typed {
  readonly full: string;
  readonly called: string;
  readonly language: string;
  readonly phone: string;
}

function asKept({ identity }: NamedIdentity): Typed {
  const first = identity.names[firstOf(identity)];
  return {
    full: first?.full ?? '',
    called: identity.names.find(({ kind }) => kind === 'called')?.full ?? '',
    language: first?.language?.split('-')[0] ?? 'en',
    phone: identity.phones[0] ?? '',
  };
}

function IdentityForm({ known, record, onChange, onReload, onClose }: Props & { readonly known: NamedIdentity }) {
  // What was not typed here is as it is kept by then, whoever set it right.
  const [changed, setChanged] = useState<Partial<Typed>>({});
  const kept = asKept(known),
    typed = { ...kept, ...changed };
  const [tried, setTried] = useState(false);
  const [drops, setDrops] = useState(false);
  const saving = useAct(async () => {
    const { version: basedOn, numbersWithheld } = known;
    const body = { identity: corrected(known, typed), basedOn, numbersWithheld, dropNumbers: numbersWithheld && drops };
    await orReload(api.put(`${personAddress(record)}/identity`, body), onReload);
    onChange(await api.get<PersonRecord>(personAddress(record)));
  });
  const save = async () => {
    setTried(true);
    if (typed.full.trim() && (await saving.run())) onClose();
  };
  return (
    <div class="stack">
      <IdentityFields typed={typed} tried={tried} onChange={(part) => setChanged({ ...changed, ...part })} />
      {known.numbersWithheld && (
        <Checkbox
          label={t`Take the telephone number out`}
          hint={t`A number is kept and not shown, because the person has not agreed to be called. It stays as it is unless you take it out or write another.`}
          checked={drops}
          onChange={setDrops}
        />
      )}
      {saving.problem && <ProblemNotice problem={saving.problem} now={[kept.full, kept.called, kept.phone].filter(Boolean).join(', ')} />}
      <div class="row">
        <Button kind="primary" busy={saving.busy} onClick={() => void save()}>{t`Save`}</Button>
        <Button onClick={onClose}>{t`Cancel`}</Button>
      </div>
    </div>
  );
}

interface FieldsProps {
  readonly typed: Typed;
  readonly tried: boolean;
  readonly onChange: (part: Partial<Typed>) => void;
}

function IdentityFields({ typed, tried, onChange }: FieldsProps) {
  const { nameLength, phoneLength } = identityLimits;
  const isListed = spokenLanguages.some(({ code }) => code === typed.language);
  const languages = isListed ? spokenLanguages : [...spokenLanguages, { code: typed.language, name: typed.language }];
  return (
    <>
      <TextField
        label={t`Full name`}
        value={typed.full}
        maxLength={nameLength}
        autoComplete="off"
        onInput={(full) => onChange({ full })}
        error={tried && !typed.full.trim() ? t`Write the name` : undefined}
      />
      <TextField
        label={t`Called`}
        optional
        value={typed.called}
        maxLength={nameLength}
        autoComplete="off"
        onInput={(called) => onChange({ called })}
      />
      <Select
        label={t`Language of the name`}
        value={typed.language}
        options={languages.map(({ code, name }) => ({ value: code, label: name }))}
        onChange={(language) => onChange({ language })}
      />
      <TextField
        label={t`Telephone`}
        optional
        exact
        value={typed.phone}
        maxLength={phoneLength}
        autoComplete="off"
        onInput={(phone) => onChange({ phone })}
      />
    </>
  );
}
