// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Lock } from 'lucide';
import { useId } from 'preact/hooks';
import { day } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { wordsIn } from '../../domain/drivers.ts';
import type { Indicator } from '../../domain/instrument.ts';
import type { Answer } from '../../domain/pack.ts';
import type { QuestionState } from '../../domain/person-risk.ts';
import { answerWords } from '../people/answer-words.ts';

interface Props {
  readonly indicator: Indicator;
  /** For whom the answer is, where there is one a sex; else empty. */
  readonly side: string;
  /** What was said before, where the reader may know it. */
  readonly before: QuestionState | undefined;
  /** That what is answered for the day of this visit changes nothing now; empty where it counts. */
  readonly idle: string;
  readonly answer: Answer | undefined;
  readonly onAnswer: (answer: Answer | undefined) => void;
}

const always: readonly Answer[] = ['unknown', 'refused', 'not-applicable'];

function Before({ before }: { readonly before: QuestionState }) {
  if (!before.observedOn) return null;
  const said =
    before.text ??
    (before.state === 'refused'
      ? answerWords('refused')
      : before.state === 'not-applicable'
        ? answerWords('not-applicable')
        : answerWords('unknown'));
  return (
    <p class="soft small">
      {t`Last time, ${day(before.observedOn, 'medium')}: ${said}`}
      {before.state === 'expired' && ` (${t`holds no more`})`}
    </p>
  );
}

/** One question with its answers as large buttons. "Not asked today" is an answer too: it leaves what was said before. */
export function QuestionCard({ indicator, side, before, idle, answer, onAnswer }: Props) {
  const name = useId(),
    locale = language().code;
  const options: readonly (readonly [Answer | undefined, string])[] = [
    ...([1, 2, 3] as const).map((score) => [score, wordsIn(indicator.answers[score - 1]!, locale)] as const),
    ...always.map((each) => [each, answerWords(each)] as const),
    [undefined, t`Not asked today`],
  ];
  return (
    <fieldset class="question">
      <legend>
        {wordsIn(indicator.question, locale)}
        {side && ` (${side})`}
      </legend>
      {indicator.protected && (
        <p class="soft small row">
          <Icon of={Lock} size={16} /> {t`Private: only the person and the case worker can read this answer afterwards.`}
        </p>
      )}
      {before && <Before before={before} />}
      {idle && <p class="small">{idle}</p>}
      <div class="answers">
        {options.map(([value, words]) => (
          <label key={String(value)} class={typeof value === 'number' ? 'answer' : 'answer answer-other'}>
            <input class="for-ears" type="radio" name={name} checked={answer === value} onChange={() => onAnswer(value)} />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
