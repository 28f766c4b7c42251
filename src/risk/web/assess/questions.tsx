// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ArrowLeft, ArrowRight } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../../../platform/web/i18n.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { wordsIn } from '../../domain/drivers.ts';
import type { Indicator } from '../../domain/instrument.ts';
import type { Answer } from '../../domain/pack.ts';
import { answerWords } from '../people/answer-words.ts';
import { QuestionCard } from './question-card.tsx';
import type { Assessing, Loaded } from './use-assessment.ts';

interface Props {
  readonly indicators: readonly Indicator[];
  readonly loaded: Loaded;
  readonly work: Assessing;
  /** What stands before the first question, and after the last. */
  readonly begin: ComponentChildren;
  readonly save: ComponentChildren;
}

/** Nobody is asked by sex about a person or a household; a plain answer is all there is. */
const plainAnswer = (work: Assessing, code: string): Answer | undefined => {
  const answer = work.draft.answers[code];
  return typeof answer === 'object' ? undefined : answer;
};

function Card({ indicator, loaded, work }: { readonly indicator: Indicator } & Pick<Props, 'loaded' | 'work'>) {
  return (
    <QuestionCard
      indicator={indicator}
      before={loaded.risk.questions.find(({ code }) => code === indicator.code)}
      answer={plainAnswer(work, indicator.code)}
      onAnswer={(answer) => work.answer(indicator.code, answer)}
    />
  );
}

/** A quiet summary before saving: what was answered; of private questions only that they were. */
function Summary({ indicators, work }: Pick<Props, 'indicators' | 'work'>) {
  const locale = language().code;
  const answered = indicators.filter(({ code }) => work.draft.answers[code] !== undefined);
  const wordsOf = (indicator: Indicator): string => {
    const answer = plainAnswer(work, indicator.code);
    if (answer === undefined) return '';
    return typeof answer === 'number' ? wordsIn(indicator.answers[answer - 1]!, locale) : answerWords(answer);
  };
  return (
    <section class="stack-tight">
      <h2>{t`Before you save`}</h2>
      {answered.length === 0 ? (
        <p class="soft">{t`Nothing is answered yet. Go back to the questions.`}</p>
      ) : (
        <dl class="timeline-answers">
          {answered.map((indicator) => (
            <div key={indicator.code} class="summary-line">
              <dt>{wordsIn(indicator.title, locale)}</dt>
              <dd>{indicator.protected ? t`answered, and private` : wordsOf(indicator)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** On a desk: everything in view. */
export function AtOnce({ indicators, loaded, work, begin, save }: Props) {
  return (
    <div class="stack-wide">
      {begin}
      {indicators.map((indicator) => (
        <Card key={indicator.code} indicator={indicator} loaded={loaded} work={work} />
      ))}
      {save}
    </div>
  );
}

/** On a phone: one question a screen. Back is always there; the last screen is the summary. */
export function OneByOne({ indicators, loaded, work, begin, save }: Props) {
  const [at, setAt] = useState(0);
  const top = useRef<HTMLDivElement>(null),
    first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else top.current?.focus();
  }, [at]);
  const indicator = indicators[at],
    left = indicators.length - at - 1;
  return (
    <div class="one-by-one" ref={top} tabIndex={-1}>
      {at === 0 && begin}
      {indicator ? (
        <Card key={indicator.code} indicator={indicator} loaded={loaded} work={work} />
      ) : (
        <>
          <Summary indicators={indicators} work={work} />
          {save}
        </>
      )}
      <div class="one-by-one-steps">
        <Button icon={ArrowLeft} disabled={at === 0} onClick={() => setAt(at - 1)}>{t`Back`}</Button>
        {indicator && (
          <Button kind="primary" icon={ArrowRight} onClick={() => setAt(at + 1)}>
            {left === 0 ? t`To the end` : t`Next`}
          </Button>
        )}
      </div>
      {indicator && (
        <div class="row">
          <span class="soft small">
            {plural(left, { 0: 'This is the last question.', one: '# question after this one.', other: '# questions after this one.' })}
          </span>
          <Button kind="quiet" onClick={() => setAt(indicators.length)}>{t`Stop here and save`}</Button>
        </div>
      )}
    </div>
  );
}
