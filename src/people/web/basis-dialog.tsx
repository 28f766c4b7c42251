// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Checkbox, Select, TextArea, TextField } from '../../platform/web/ui/field.tsx';
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

/** Which law, for what, whether people are asked, from when. It cannot be changed afterwards, only ended. */
export function BasisDialog({ onStated, onClose }: Props) {
  const [tried, setTried] = useState(false);
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
  const isWhole = typed.title.trim() && typed.citation.trim() && typed.purposes.length > 0 && typed.fromOn;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isWhole && (await stating.run())) onClose();
  };
  return (
    <Dialog title={t`State a lawful basis`} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <BasisFields typed={typed} tried={tried} onChange={(part) => setTyped({ ...typed, ...part })} />
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
  const toggle = (purpose: Purpose, on: boolean) =>
    onChange({ purposes: on ? [...typed.purposes, purpose] : typed.purposes.filter((each) => each !== purpose) });
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
      <fieldset class={tried && typed.purposes.length === 0 ? 'field-wrong' : ''}>
        <legend class="field-label">{t`For what`}</legend>
        {tried && typed.purposes.length === 0 && <p class="field-error">{t`Choose at least one`}</p>}
        {purposes.map((purpose) => (
          <Checkbox
            key={purpose}
            label={purposeName(purpose)}
            checked={typed.purposes.includes(purpose)}
            onChange={(on) => toggle(purpose, on)}
          />
        ))}
      </fieldset>
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
        value={typed.fromOn}
        onInput={(fromOn) => onChange({ fromOn })}
        error={tried && !typed.fromOn ? t`Choose a day` : undefined}
      />
    </>
  );
}
