// SPDX-License-Identifier: AGPL-3.0-or-later
import { ClipboardList, UserPlus } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { named } from '../../../platform/web/format.ts';
import { asProblem, useAct } from '../../../platform/web/resource.ts';
import { may } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { householdAddress, personAddress, visitAddress } from '../addresses.ts';
import { Name } from '../names.tsx';
import { ageWords, sexWord } from '../words.ts';
import { ageOf, type AskingBasis, type Draft, type MemberDraft } from './draft.ts';
import { bodyOf, mayHaveArrived, send } from './sending.ts';
import { StepForm } from './step.tsx';

interface Props {
  readonly draft: Draft;
  readonly basisId: string;
  readonly basis: AskingBasis;
  readonly onEdit: (member: MemberDraft) => void;
  readonly onRemove: (member: MemberDraft) => void;
  readonly onAnother: () => void;
  /** Nothing can be changed while something is sent; null: it surely was not saved. */
  readonly onSending: (sent: Draft['sent']) => void;
  readonly onSaved: (saved: NonNullable<Draft['saved']>) => void;
}

/** Saves the household. `unsure`: an earlier try may have arrived, its answer did not. */
function useSaving({ draft, basisId, basis, onSending, onSaved }: Props) {
  const [unsure, setUnsure] = useState(draft.sent !== null);
  const saving = useAct(async () => {
    const body = draft.sent ?? bodyOf(draft, basisId, basis);
    onSending(body);
    try {
      onSaved(await send(draft, body));
    } catch (error) {
      const perhaps = mayHaveArrived(asProblem(error).code, unsure);
      setUnsure(perhaps);
      if (!perhaps) onSending(null);
      throw error;
    }
  });
  return { ...saving, unsure };
}

/** Everybody once more before anything is kept. */
export function ReviewStep(props: Props) {
  const { draft, onEdit, onRemove, onAnother } = props;
  const saving = useSaving(props);
  const { members, place } = draft;
  const isFrozen = draft.sent !== null;
  return (
    <StepForm
      title={t`Is everybody there?`}
      {...(members.length > 0 ? { next: { label: saving.unsure ? t`Save again` : t`Save`, busy: saving.busy } } : {})}
      onNext={() => void saving.run()}
      more={!isFrozen && <Button icon={UserPlus} onClick={onAnother}>{t`Add another member`}</Button>}
    >
      {draft.metKnown && <Notice kind="good" live>{t`Registered already, so not written down again.`}</Notice>}
      {place && (
        <p>
          <span class="soft">{t`Lives in`}</span>{' '}
          <span class="strong">
            <bdi>{named(place)}</bdi>
          </span>
        </p>
      )}
      {members.length === 0 && <p>{t`Nobody is on the list yet.`}</p>}
      <ul role="list" class="people-list">
        {members.map((member) => (
          <Member key={member.personId} member={member} isFrozen={isFrozen} onEdit={onEdit} onRemove={onRemove} />
        ))}
      </ul>
      {saving.problem && <ProblemNotice problem={saving.problem} />}
      {saving.unsure && <p class="strong">{t`It may have arrived. Save again before you change anything.`}</p>}
      {(saving.problem || saving.unsure) && <p>{t`What you wrote is still here. Saving again does not save anybody twice.`}</p>}
    </StepForm>
  );
}

interface MemberProps extends Pick<Props, 'onEdit' | 'onRemove'> {
  readonly member: MemberDraft;
  readonly isFrozen: boolean;
}

function Member({ member, isFrozen, onEdit, onRemove }: MemberProps) {
  const name = member.full.trim();
  return (
    <li>
      <div>
        <p class="strong">
          <Name text={name} language={member.language} />
        </p>
        <p class="soft small">
          {ageWords(ageOf(member))} · {sexWord(member.sex ?? 0)}
        </p>
      </div>
      {!isFrozen && (
        <>
          <Button kind="quiet" onClick={() => onEdit(member)} label={t`Change ${name}`}>{t`Change`}</Button>
          <Button kind="quiet" onClick={() => onRemove(member)} label={t`Leave out ${name}`}>{t`Leave out`}</Button>
        </>
      )}
    </li>
  );
}

interface DoneProps {
  readonly draft: Draft;
  readonly saved: { readonly regionId: number; readonly householdId: string };
  readonly onAnother: () => void;
}

/** It is saved: the numbers to say aloud and write down, and what may come next. */
export function DoneStep({ draft, saved, onAnother }: DoneProps) {
  const [first] = draft.members;
  return (
    <StepForm
      title={t`The household is registered`}
      more={
        <>
          <ButtonLink href={householdAddress(saved.regionId, saved.householdId)}>{t`Open the household`}</ButtonLink>
          <Button onClick={onAnother}>{t`Register another household`}</Button>
        </>
      }
    >
      <Notice kind="good">{t`Tell each person the record number. With it anybody can ask about the own record without saying a name.`}</Notice>
      <ul role="list" class="people-list">
        {draft.members.map((member) => {
          const key = { regionId: saved.regionId, personId: member.personId };
          const number = recordNumber(member.personId);
          return (
            <li key={member.personId}>
              <div>
                <p class="strong">
                  <Name text={member.called.trim() || member.full.trim()} language={member.language} />
                </p>
                <p>
                  <span class="record-number strong">{number}</span>
                </p>
              </div>
              {may('assess.write') && (
                <ButtonLink icon={ClipboardList} href={visitAddress(key)} {...(member === first ? { kind: 'primary' as const } : {})}>
                  {t`Visit now`}
                </ButtonLink>
              )}
              <ButtonLink kind="quiet" href={personAddress(key)}>{t`Open`}</ButtonLink>
            </li>
          );
        })}
      </ul>
    </StepForm>
  );
}
