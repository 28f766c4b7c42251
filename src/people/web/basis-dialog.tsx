// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId, useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../platform/web/ui/field.tsx';
import { useFirstWrong } from '../../platform/web/ui/first-wrong.ts';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { grounds, type Ground, type LawfulBasis } from '../domain/basis.ts';
import { purposes, type Purpose } from '../domain/consent.ts';
import { todayHere } from './register/draft.ts';
import { groundWord, purposeName } from './words.ts';

interface Props {
  readonly onStated: (bases: readonly LawfulBasis[]) => void;
  readonly onClose: () => void;
}

interface Typed {
  readonly title: string;
  readonly ground: Ground;
  readonly citation: string;
  readonly purposes: readonly Purpose[];
  readonly needsConsent: boolean;
  readonly fromOn: string;
}

/** The first day that can be meant; an earlier one is a year that was half typed. */
const earliest = '1900-01-01';

function dayProblem(fromOn: string): string | undefined {
  if (!fromOn) return t`Choose a day`;
  return fromOn < earliest ? t`Write the year with four digits` : undefined;
}

/** Which law, for what, whether people are asked, from when. It cannot be changed afterwards, only ended. */
export function BasisDialog({ onStated, onClose }: Props) {
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const [typed, setTyped] = useState<Typed>({
    title: '',
    ground: 'consent',
    citation: '',
    purposes: ['register', 'assist', 'contact'],
    needsConsent: true,
    fromOn: todayHere(),
  });
  // Changed, it is another basis, even if the first was sent.
  const basisId = useMemo(uuidv7, [typed]);
  const stating = useAct(async () => onStated(await api.post<LawfulBasis[]>('/people/bases', { basisId, ...typed })));
  const isWhole = typed.title.trim() && typed.citation.trim() && typed.purposes.length > 0 && !dayProblem(typed.fromOn);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTries(tries + 1);
    if (isWhole && (await stating.run())) onClose();
  };
  return (
    <Dialog title={t`State a lawful basis`} onClose={onClose}>
      <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <BasisFields typed={typed} tried={tries > 0} onChange={(part) => setTyped({ ...typed, ...part })} />
        <p class="soft">{t`It cannot be changed afterwards, only ended: who was recorded on which basis has to stay clear.`}</p>
        {stating.problem && <ProblemNotice problem={stating.problem} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={stating.busy}>{t`State it`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  readonly typed: Typed;
  readonly tried: boolean;
  readonly onChange: (part: Partial<Typed>) => void;
}

function BasisFields({ typed, tried, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label={t`Name`}
        hint={t`As volunteers will see it.`}
        value={typed.title}
        onInput={(title) => onChange({ title })}
        maxLength={200}
        error={tried && !typed.title.trim() ? t`Write a name` : undefined}
      />
      <Select<Ground>
        label={t`Ground`}
        value={typed.ground}
        options={grounds.map((ground) => ({ value: ground, label: groundWord(ground) }))}
        onChange={(ground) => onChange({ ground, ...(ground === 'consent' ? { needsConsent: true } : {}) })}
      />
      <TextArea
        label={t`Law, article or agreement`}
        rows={3}
        value={typed.citation}
        onInput={(citation) => onChange({ citation })}
        error={tried && !typed.citation.trim() ? t`Say where it is written` : undefined}
      />
      <Purposes
        chosen={typed.purposes}
        wrong={tried && typed.purposes.length === 0}
        onChange={(chosen) => onChange({ purposes: chosen })}
      />
      <Checkbox
        label={t`Each person is asked`}
        hint={t`Always so where consent is the ground. For a child a guardian is asked, and from seven years the child too.`}
        checked={typed.needsConsent}
        disabled={typed.ground === 'consent'}
        onChange={(needsConsent) => onChange({ needsConsent })}
      />
      <TextField
        label={t`In force from`}
        type="date"
        min={earliest}
        value={typed.fromOn}
        onInput={(fromOn) => onChange({ fromOn })}
        hint={typed.fromOn > todayHere() ? t`This day is still to come. Nobody can be registered on it before.` : undefined}
        error={tried ? dayProblem(typed.fromOn) : undefined}
      />
    </>
  );
}

interface PurposesProps {
  readonly chosen: readonly Purpose[];
  readonly wrong: boolean;
  readonly onChange: (chosen: readonly Purpose[]) => void;
}

function Purposes({ chosen, wrong, onChange }: PurposesProps) {
  const wrongId = useId();
  const toggle = (purpose: Purpose, on: boolean) => onChange(on ? [...chosen, purpose] : chosen.filter((each) => each !== purpose));
  return (
    <fieldset class={wrong ? 'field-wrong' : ''} aria-describedby={wrong ? wrongId : undefined}>
      <legend class="field-label">{t`For what`}</legend>
      {wrong && (
        <p class="field-error" id={wrongId}>
          {t`Choose at least one`}
        </p>
      )}
      {purposes.map((purpose) => (
        <Checkbox key={purpose} label={purposeName(purpose)} checked={chosen.includes(purpose)} onChange={(on) => toggle(purpose, on)} />
      ))}
    </fieldset>
  );
}
