// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import { identityLimits, documentKinds, type IdentityDocument } from '../../domain/identity.ts';
import { spokenLanguages } from '../languages.ts';
import { documentWord, sexWord } from '../words.ts';
import { BirthFields, birthError } from './birth-fields.tsx';
import { ageOf, bandOf, mayBeCalled, type AskingBasis, type MemberDraft } from './draft.ts';
import { StepForm } from './step.tsx';

interface Props {
  readonly member: MemberDraft;
  readonly onChange: (change: Partial<MemberDraft>) => void;
  readonly onNext: () => void;
  readonly onBack: () => void;
}

/** Who was asked follows from the age; one that says otherwise must not slip by. */
function wrongBirth(member: MemberDraft, asks: boolean): string | undefined {
  const wrong = birthError(member.birth);
  if (wrong) return wrong;
  const age = ageOf(member);
  if (age === null) return member.band === 'adult' ? undefined : t`Write the age of a child, as near as you know it`;
  if (!asks || bandOf(age) === member.band) return undefined;
  return t`At this age somebody else has to be asked too. Go back and choose the age there.`;
}

/** Name, sex, birth. */
export function WhoStep({ member, onChange, onNext, onBack, asks }: Props & { readonly asks: boolean }) {
  const [tried, setTried] = useState(false);
  const wrong = wrongBirth(member, asks);
  const next = () => {
    setTried(true);
    if (member.full.trim() && member.sex !== undefined && !wrong) onNext();
  };
  return (
    <StepForm title={t`Who is it?`} next={{ label: t`Next` }} onNext={next} onBack={onBack}>
      <TextField
        label={t`Full name`}
        hint={t`As the person writes it, in any script.`}
        value={member.full}
        onInput={(full) => onChange({ full })}
        maxLength={identityLimits.nameLength}
        autoComplete="off"
        error={tried && !member.full.trim() ? t`Write the name` : undefined}
      />
      <TextField
        label={t`Called`}
        optional
        hint={t`The name by which the person is known in the village.`}
        value={member.called}
        onInput={(called) => onChange({ called })}
        maxLength={identityLimits.nameLength}
        autoComplete="off"
      />
      <Select
        label={t`Language of the name`}
        value={member.language}
        options={spokenLanguages.map(({ code, name }) => ({ value: code, label: name }))}
        onChange={(language) => onChange({ language })}
      />
      <SexChoice
        value={member.sex}
        onChange={(sex) => onChange({ sex })}
        error={tried && member.sex === undefined ? t`Choose one` : undefined}
      />
      <BirthFields value={member.birth} onChange={(birth) => onChange({ birth })} error={tried ? wrong : undefined} />
    </StepForm>
  );
}

interface SexProps {
  readonly value: 0 | 1 | 2 | undefined;
  readonly onChange: (sex: 0 | 1 | 2) => void;
  readonly error?: string | undefined;
}

export function SexChoice({ value, onChange, error }: SexProps) {
  return (
    <div class={error ? 'stack-tight field-wrong' : 'stack-tight'}>
      <Segmented
        label={t`Sex`}
        value={value === undefined ? '' : String(value)}
        onChange={(sex) => onChange(Number(sex) as 0 | 1 | 2)}
        options={[2, 1, 0].map((sex) => ({ value: String(sex), label: sexWord(sex) }))}
      />
      {error && <p class="field-error">{error}</p>}
    </div>
  );
}

/** Telephone and document: neither has to be. */
export function ReachStep({ member, basis, onChange, onNext, onBack }: Props & { readonly basis: AskingBasis }) {
  return (
    <StepForm title={t`Can this person be reached?`} next={{ label: t`Next` }} onNext={onNext} onBack={onBack}>
      <p class="soft">{t`Leave empty what the person does not want to give.`}</p>
      {mayBeCalled(member, basis) ? (
        <TextField
          label={t`Telephone`}
          optional
          value={member.phone}
          onInput={(phone) => onChange({ phone })}
          maxLength={identityLimits.phoneLength}
          autoComplete="off"
          exact
        />
      ) : (
        <p>{t`No telephone number is written down: the person has not agreed to be called.`}</p>
      )}
      <Select<IdentityDocument['kind']>
        label={t`Document`}
        optional
        value={member.documentKind}
        options={documentKinds.map((kind) => ({ value: kind, label: documentWord(kind) }))}
        onChange={(documentKind) => onChange({ documentKind })}
      />
      <TextField
        label={t`Number of the document`}
        optional
        value={member.documentNumber}
        onInput={(documentNumber) => onChange({ documentNumber })}
        maxLength={identityLimits.documentLength}
        autoComplete="off"
        exact
      />
    </StepForm>
  );
}
