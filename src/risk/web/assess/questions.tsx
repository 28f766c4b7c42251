// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ArrowLeft, ArrowRight } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../../../platform/web/i18n.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { wordsIn } from '../../domain/drivers.ts';
import { answerWords } from '../people/answer-words.ts';
import { answerTo, giveAnswer, heldFor, idleFor, idleWords, sideWords, type Asked } from './asked.ts';
import { QuestionCard } from './question-card.tsx';
import type { Assessing, Loaded } from './use-assessment.ts';

interface Props {
  readonly asked: readonly Asked[];
  readonly loaded: Loaded;
  readonly work: Assessing;
  /** What stands before the first question, and after the last. */
  readonly begin: ComponentChildren;
  readonly save: ComponentChildren;
}

function Card({ asked, loaded, work }: { readonly asked: Asked } & Pick<Props, 'loaded' | 'work'>) {
  return (
    <QuestionCard
      indicator={asked.indicator}
      side={sideWords(asked.side)}
      before={heldFor(asked, loaded)}
      idle={idleWords(idleFor(asked, loaded, work), work)}
      answer={answerTo(asked, work)}
      onAnswer={(answer) => giveAnswer(asked, work, answer)}
    />
  );
}

/** A quiet summary before saving: what was answered; of private questions only that they were. */
function Summary({ asked, loaded, work }: Pick<Props, 'asked' | 'loaded' | 'work'>) {
  const locale = language().code;
  const answered = asked.filter((each) => answerTo(each, work) !== undefined);
  const wordsOf = (each: Asked): string => {
    const answer = answerTo(each, work);
    if (answer === undefined) return '';
    return typeof answer === 'number' ? wordsIn(each.indicator.answers[answer - 1]!, locale) : answerWords(answer);
  };
  return (
    <section class="stack-tight">
      <h2>{t`Before you save`}</h2>
      {answered.length === 0 ? (
        <p class="soft">{t`Nothing is answered yet. Go back to the questions.`}</p>
      ) : (
        <dl class="timeline-answers">
          {answered.map((each) => (
            <div key={each.key} class="summary-line">
              <dt>
                {wordsIn(each.indicator.title, locale)}
                {each.side && ` (${sideWords(each.side)})`}
              </dt>
              <dd>
                {each.indicator.protected ? t`answered, and private` : wordsOf(each)}
                {idleFor(each, loaded, work) && <span class="soft small"> ({t`changes nothing now`})</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** On a desk: everything in view. */
export function AtOnce({ asked, loaded, work, begin, save }: Props) {
  return (
    <div class="stack-wide">
      {begin}
      {asked.map((each) => (
        <Card key={each.key} asked={each} loaded={loaded} work={work} />
      ))}
      {save}
    </div>
  );
}

/** On a phone: one question a screen. Back is always there; the last screen is the summary. */
export function OneByOne({ asked, loaded, work, begin, save }: Props) {
  const [at, setAt] = useState(0);
  const top = useRef<HTMLDivElement>(null),
    first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else top.current?.focus();
  }, [at]);
  const now = asked[at],
    left = asked.length - at - 1;
  return (
    <div class="one-by-one" ref={top} tabIndex={-1}>
      {at === 0 && begin}
      {now ? (
        <Card key={now.key} asked={now} loaded={loaded} work={work} />
      ) : (
        <>
          <Summary asked={asked} loaded={loaded} work={work} />
          {save}
        </>
      )}
      <div class="one-by-one-steps">
        <Button icon={ArrowLeft} disabled={at === 0} onClick={() => setAt(at - 1)}>{t`Back`}</Button>
        {now && (
          <Button kind="primary" icon={ArrowRight} onClick={() => setAt(at + 1)}>
            {left === 0 ? t`To the end` : t`Next`}
          </Button>
        )}
      </div>
      {now && (
        <div class="row">
          <span class="soft small">
            {plural(left, { 0: 'This is the last question.', one: '# question after this one.', other: '# questions after this one.' })}
          </span>
          <Button kind="quiet" onClick={() => setAt(asked.length)}>{t`Stop here and save`}</Button>
        </div>
      )}
    </div>
  );
}
