// SPDX-License-Identifier: AGPL-3.0-or-later
import { HeartHandshake } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { language as screenLanguage } from '../../../platform/web/i18n.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Checkbox, Select } from '../../../platform/web/ui/field.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import type { LawfulBasis } from '../../domain/basis.ts';
import type { Purpose, Speaker } from '../../domain/consent.ts';
import { wordingIn, wordings, wordingVersion } from '../consent-wording.ts';
import { spokenLanguages } from '../languages.ts';
import { WayChoice } from '../way-choice.tsx';
import { purposeMeaning, purposeName, speakerWord } from '../words.ts';
import { askedOf, type AgeBand, type MemberDraft } from './draft.ts';
import { Choices, StepForm } from './step.tsx';

/** Asked for at the door besides the register itself; sharing is asked when there is something to share. */
const alsoAsked: readonly Purpose[] = ['assist', 'contact'];

interface Props {
  readonly basis: LawfulBasis;
  readonly member: MemberDraft;
  readonly onChange: (change: Partial<MemberDraft>) => void;
  readonly onAgreed: () => void;
  readonly onRefused: () => void;
  readonly onBack: (() => void) | undefined;
}

/** Before anything else: who she is told she deals with, and whether she wants this at all. */
export function ConsentStep({ basis, member, onChange, onAgreed, onRefused, onBack }: Props) {
  const [tried, setTried] = useState(false);
  const asked = member.band ? askedOf(member.band) : [];
  const answered = asked.every((speaker) => member.said[speaker] === true);
  const next = () => {
    setTried(true);
    if (!member.band || !member.language) return;
    if (basis.needsConsent && asked.some((speaker) => member.said[speaker] === false)) return onRefused();
    if (basis.needsConsent && !answered) return;
    onAgreed();
  };
  const title = basis.needsConsent ? t`First ask whether this person agrees` : t`First tell this person what is written down`;
  return (
    <StepForm title={title} next={{ label: t`Next` }} onNext={next} onBack={onBack}>
      <AgeChoice member={member} onChange={onChange} tried={tried} />
      <WordingBox language={member.language} child={member.band === 'child'} onLanguage={(language) => onChange({ language })} />
      {basis.needsConsent &&
        asked.map((speaker) => (
          <Answer
            key={speaker}
            speaker={speaker}
            value={member.said[speaker]}
            tried={tried}
            onChange={(yes) => onChange({ said: { ...member.said, [speaker]: yes } })}
          />
        ))}
      {basis.needsConsent && answered && asked.length > 0 && <HowSaid basis={basis} member={member} onChange={onChange} />}
    </StepForm>
  );
}

function AgeChoice({ member, onChange, tried }: Pick<Props, 'member' | 'onChange'> & { readonly tried: boolean }) {
  return (
    <Choices<AgeBand>
      label={t`About how old is this person?`}
      value={member.band}
      error={tried && !member.band ? t`Choose one: it says who has to agree` : undefined}
      onChange={(band) => onChange({ band, said: {} })}
      options={[
        { value: 'adult', label: t`18 or older`, hint: t`The person is asked.` },
        { value: 'child', label: t`7 to 17`, hint: t`A parent or guardian is asked, and the child too.` },
        { value: 'small', label: t`Under 7`, hint: t`A parent or guardian is asked.` },
      ]}
    />
  );
}

/** The text in her language. Where there is none, the one on the screen is told by somebody who interprets. */
function WordingBox({ language, child, onLanguage }: { language: string; child: boolean; onLanguage: (language: string) => void }) {
  const screen = screenLanguage().code;
  useEffect(() => {
    if (!language) onLanguage(spokenLanguages.some(({ code }) => code === screen) ? screen : 'en');
  }, []);
  const exact = wordingIn(language);
  const shown = exact ?? wordingIn(screen) ?? wordings[0]!;
  return (
    <div class="stack-tight">
      <Select
        label={t`Language you speak with this person`}
        value={language || 'en'}
        options={spokenLanguages.map(({ code, name }) => ({ value: code, label: name }))}
        onChange={onLanguage}
      />
      {!exact && (
        <Notice>{t`There is no text in this language yet. Let somebody interpret whom the person trusts, and who is not the one to be afraid of.`}</Notice>
      )}
      <section class="wording" lang={shown.language} dir="ltr" aria-label={shown.title}>
        <h3>{shown.title}</h3>
        <dl>
          {shown.points.map(([head, text]) => (
            <div key={head}>
              <dt>{head}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        {child && <p class="strong">{shown.toChild}</p>}
      </section>
      <p class="soft small">{t`Read it aloud, or let the person read it. Wording: ${wordingVersion}.`}</p>
    </div>
  );
}

interface AnswerProps {
  readonly speaker: Speaker;
  readonly value: boolean | undefined;
  readonly tried: boolean;
  readonly onChange: (yes: boolean) => void;
}

function Answer({ speaker, value, tried, onChange }: AnswerProps) {
  const who = speakerWord(speaker);
  return (
    <Choices<'yes' | 'no'>
      label={t`${who}: what was the answer?`}
      value={value === undefined ? undefined : value ? 'yes' : 'no'}
      error={tried && value === undefined ? t`Ask, then choose the answer` : undefined}
      onChange={(answer) => onChange(answer === 'yes')}
      options={[
        { value: 'yes', label: t`Yes, agrees` },
        { value: 'no', label: t`No` },
      ]}
    />
  );
}

function HowSaid({ basis, member, onChange }: Pick<Props, 'basis' | 'member' | 'onChange'>) {
  const more = alsoAsked.filter((purpose) => basis.purposes.includes(purpose));
  const toggle = (purpose: Purpose, on: boolean) =>
    onChange({ also: on ? [...member.also, purpose] : member.also.filter((each) => each !== purpose) });
  return (
    <>
      <WayChoice value={member.way} onChange={(way) => onChange({ way })} />
      {more.length > 0 && (
        <fieldset>
          <legend class="field-label">{t`Ask about these too; each may be left out`}</legend>
          {more.map((purpose) => (
            <Checkbox
              key={purpose}
              label={purposeName(purpose)}
              hint={purposeMeaning(purpose)}
              checked={member.also.includes(purpose)}
              onChange={(on) => toggle(purpose, on)}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

interface RefusedProps {
  readonly others: number;
  readonly onAnother: () => void;
  readonly onReview: () => void;
  readonly onStop: () => void;
}

/** Somebody said no. Nothing of her is kept, and nobody is asked why. */
export function RefusedStep({ others, onAnother, onReview, onStop }: RefusedProps) {
  return (
    <StepForm
      title={t`That is all right`}
      more={
        <>
          <Button kind="primary" onClick={onAnother}>{t`Ask another member`}</Button>
          {others > 0 ? (
            <Button onClick={onReview}>{t`Go on without this person`}</Button>
          ) : (
            <Button onClick={onStop}>{t`End here`}</Button>
          )}
        </>
      }
    >
      <p class="row">
        <Icon of={HeartHandshake} size={28} />
        <span class="strong">{t`Nothing about this person is kept, not even that you asked.`}</span>
      </p>
      <p>{t`Say thank you, and that the door stays open any time. Whoever says no gets the same help as everybody else. Do not ask a second time today.`}</p>
    </StepForm>
  );
}
